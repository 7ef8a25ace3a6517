// Compiles, bundles and packs the clients into dist, which leaves the types to `npm run check`; with --if-changed only where the sources are not those of the last build.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
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
  const clients = [run(`${CLIENT}/build.mjs`, 'dist/clients'), run('scripts/pack-python-client.mjs')];
  process.exitCode = await firstFailure(buildService(), ...clients);
  if (process.exitCode === 0) writeFileSync(STAMP, digest);
}

/** @returns the exit code, as the others do */
async function buildService() {
  const compiled = await run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck');
  if (compiled !== 0) return compiled;
  copyReference();
  return firstFailure(run('dist/src/admin/bundle/build-panel.js'), run('dist/src/reference/build-pages.js'));
}

/** What the pages at /docs read at run time: their style sheet, script and font, and the guides. */
function copyReference() {
  const font = 'inter-latin-wght-normal.woff2';
  cpSync('src/reference/assets', 'dist/src/reference/assets', { recursive: true });
  cpSync(`node_modules/@fontsource-variable/inter/files/${font}`, `dist/src/reference/assets/${font}`);
  rmSync('dist/docs/partner', { recursive: true, force: true });
  cpSync('docs/partner', 'dist/docs/partner', { recursive: true });
}

async function run(...args) {
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  return code ?? 1;
}

/** Once all have ended, so that none writes on beside the next build. */
async function firstFailure(...running) {
  const codes = await Promise.all(running);
  return codes.find((code) => code !== 0) ?? 0;
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
