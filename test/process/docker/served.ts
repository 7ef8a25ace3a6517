import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { byTcp, createTestDatabase } from '../../support/database.js';
import { freePort } from '../../support/service-process.js';
import { until } from '../../support/until.js';
import { makeReadOnly, RunningContainer, type Container } from './image.js';

/** Runs the container over an empty database with nothing but its secrets set; it must be healthy, write nothing and end in order. */
export async function expectToServeAndStop(container: Container): Promise<void> {
  const database = await createTestDatabase();
  const settings = {
    DATABASE_URL: byTcp(database.url).href,
    SESSION_SECRET: randomBytes(32).toString('hex'),
    SECRETS_KEYS: randomBytes(32).toString('hex'),
    PORT: String(await freePort()),
  };
  const user = makeReadOnly(container.folder);
  const running = new RunningContainer(container, settings, user ?? {});
  try {
    if (user) expect(running.run(['touch', 'written'])).not.toBe(0);
    let ended = false;
    void running.ended.then(() => (ended = true));
    await until('it listens', () => ended || running.output.includes('listening'));
    expect([ended, running.output]).toEqual([false, expect.stringContaining('listening')]);

    for (const route of ['/readyz', '/docs', '/admin/login']) {
      expect([route, (await fetch(`${running.origin}${route}`)).status]).toEqual([route, 200]);
    }
    expect(running.isHealthy()).toBe(true);
    expect(await running.stop()).toEqual({ code: 0, signal: null });
    expect(running.isHealthy()).toBe(false);
  } finally {
    await running.stop();
    await database.drop();
  }
}
