import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clearUpServices, newDataDir } from '../support/service-process.js';

/** In place of the compiler: it notes that it ran, and makes the program that bundles. */
const compiler = `
  const fs = require('node:fs');
  fs.mkdirSync('dist/src/admin/bundle', { recursive: true });
  fs.appendFileSync('dist/runs', 'x');
  fs.writeFileSync('dist/src/admin/bundle/build-panel.js', fs.existsSync('broken') ? 'process.exit(3)' : '');
`;

/** In place of the client's own. */
const clientBuild = `
  import fs from 'node:fs';
  fs.mkdirSync('clients/typescript/dist', { recursive: true });
`;

describe('A build', () => {
  const folder = newDataDir();
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  const build = (...flags: string[]) =>
    spawnSync(process.execPath, [path.resolve('scripts/build.mjs'), ...flags], { cwd: folder }).status;
  const runs = () => fs.readFileSync(path.join(folder, 'dist/runs'), 'utf8').length;

  beforeAll(() => {
    write('node_modules/typescript/bin/tsc', compiler);
    for (const name of ['ormconfig.ts', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) write(name, '');
    for (const name of ['src/index.ts', 'package.json', 'README.md', 'tsconfig.json', 'tsconfig.cjs.json'])
      write(`clients/typescript/${name}`, '');
    write('clients/typescript/build.mjs', clientBuild);
    write('src/a/one.ts', '1');
    for (const name of ['src/layers/__init__.py', 'pyproject.toml', 'README.md']) write(`clients/python/${name}`, '');
    write('scripts/pack-python-client.mjs', '');
  });
  afterAll(clearUpServices);

  it('is made before a start only where a source is another one than at the last build', () => {
    const afterStart = () => [build('--if-changed'), runs()];
    expect(afterStart()).toEqual([0, 1]);
    expect(afterStart()).toEqual([0, 1]);
    write('src/a/one.ts', '2');
    expect(afterStart()).toEqual([0, 2]);
    write('src/a/two.ts', '2');
    expect(afterStart()).toEqual([0, 3]);
    fs.rmSync(path.join(folder, 'src/a/two.ts'));
    expect(afterStart()).toEqual([0, 4]);
    write('package-lock.json', '{}');
    expect(afterStart()).toEqual([0, 5]);
    write('clients/typescript/src/index.ts', '2');
    expect(afterStart()).toEqual([0, 6]);
    fs.rmSync(path.join(folder, 'clients/typescript/dist'), { recursive: true });
    expect(afterStart()).toEqual([0, 7]);
    write('clients/python/src/layers/__init__.py', '1');
    expect(afterStart()).toEqual([0, 8]);
    write('clients/python/src/layers/__pycache__/left-by-a-test.pyc', '1');
    expect(afterStart()).toEqual([0, 8]);
    expect([build(), runs()]).toEqual([0, 9]);
    expect(afterStart()).toEqual([0, 9]);
  });

  it('that failed is made again, whatever the sources are', () => {
    write('broken', '');
    expect([build(), build('--if-changed'), runs()]).toEqual([3, 3, 11]);
    fs.rmSync(path.join(folder, 'broken'));
    expect([build('--if-changed'), runs()]).toEqual([0, 12]);
  });
});
