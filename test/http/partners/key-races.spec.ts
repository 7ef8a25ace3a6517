import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, eventually, expectEnvelope, type Reply } from '../../support/calls.js';
import { aKey, aPartner, atOnce, type TestKey, type TestPartner } from '../../support/makers.js';
import { startProcess, type ServiceProcess } from '../../support/processes.js';

let service: TestApp;
/** The same service in another process. */
let other: ServiceProcess;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  other = await startProcess(service.settings.databaseUrl);
});
afterAll(async () => {
  await other.stop();
  await service.close();
});
beforeEach(async () => {
  partner = await aPartner(service, { tier: 'internal', scopes: ['*'] });
});

const act = (action: 'rotate' | 'kill', { apiKeyId }: TestKey, key: string, n = 0, options: object = {}) =>
  call(n % 2 === 0 ? service : other, 'POST', `/v1/api-keys/${apiKeyId}/${action}`, { key, ...options });
const whoami = (key: string, n = 0) => call(n % 2 === 0 ? service : other, 'GET', '/v1/whoami', { key });
const typesOf = async ({ apiKeyId }: TestKey) => {
  const found: { type: string }[] = await service.dataSource.query(
    "SELECT type FROM audit_event WHERE object_id = $1 AND type LIKE 'api_key.%' ORDER BY id",
    [apiKeyId],
  );
  return found.map(({ type }) => type);
};
const byStatus = (replies: Reply[], status: number) => replies.filter((reply) => reply.status === status);

describe('Keys in races', () => {
  it('that rotate themselves twenty times at once end with one secret, and only its owner was told of success', async () => {
    const replies = await atOnce(20, (n) => act('rotate', partner, partner.apiKey, n));
    const [won, ...others] = byStatus(replies, 200);
    expect([others.length, byStatus(replies, 401).length]).toEqual([0, 19]);
    expect((await whoami(won!.body.secret)).status).toBe(200);
    expectEnvelope(await whoami(partner.apiKey, 1), 401, 'UNAUTHENTICATED');
    expect(await typesOf(partner)).toEqual(['api_key.rotated']);
  });

  it('that another rotates twenty times at once have the two secrets of the last rotations', async () => {
    const target = await aKey(service, partner.organizationId);
    const body = { graceSeconds: 3_600 };
    const replies = await atOnce(20, (n) => act('rotate', target, partner.apiKey, n, { body }));
    expect(byStatus(replies, 200)).toHaveLength(20);
    const secrets = replies.map((reply) => reply.body.secret as string);
    const statuses = await Promise.all(secrets.map(async (secret, n) => (await whoami(secret, n)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    expect(statuses.filter((status) => status === 401)).toHaveLength(18);
    expect(await typesOf(target)).toHaveLength(20);
  });

  it('that are rotated with one Idempotency-Key from two processes are rotated once', async () => {
    const target = await aKey(service, partner.organizationId);
    const headers = { 'idempotency-key': randomUUID() };
    const replies = await atOnce(10, (n) => act('rotate', target, partner.apiKey, n, { headers }));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies.filter((reply) => reply.headers['idempotent-replayed'] === 'true')).toHaveLength(9);
    expect((await whoami(replies[0]!.body.secret, 1)).status).toBe(200);
    expect(await typesOf(target)).toEqual(['api_key.rotated']);
  });

  it('that are rotated and killed at once end killed with every secret, and nothing rotates them afterwards', async () => {
    const target = await aKey(service, partner.organizationId);
    const body = { graceSeconds: 3_600 };
    const replies = await atOnce(20, (n) =>
      n % 5 === 3 ? act('kill', target, partner.apiKey, n) : act('rotate', target, partner.apiKey, n, { body }),
    );
    const rotated = byStatus(replies, 200).flatMap((reply) => (reply.body.secret ? [reply.body.secret as string] : []));
    expect(byStatus(replies, 200)).toHaveLength(rotated.length + 4);
    for (const refused of byStatus(replies, 409)) expect(refused.body.error.details).toEqual({ reason: 'key_killed' });
    expect(rotated.length + 4 + byStatus(replies, 409).length).toBe(20);
    for (const [n, secret] of [target.apiKey, ...rotated].entries()) {
      expect([401, 503]).toContain((await whoami(secret, n)).status);
    }
    const types = await typesOf(target);
    expect(types.filter((type) => type === 'api_key.killed')).toHaveLength(1);
    expect([types.at(-1), types.length]).toEqual(['api_key.killed', rotated.length + 1]);
  });

  it('that rotate each other at once do so one after the other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = await atOnce(2, () => aKey(service, partner.organizationId, { scopes: ['*'] }));
      const replies = await Promise.all([act('rotate', one!, two!.apiKey), act('rotate', two!, one!.apiKey, 1)]);
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
    }
  });

  it('that kill each other at once leave one alive', async () => {
    const [one, two] = await atOnce(2, () => aKey(service, partner.organizationId, { scopes: ['*'] }));
    const replies = await Promise.all([act('kill', one!, two!.apiKey), act('kill', two!, one!.apiKey, 1)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 503]);
  });
});

describe('A call that runs while its key is killed', () => {
  it('finishes, and the next one is refused', async () => {
    const lock = new pg.Client({ connectionString: service.settings.databaseUrl });
    await lock.connect();
    const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
    const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' }, requestId: 'running' };
    const submit = () => call(other, 'POST', path, { key: partner.apiKey, body });
    await lock.query('BEGIN; LOCK TABLE lease_request IN EXCLUSIVE MODE');
    const running = submit();
    // A job may wait for the table as well: what is waited for is the call's own statement.
    await eventually(async () => {
      const [waiting] = await service.dataSource.query(
        `SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
          WHERE relation = 'lease_request'::regclass AND NOT granted AND query LIKE '%WITH call AS MATERIALIZED%'`,
      );
      return waiting ?? null;
    });
    expect((await act('kill', partner, partner.apiKey)).status).toBe(200);
    expectEnvelope(await submit(), 503, 'KILL_SWITCH');
    await lock.query('COMMIT');
    expect((await running).status).toBe(202);
    await lock.end();
  });

  it('rotates nothing with a key that was killed, revoked or rotated while it waited', async () => {
    const lock = new pg.Client({ connectionString: service.settings.databaseUrl });
    await lock.connect();
    for (const [change, status] of [
      ["killed_at = now(), killed_by = 'x'", 503],
      ['revoked_at = now()', 401],
      [
        "previous_prefix = prefix, previous_secret_digest = secret_digest, previous_expires_at = clock_timestamp(), prefix = '0123456789ABCDEF'",
        401,
      ],
    ] as const) {
      const own = await aKey(service, partner.organizationId, { scopes: ['*'] });
      const target = await aKey(service, partner.organizationId);
      await lock.query('BEGIN');
      await lock.query(`UPDATE api_key SET ${change}, last_used_at = now() WHERE id = $1`, [own.apiKeyId]);
      const waiting = act('rotate', target, own.apiKey, 1);
      await eventually(async () => {
        const { rows } = await lock.query(
          'SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))',
        );
        return rows[0] ?? null;
      });
      await lock.query('COMMIT');
      expect([change, (await waiting).status]).toEqual([change, status]);
      expect(await typesOf(target)).toEqual([]);
    }
    await lock.end();
  });
});
