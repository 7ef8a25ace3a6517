/** AdminJS exports this module without its types. */
declare module 'adminjs/bundler' {
  interface BundlerWarning {
    code?: string;
    message: string;
  }

  interface BundlerPlugin {
    name: string;
  }

  export const componentsBundler: {
    inputOptions: { plugins: BundlerPlugin[] };
    setInputOption(key: 'onwarn', handle: (warning: BundlerWarning) => void): void;
    setInputOption(key: 'plugins', plugins: BundlerPlugin[]): void;
  };
}
