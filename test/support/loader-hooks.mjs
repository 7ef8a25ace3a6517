import module from 'node:module';
import * as jestGlobals from './import-jest-globals.mjs';
import * as typescript from './import-typescript.mjs';

/** Before Node 22.15 hooks run on a thread of their own, by which loading the service takes twice as long. */
if (module.registerHooks) for (const hooks of [typescript, jestGlobals]) module.registerHooks(hooks);
else
  for (const name of ['./import-typescript.mjs', './import-jest-globals.mjs']) module.register(name, import.meta.url);
