import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { transformSync } from '@swc/core';

/** TypeScript writes `./name.js` for a file that is `name.ts` or `name.tsx`. */
export function resolve(specifier, context, nextResolve) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && isOurs(context.parentURL ?? '')) {
    for (const extension of ['.ts', '.tsx']) {
      const url = new URL(specifier.replace(/\.js$/, extension), context.parentURL);
      if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
    }
  }
  return nextResolve(specifier, context);
}

export function load(url, context, nextLoad) {
  const extension = /\.tsx?(?=$|\?)/.exec(url)?.[0];
  if (!extension || !isOurs(url)) return nextLoad(url, context);
  return { format: 'module', source: compile(fileURLToPath(url), extension === '.tsx'), shortCircuit: true };
}

function isOurs(url) {
  return url.startsWith('file:') && !url.includes('/node_modules/');
}

/** As tsconfig.json has it, without a look at types. */
function compile(file, tsx) {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true, tsx },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      experimental: { keepImportAttributes: true },
    },
  });
  return code;
}
