// Compiles and bundles into dist, which leaves the types to `npm run check`; with --if-changed only where the sources are not those of the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SOURCES = [
  'src',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  'clients/python/src',
  'clients/python/pyproject.toml',
  'clients/python/README.md',
];
/** The digest of the sources that dist was built from. */
const STAMP = 'dist/sources.sha256';

const digest = digestSources();
if (!process.argv.includes('--if-changed') || digest !== readStamp()) {
  rmSync(STAMP, { force: true });
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck');
  run('dist/src/admin/bundle/build-panel.js');
  run('scripts/pack-python-client.mjs');
  writeFileSync(STAMP, digest);
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function digestSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(listFiles)) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function listFiles(file) {
  if (!statSync(file).isDirectory()) return [file];
  return readdirSync(file)
    .filter((name) => name !== '__pycache__')
    .sort()
    .flatMap((name) => listFiles(path.join(file, name)));
}

function readStamp() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return null;
  }
}
