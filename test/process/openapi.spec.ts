import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { programEnvironment } from '../support/program-environment.js';
import { updateDocument } from '../../scripts/openapi/update-document.js';

type Paths = Record<string, unknown>;

/** Loads TypeScript in half the time of the one that npm runs the command with. */
const loader = new URL('../support/loader-hooks.mjs', import.meta.url).href;
const current = fs.readFileSync('docs/openapi.json', 'utf8');
let folder: string;
beforeEach(() => {
  // Within the project, so that the loader of TypeScript is found.
  fs.mkdirSync('tmp', { recursive: true });
  folder = fs.mkdtempSync('tmp/openapi-');
  fs.mkdirSync(path.join(folder, 'docs/partner'), { recursive: true });
  write('docs/partner/changelog.md', '# Changelog\n\n## Unreleased\n\n- Older.\n');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');

/** The command with a promise that differs from the code's document. */
function openapi(...options: string[]) {
  return spawnSync(process.execPath, ['--import', loader, path.resolve('scripts/openapi/command.ts'), ...options], {
    cwd: folder,
    env: {
      ...programEnvironment,
      NODE_OPTIONS: '--no-warnings',
    },
    encoding: 'utf8',
  });
}

function promise(change: (paths: Paths) => void): string {
  const document = JSON.parse(current) as { paths: Paths };
  change(document.paths);
  const text = JSON.stringify(document);
  write('docs/openapi.json', text);
  return text;
}

describe('npm run openapi', () => {
  it('refuses code that breaks the promise, until a reason is given that partners read; then it is the committed document', async () => {
    const promised = promise((paths) => (paths['/v1/lost'] = paths['/v1/whoami']));
    const { status, stderr } = openapi('--check');
    expect([status, stderr]).toEqual([1, expect.stringContaining('/v1/lost: the path is gone')]);
    for (const options of [{ check: true }, {}, { check: true, breaking: 'no' }]) {
      const refusal = await updateDocument(current, options, folder);
      expect(refusal).toContainEqual(expect.stringContaining('/v1/lost: the path is gone'));
      expect(read('docs/openapi.json')).toBe(promised);
    }
    expect(openapi('--breaking', '`/v1/lost` is `/v1/whoami` now.').status).toBe(0);
    expect(read('docs/openapi.json')).toBe(current);
    expect(await updateDocument(current, { check: true }, folder)).toEqual([]);
    expect(read('docs/partner/changelog.md')).toBe(
      '# Changelog\n\n## Unreleased\n\n- **Breaking:** `/v1/lost` is `/v1/whoami` now.\n- Older.\n',
    );
  });

  it('writes what was added', async () => {
    promise((paths) => delete paths['/v1/whoami']);
    expect(await updateDocument(current, { check: true }, folder)).toEqual([expect.stringContaining('not up to date')]);
    expect(await updateDocument(current, {}, folder)).toEqual([]);
    expect(read('docs/openapi.json')).toBe(current);
  });
});
