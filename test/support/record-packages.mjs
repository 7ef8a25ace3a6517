import { appendFileSync } from 'node:fs';
import module from 'node:module';
import { isMainThread } from 'node:worker_threads';

/**
 * For `node --import`: writes the name of each package that the program loads to LOADED_PACKAGES_FILE, one a line, before a file of
 * it is loaded.
 */
const recorded = new Set();

export function load(url, context, nextLoad) {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (name && !recorded.has(name)) {
    recorded.add(name);
    appendFileSync(process.env.LOADED_PACKAGES_FILE, `${name}\n`);
  }
  return nextLoad(url, context);
}

if (module.registerHooks) module.registerHooks({ load });
// Before Node 22.15 hooks run on a thread of their own, which loads this file again.
else if (isMainThread) module.register(import.meta.url);
