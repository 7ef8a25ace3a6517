const { AsyncLocalStorage } = require('node:async_hooks');
const { pathToFileURL } = require('node:url');
const { default: Runtime } = require('jest-runtime');

const hooks = import('./loader-hooks.mjs');
process.setSourceMapsEnabled(true);

let runs = 0;

/** Those that this file has used. One that stays enabled costs every promise of the files after it. */
const usedStorages = new Set();
const runWithStore = AsyncLocalStorage.prototype.run;
AsyncLocalStorage.prototype.run = function run(...args) {
  usedStorages.add(this);
  return runWithStore.apply(this, args);
};

function disableUsedStorages() {
  for (const storage of usedStorages) storage.disable();
  usedStorages.clear();
}

/**
 * Loads spec files with Node's own loader instead of Jest's sandbox, so that the files of a worker share what they import:
 * loading the service and its packages again costs 1 to 3 s a file. Only the spec file itself is loaded for each run.
 */
module.exports = class NativeRuntime extends Runtime {
  unstable_shouldLoadAsEsm(path) {
    return path === this._testPath || super.unstable_shouldLoadAsEsm(path);
  }

  async unstable_importModule(specPath) {
    await hooks;
    const { setJestGlobals } = await import('./jest-globals.mjs');
    setJestGlobals(this.requireModuleOrMock(specPath, '@jest/globals'));
    // Jest's own does not know the source maps of what Node loaded; Node does.
    delete Error.prepareStackTrace;
    runs += 1;
    // Jest has one of its own in each file's sandbox.
    disableUsedStorages();
    return import(`${pathToFileURL(specPath)}?run=${runs}`);
  }
};
