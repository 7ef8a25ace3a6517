import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadedBy, rawGet } from '../../support/raw-get.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { clearUpServices, newBuildFolder, ServiceProcess } from '../../support/service-process.js';

const AN_HOUR_MS = 3_600_000;

let database: TestDatabase;
/** A build of the test's own: others start from `dist` at the same time. */
const buildFolder = path.join(newBuildFolder(), 'dist');
const inBuild = (...names: string[]) => path.join(buildFolder, ...names);

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await clearUpServices();
  await database.drop();
});

/** Builds the panel again, from components that have changed. */
async function rebuild(): Promise<void> {
  const component = inBuild('src/panel/features/sign-in/login-page.js');
  fs.writeFileSync(component, `${fs.readFileSync(component, 'utf8')}\nglobalThis.isChanged = true;\n`);
  await promisify(execFile)(process.execPath, [inBuild('src/admin/bundle/build-panel.js')], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

async function start(): Promise<ServiceProcess> {
  const secrets = { SESSION_SECRET: 's'.repeat(32), SECRETS_KEYS: 'k'.repeat(32) };
  return ServiceProcess.started({ DATABASE_URL: database.url, ...secrets }, inBuild('src/main.js'));
}

async function loads(service: ServiceProcess): Promise<string[]> {
  const { body } = await rawGet(`${service.origin}/admin/login`);
  return loadedBy(String(body));
}

const bundleOf = (addresses: string[]) => addresses.find((address) => address.includes('components.bundle'));

describe('A build beside a running server', () => {
  it('takes none of the files away that its pages load; the next start serves the new ones', async () => {
    fs.cpSync(path.resolve(process.env.BUILD_DIR ?? 'dist'), buildFolder, { recursive: true });
    const running = await start();
    const before = await loads(running);
    expect(before.length).toBeGreaterThan(10);

    // Old enough for the next build to remove it.
    const { folder } = JSON.parse(fs.readFileSync(inBuild('adminjs/manifest.json'), 'utf8'));
    fs.utimesSync(inBuild('adminjs', folder), new Date(), new Date(Date.now() - AN_HOUR_MS));
    await rebuild();
    expect(fs.existsSync(inBuild('adminjs', folder))).toBe(false);

    expect(await loads(running)).toEqual(before);
    for (const address of before) expect([address, await running.statusOf(address)]).toEqual([address, 200]);
    await running.stop();

    const restarted = await start();
    const after = await loads(restarted);
    expect(bundleOf(after)).not.toBe(bundleOf(before));
    for (const address of after) expect([address, await restarted.statusOf(address)]).toEqual([address, 200]);
  });
});
