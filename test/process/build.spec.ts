import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiDocument } from '../../src/reference/api-document.js';
import { readAssets } from '../../src/reference/assets.js';
import { renderPages } from '../../src/reference/render.js';
import { clearUpServices, newDataDir } from '../support/service-process.js';

/** In place of the compiler: it notes that it ran, and makes the programs that bundle and render. */
const compiler = `
  const fs = require('node:fs');
  fs.mkdirSync('dist/src/admin/bundle', { recursive: true });
  fs.appendFileSync('dist/runs', 'x');
  fs.mkdirSync('dist/src/reference', { recursive: true });
  fs.writeFileSync('dist/src/reference/build-pages.js', '');
  fs.writeFileSync('dist/src/admin/bundle/build-panel.js', fs.existsSync('broken') ? 'process.exit(3)' : '');
`;

/** In place of the client's own. */
const clientBuild = `
  import fs from 'node:fs';
  fs.mkdirSync('clients/typescript/dist', { recursive: true });
`;

describe('The last build', () => {
  it('has the pages of /docs as the code renders them', async () => {
    const built = JSON.parse(fs.readFileSync('dist/src/reference/pages.json', 'utf8')) as [string, string][];
    const document = JSON.parse(fs.readFileSync('docs/openapi.json', 'utf8')) as ApiDocument;
    const rendered = await renderPages(document, readAssets());
    expect(built.map(([address]) => address)).toEqual([...rendered.keys()]);
    for (const [address, html] of built) expect([address, html === rendered.get(address)]).toEqual([address, true]);
  });
});

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
    write('src/reference/assets/reference.css', '');
    write('docs/partner/README.md', '');
    write('docs/openapi.json', '{}');
    write('node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2', '');
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
    write('docs/partner/README.md', '2');
    expect(afterStart()).toEqual([0, 9]);
    write('docs/openapi.json', '{"openapi":"3.1.0"}');
    expect(afterStart()).toEqual([0, 10]);
    expect([build(), runs()]).toEqual([0, 11]);
    expect(afterStart()).toEqual([0, 11]);
  });

  it('that failed is made again, whatever the sources are', () => {
    write('broken', '');
    expect([build(), build('--if-changed'), runs()]).toEqual([3, 3, 13]);
    fs.rmSync(path.join(folder, 'broken'));
    expect([build('--if-changed'), runs()]).toEqual([0, 14]);
  });
});
