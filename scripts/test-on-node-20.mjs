/**
 * Runs the unit, service and http tests on Node 20, the oldest that is supported: npm brings one into `tmp/`. Where npm has none for
 * this machine, a line says that nothing was run. Arguments are Jest's: a file, a folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** The packages `node-<platform>-<architecture>` that hold a Node 20. */
const versions = { 'linux-x64': '20.20.2', 'linux-arm64': '20.20.2' };

/** @returns {string | null} a Node 20 to run */
function findNode() {
  if (process.versions.node.startsWith('20.')) return process.execPath;
  const machine = `${process.platform}-${process.arch}`;
  const version = versions[machine];
  if (!version) return null;
  const folder = path.resolve('tmp', `node-${version}`);
  const node = path.join(folder, `node_modules/node-${machine}/bin/node`);
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    run('npm', ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `node-${machine}@${version}`]);
  }
  return node;
}

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const node = findNode();
if (node) {
  run(node, ['--version']);
  const projects = ['--selectProjects', 'unit', 'service', 'http'];
  run(node, ['node_modules/jest/bin/jest.js', ...process.argv.slice(2), ...projects], {
    NODE_ENV: 'test',
    NODE_OPTIONS: '--no-warnings',
    PROVE: 'off',
  });
} else {
  console.log(`Tests on Node 20: SKIPPED, npm has none for ${process.platform} ${process.arch}.`);
}
