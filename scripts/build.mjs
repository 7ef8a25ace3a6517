// Compiles, bundles and packs the clients into dist, which leaves the types to `npm run check`; with --if-changed only where the sources are not those of the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const CLIENT = 'clients/typescript';
const SOURCES = [
  ...[
    'src',
    'docs/partner',
    'docs/openapi.json',
    'ormconfig.ts',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
  ],
  ...['src', 'build.mjs', 'package.json', 'README.md', 'tsconfig.json', 'tsconfig.cjs.json'].map((name) =>
    path.join(CLIENT, name),
  ),
  ...['src', 'pyproject.toml', 'README.md'].map((name) => path.join('clients/python', name)),
];
/** The digest of the sources that dist was built from. */
const STAMP = 'dist/sources.sha256';

const digest = digestSources();
if (!process.argv.includes('--if-changed') || digest !== readStamp()) {
  rmSync(STAMP, { force: true });
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck');
  run('dist/src/admin/bundle/build-panel.js');
  copyReference();
  run('dist/src/reference/build-pages.js');
  run(`${CLIENT}/build.mjs`, 'dist/clients');
  run('scripts/pack-python-client.mjs');
  writeFileSync(STAMP, digest);
}

/** What the pages at /docs read at run time: their style sheet, script and font, and the guides. */
function copyReference() {
  const font = 'inter-latin-wght-normal.woff2';
  cpSync('src/reference/assets', 'dist/src/reference/assets', { recursive: true });
  cpSync(`node_modules/@fontsource-variable/inter/files/${font}`, `dist/src/reference/assets/${font}`);
  rmSync('dist/docs/partner', { recursive: true, force: true });
  cpSync('docs/partner', 'dist/docs/partner', { recursive: true });
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
  if (!existsSync(`${CLIENT}/dist`)) return null;
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return null;
  }
}
