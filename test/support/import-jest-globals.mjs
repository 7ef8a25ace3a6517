import { URL } from 'node:url';

const url = new URL('./jest-globals.mjs', import.meta.url).href;

export const resolve = (specifier, context, nextResolve) =>
  specifier === '@jest/globals' ? { url, format: 'module', shortCircuit: true } : nextResolve(specifier, context);
