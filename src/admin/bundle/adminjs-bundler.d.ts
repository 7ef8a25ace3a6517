/** AdminJS exports this module without its types. */
declare module 'adminjs/bundler' {
  interface BundlerWarning {
    code?: string;
    message: string;
  }

  export const componentsBundler: {
    setInputOption(key: 'onwarn', handle: (warning: BundlerWarning) => void): void;
  };
}
