// Compiles to dist, as ES modules and as CommonJS; with a folder as the argument it also puts the packed package there.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [destination] = process.argv.slice(2).map((folder) => path.resolve(folder));
process.chdir(import.meta.dirname);

// Not the one beside this file, which is the generator's.
const tsc = createRequire(path.resolve('../../package.json')).resolve('typescript/bin/tsc');
rmSync('dist', { recursive: true, force: true });
const configs = ['tsconfig.json', 'tsconfig.cjs.json'];
run(process.execPath, [tsc, '--build', '--force', '--noCheck', ...configs]);
// What another --build would begin with; the package has no use for it.
for (const name of configs) rmSync(`dist/${path.basename(name, '.json')}.tsbuildinfo`);
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
chmodSync('dist/esm/cli/main.js', 0o755);
if (destination) pack(destination);

/** Under the name with the version, and under one that stays. */
function pack(folder) {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) {
    if (file.startsWith(name) && file.endsWith('.tgz')) rmSync(path.join(folder, file));
  }
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], 'ignore');
  copyFileSync(path.join(folder, `${name}-${version}.tgz`), path.join(folder, `${name}.tgz`));
}

function run(command, args, stdout = 'inherit') {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', stdout, 'inherit'] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
