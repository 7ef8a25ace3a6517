import fs from 'node:fs';

const SHOWN = 25;

/**
 * Where a service that ran with `--cpu-prof` spent its time, without the idle part.
 * @returns lines with a share and the package, folder or part of Node that it belongs to, the largest first
 */
export function summarizeProfiles(folder) {
  const microseconds = new Map();
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(fs.readFileSync(`${folder}/${file}`, 'utf8'));
    const ownerOf = new Map(nodes.map(({ id, callFrame }) => [id, toOwner(callFrame)]));
    for (const [n, id] of samples.entries()) {
      const owner = ownerOf.get(id);
      microseconds.set(owner, (microseconds.get(owner) ?? 0) + timeDeltas[n]);
    }
  }
  microseconds.delete('(idle)');
  const busy = [...microseconds.values()].reduce((sum, one) => sum + one, 0);
  return [...microseconds]
    .sort(([, one], [, other]) => other - one)
    .slice(0, SHOWN)
    .map(([owner, time]) => `${((time / busy) * 100).toFixed(1).padStart(5)} %  ${owner}`);
}

function toOwner({ url, functionName }) {
  if (url === '') return functionName.startsWith('(') ? functionName : `native ${functionName}`;
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency) return dependency;
  const [, own] = /\/dist\/(src\/[^/]+)/.exec(url) ?? [];
  return own ?? url;
}
