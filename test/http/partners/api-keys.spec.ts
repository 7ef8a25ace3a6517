import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startLoggedApp, type LogLine, type TestApp } from '../../support/app.js';
import { call, eventually, expectEnvelope, faultPaths } from '../../support/calls.js';
import { aKey, aPartner, type TestKey, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { startProcess } from '../../support/processes.js';

let service: TestApp & { log: LogLine[] };
let partner: TestPartner;
let manager: TestKey;
beforeAll(async () => {
  service = await startLoggedApp({ logLevel: 'trace' });
});
afterAll(() => service.close());
beforeEach(async () => {
  partner = await aPartner(service);
  manager = await aKey(service, partner.organizationId, { scopes: ['leased:write', 'keys:write'] });
});

const sql = (text: string, values: unknown[] = []) => service.dataSource.query(text, values);
const rotate = (apiKeyId: string, options: Parameters<typeof call>[3] = {}) =>
  call(service, 'POST', `/v1/api-keys/${apiKeyId}/rotate`, { key: manager.apiKey, ...options });
const kill = (apiKeyId: string, options: Parameters<typeof call>[3] = {}) =>
  call(service, 'POST', `/v1/api-keys/${apiKeyId}/kill`, { key: manager.apiKey, ...options });
const whoami = (key: string, on: Pick<TestApp, 'baseUrl'> = service) => call(on, 'GET', '/v1/whoami', { key });
const prefixOf = (key: string) => key.split('_')[2]!;
const trailOf = (apiKeyId: string) =>
  sql(
    `SELECT type, actor_kind AS "actorKind", actor_id AS "actorId", request_id AS "requestId", data, internal, xmin::text AS "writtenBy"
       FROM audit_event WHERE object_id = $1 ORDER BY id`,
    [apiKeyId],
  );
const revoke = ({ apiKeyId }: TestKey) => sql('UPDATE api_key SET revoked_at = now() WHERE id = $1', [apiKeyId]);
const endGrace = ({ apiKeyId }: TestKey) =>
  sql("UPDATE api_key SET previous_expires_at = now() - interval '1 second' WHERE id = $1", [apiKeyId]);

describe('A rotated key', () => {
  it('keeps its id and changes prefix and secret; the secret before ends with the answer', async () => {
    const rotated = await rotate(partner.apiKeyId);
    expect(rotated.status).toBe(200);
    const { secret } = rotated.body;
    expect(rotated.body).toEqual({
      apiKey: {
        id: partner.apiKeyId,
        organizationId: partner.organizationId,
        name: 'Test key',
        prefix: prefixOf(secret),
        env: 'live',
        scopes: ['leased:write'],
        killSwitch: false,
        isActive: true,
        rotatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        revokedAt: null,
      },
      secret: expect.stringMatching(/^lp_live_[0-9A-HJKMNP-TV-Z]{16}_[\w-]{43}$/),
      warning: 'Store the secret now: it is not shown again. The one before no longer works.',
    });
    expect(prefixOf(secret)).not.toBe(prefixOf(partner.apiKey));
    expectEnvelope(await whoami(partner.apiKey), 401, 'UNAUTHENTICATED');
    expect((await whoami(secret)).body).toMatchObject({ apiKeyId: partner.apiKeyId, scopes: ['leased:write'] });

    const events = await eventually(async () => {
      const found = await trailOf(partner.apiKeyId);
      return found.length > 1 ? found : null;
    });
    const [row] = await sql('SELECT xmin::text AS "writtenBy" FROM api_key WHERE id = $1', [partner.apiKeyId]);
    expect(events[0]).toMatchObject({
      type: 'api_key.rotated',
      actorKind: 'partner_api',
      actorId: manager.apiKeyId,
      requestId: rotated.headers['x-request-id'],
      data: { apiKeyId: partner.apiKeyId, name: 'Test key', prefix: prefixOf(secret), graceSeconds: 0 },
      internal: { before: { prefix: prefixOf(partner.apiKey) }, after: { prefix: prefixOf(secret) } },
    });
    expect(row).toBeDefined();
    // Who still uses the old one is on the trail, under the same key.
    expect(events[1]).toMatchObject({ type: 'auth.key_rejected', actorId: partner.apiKeyId });
  });

  it('is the same key with either secret for the grace: id, scopes and limits, which are not refilled', async () => {
    const submit = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } };
    const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
    const remaining = async (key: string) =>
      Number((await call(service, 'POST', path, { key, body: submit })).headers['x-ratelimit-remaining']);
    expect(await remaining(partner.apiKey)).toBe(59);
    // Of its own minute, whatever second it is.
    await sql(`UPDATE rate_bucket SET minute_ends_at = minute_ends_at + interval '1 hour' WHERE api_key_id = $1`, [
      partner.apiKeyId,
    ]);
    const { secret, warning } = (await rotate(partner.apiKeyId, { body: { graceSeconds: 3_600 } })).body;
    const [, until] = /^Store the secret now: it is not shown again\. The one before works until (.*Z)\.$/.exec(
      warning,
    )!;
    const [{ now }] = await sql('SELECT now() AS now');
    expect(Math.abs(Date.parse(until!) - now.getTime() - 3_600_000)).toBeLessThan(600_000);
    expect(await remaining(partner.apiKey)).toBe(58);
    expect(await remaining(secret)).toBe(57);
    const answers = await Promise.all([partner.apiKey, secret].map((key) => whoami(key)));
    expect(answers[0]!.body).toEqual(answers[1]!.body);
    await endGrace(partner);
    expectEnvelope(await whoami(partner.apiKey), 401, 'UNAUTHENTICATED');
    expect((await whoami(secret)).status).toBe(200);
  });

  it('has at most two secrets: another rotation ends the older one, whatever grace it was promised', async () => {
    const second = (await rotate(partner.apiKeyId, { body: { graceSeconds: 86_400 } })).body.secret;
    const third = (await rotate(partner.apiKeyId, { body: { graceSeconds: 60 } })).body.secret;
    const statuses = async () => [
      (await whoami(partner.apiKey)).status,
      (await whoami(second)).status,
      (await whoami(third)).status,
    ];
    expect(await statuses()).toEqual([401, 200, 200]);
    const fourth = (await rotate(partner.apiKeyId)).body.secret;
    expect(await statuses()).toEqual([401, 401, 401]);
    expect((await whoami(fourth)).status).toBe(200);
  });

  it('rotates itself, with either secret', async () => {
    const second = await rotate(manager.apiKeyId, { body: { graceSeconds: 60 } });
    expect(second.status).toBe(200);
    const third = await rotate(manager.apiKeyId, { body: { graceSeconds: 60 } });
    expect(third.status).toBe(200);
    expectEnvelope(await whoami(manager.apiKey), 401, 'UNAUTHENTICATED');
    expect((await whoami(second.body.secret)).body.apiKeyId).toBe(manager.apiKeyId);
  });

  it('stays of its environment: the old secret under the other one is refused too', async () => {
    const sandbox = await aSandbox(service, partner);
    const test = await aKey(service, sandbox.organizationId, { env: 'test', scopes: ['keys:write'] });
    const answer = await rotate(test.apiKeyId, { key: test.apiKey, body: { graceSeconds: 60 } });
    const { secret, apiKey } = answer.body;
    expect([apiKey.env, secret.startsWith('lp_test_')]).toEqual(['test', true]);
    for (const key of [test.apiKey, secret]) {
      expect((await whoami(key)).status).toBe(200);
      expectEnvelope(await whoami(key.replace('lp_test_', 'lp_live_')), 401, 'UNAUTHENTICATED');
      expectEnvelope(await whoami(`${key.slice(0, -3)}AAA`), 401, 'UNAUTHENTICATED');
    }
    expectEnvelope(await whoami(`${secret.slice(0, 25)}${test.apiKey.slice(25)}`), 401, 'UNAUTHENTICATED');
  });

  it('answers a repeated call byte for byte, from what is stored encrypted, with another key too', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await rotate(partner.apiKeyId, { headers, body: { graceSeconds: 5.0 } });
    const again = await rotate(partner.apiKeyId, { headers, raw: '{"graceSeconds": 5.0}' });
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([200, first.text, 'true']);
    const other = await aKey(service, partner.organizationId, { scopes: ['*'] });
    expect((await rotate(partner.apiKeyId, { headers, key: other.apiKey, body: { graceSeconds: 5 } })).text).toBe(
      first.text,
    );
    expectEnvelope(await rotate(partner.apiKeyId, { headers }), 409, 'CONFLICT');
    expectEnvelope(await kill(partner.apiKeyId, { headers, body: { graceSeconds: 5 } }), 422, 'VALIDATION');
    expect(
      (await trailOf(partner.apiKeyId)).filter(({ type }: { type: string }) => type === 'api_key.rotated'),
    ).toHaveLength(1);
    const [record] = await sql('SELECT body, sealed_body FROM idempotency_record WHERE key = $1', [
      headers['idempotency-key'],
    ]);
    expect(record.body).toBeNull();
    expect(record.sealed_body.toString('latin1')).not.toContain(first.body.secret.slice(-43));
  });

  it('is not replayed to a key that could not have rotated it', async () => {
    const star = await aKey(service, partner.organizationId, { scopes: ['*'] });
    const narrow = await aKey(service, partner.organizationId, { scopes: ['keys:write'] });
    for (const target of [star, partner]) {
      const headers = { 'idempotency-key': randomUUID() };
      const body = { graceSeconds: 60 };
      const rotated = await rotate(target.apiKeyId, { headers, body, key: star.apiKey });
      expect(rotated.status).toBe(200);
      const refused = await rotate(target.apiKeyId, { headers, body, key: narrow.apiKey });
      expectEnvelope(refused, 403, 'FORBIDDEN_SCOPE');
      expect(refused.text).not.toContain(rotated.body.secret);
      expect((await rotate(target.apiKeyId, { headers, body, key: star.apiKey })).text).toBe(rotated.text);
    }
  });

  it('replays although its own old secret is over, where the grace let the retry in', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { graceSeconds: 60 };
    const first = await rotate(manager.apiKeyId, { headers, body });
    const retried = await rotate(manager.apiKeyId, { headers, body });
    expect([retried.text, retried.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    await endGrace(manager);
    expect((await rotate(manager.apiKeyId, { headers, body, key: first.body.secret })).text).toBe(first.text);
  });

  it.each([
    [{ graceSeconds: -1 }, ['graceSeconds']],
    [{ graceSeconds: 86_401 }, ['graceSeconds']],
    [{ graceSeconds: 1.5 }, ['graceSeconds']],
    [{ graceSeconds: '5' }, ['graceSeconds']],
    [{ graceSeconds: null }, ['graceSeconds']],
    [{ graceSeconds: 1e300, secret: 'mine' }, ['secret', 'graceSeconds']],
    [[], ['body']],
  ])('is refused with every fault named: %j', async (body, paths) => {
    const reply = await rotate(partner.apiKeyId, { body });
    expectEnvelope(reply, 422, 'VALIDATION');
    expect(faultPaths(reply)).toEqual(paths);
    expect((await whoami(partner.apiKey)).status).toBe(200);
  });

  it.each(['key_', 'key_1', 'prj_0b7e3c1a-52c4-4f1c-8a57-1f2ab7c0d9e3', 'x', '%00', 'key%00'])(
    'has an id that is one: %s',
    async (id) => {
      for (const act of [rotate, kill]) {
        const reply = await act(id);
        expectEnvelope(reply, 422, 'VALIDATION');
        expect(faultPaths(reply)).toEqual(['path.apiKeyId']);
      }
    },
  );

  it('is another organization’s: not there', async () => {
    const stranger = await aPartner(service);
    for (const act of [rotate, kill]) {
      for (const id of [stranger.apiKeyId, `key_${randomUUID()}`]) expectEnvelope(await act(id), 404, 'NOT_FOUND');
    }
    expect((await whoami(stranger.apiKey)).status).toBe(200);
  });

  it('needs a caller with keys:write and every scope of it', async () => {
    const bare = await aKey(service, partner.organizationId);
    const refused = await rotate(bare.apiKeyId, { key: bare.apiKey });
    expectEnvelope(refused, 403, 'FORBIDDEN_SCOPE');
    expect(refused.body.error.details).toEqual({ requiredScope: 'keys:write' });
    const star = await aKey(service, partner.organizationId, { scopes: ['*'] });
    const narrow = await aKey(service, partner.organizationId, { scopes: ['keys:write'] });
    for (const [target, requiredScope] of [
      [star, '*'],
      [partner, 'leased:write'],
      [manager, 'leased:write'],
    ] as const) {
      const reply = await rotate(target.apiKeyId, { key: narrow.apiKey });
      expectEnvelope(reply, 403, 'FORBIDDEN_SCOPE');
      expect(reply.body.error.details).toEqual({ requiredScope });
      expect((await whoami(target.apiKey)).status).toBe(200);
    }
    const empty = await aKey(service, partner.organizationId, { scopes: [] });
    expect((await rotate(empty.apiKeyId, { key: narrow.apiKey })).status).toBe(200);
    expect((await rotate(manager.apiKeyId, { key: star.apiKey })).status).toBe(200);
  });

  it('is neither killed nor revoked', async () => {
    await kill(partner.apiKeyId);
    const killed = await rotate(partner.apiKeyId);
    expectEnvelope(killed, 409, 'CONFLICT');
    expect(killed.body.error.details).toEqual({ reason: 'key_killed' });
    const over = await aKey(service, partner.organizationId);
    await revoke(over);
    for (const act of [rotate, kill]) {
      const reply = await act(over.apiKeyId);
      expectEnvelope(reply, 409, 'CONFLICT');
      expect(reply.body.error.details).toEqual({ reason: 'key_revoked' });
    }
  });

  it('has its secret in that one answer alone', async () => {
    const rotated = await rotate(partner.apiKeyId, { headers: { 'idempotency-key': randomUUID() } });
    const secret = rotated.body.secret.slice(-43);
    await whoami(rotated.body.secret);
    const tables: { name: string }[] = await sql(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    for (const { name } of tables) {
      const [{ text }] = await sql(`SELECT coalesce(string_agg(t::text, ''), '') AS text FROM ${name} t`);
      expect([name, text.includes(secret)]).toEqual([name, false]);
    }
    expect(service.log.length).toBeGreaterThan(0);
    expect(JSON.stringify(service.log)).not.toContain(secret);
  });
});

describe('A killed key', () => {
  const view = (apiKeyId: string) => ({
    apiKey: expect.objectContaining({ id: apiKeyId, killSwitch: true, isActive: false, revokedAt: null }),
    killed: true,
  });

  it('is refused by every process on its very next call', async () => {
    const other = await startProcess(service.settings.databaseUrl);
    for (const on of [service, other]) expect((await whoami(partner.apiKey, on)).status).toBe(200);
    const killed = await kill(partner.apiKeyId);
    expect([killed.status, killed.body]).toEqual([200, view(partner.apiKeyId)]);
    for (const on of [other, service]) {
      const refused = await whoami(partner.apiKey, on);
      expectEnvelope(refused, 503, 'KILL_SWITCH');
      expect(refused.body.error.details).toEqual({ scope: 'key' });
      expect(refused.headers['retry-after']).toBeUndefined();
    }
    await other.stop();
    const [event, ...others] = await trailOf(partner.apiKeyId);
    expect(event).toMatchObject({
      type: 'api_key.killed',
      actorKind: 'partner_api',
      actorId: manager.apiKeyId,
      requestId: killed.headers['x-request-id'],
      data: { apiKeyId: partner.apiKeyId, name: 'Test key', prefix: prefixOf(partner.apiKey) },
    });
    expect(others).toEqual([]);
  });

  it('gives the same answer when it is killed again, and no second event', async () => {
    const first = await kill(partner.apiKeyId);
    const again = await kill(partner.apiKeyId, { body: {} });
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([200, first.text, undefined]);
    expect(await trailOf(partner.apiKeyId)).toHaveLength(1);
    const headers = { 'idempotency-key': randomUUID() };
    const stored = await kill(partner.apiKeyId, { headers });
    expect((await kill(partner.apiKeyId, { headers })).headers['idempotent-replayed']).toBe('true');
    expect(stored.text).toBe(first.text);
  });

  it('may be killed by itself whatever its scopes, and by no other without keys:write', async () => {
    const bare = await aKey(service, partner.organizationId, { scopes: [] });
    const other = await kill(partner.apiKeyId, { key: bare.apiKey });
    expectEnvelope(other, 403, 'FORBIDDEN_SCOPE');
    expect(other.body.error.details).toEqual({ requiredScope: 'keys:write' });
    expectEnvelope(await kill('x', { key: bare.apiKey }), 403, 'FORBIDDEN_SCOPE');
    expectEnvelope(await kill('%00', { key: bare.apiKey }), 403, 'FORBIDDEN_SCOPE');
    expectEnvelope(await rotate(bare.apiKeyId, { key: bare.apiKey }), 403, 'FORBIDDEN_SCOPE');
    expect((await kill(bare.apiKeyId, { key: bare.apiKey })).body).toEqual(view(bare.apiKeyId));
    expectEnvelope(await whoami(bare.apiKey), 503, 'KILL_SWITCH');
    // Kill is not rotate: who may kill needs no scope of the killed one.
    const narrow = await aKey(service, partner.organizationId, { scopes: ['keys:write'] });
    const star = await aKey(service, partner.organizationId, { scopes: ['*'] });
    expect((await kill(star.apiKeyId, { key: narrow.apiKey })).status).toBe(200);
  });

  it('is killed with both secrets of its rotation, and works again with both when it is resumed', async () => {
    const { secret } = (await rotate(partner.apiKeyId, { body: { graceSeconds: 3_600 } })).body;
    expect((await kill(partner.apiKeyId)).status).toBe(200);
    for (const key of [partner.apiKey, secret]) expectEnvelope(await whoami(key), 503, 'KILL_SWITCH');
    await sql('UPDATE api_key SET killed_at = NULL, killed_by = NULL WHERE id = $1', [partner.apiKeyId]);
    for (const key of [partner.apiKey, secret]) expect((await whoami(key)).status).toBe(200);
  });

  it('takes no fields', async () => {
    const reply = await kill(partner.apiKeyId, { body: { reason: 'x' }, headers: { 'idempotency-key': '1' } });
    expectEnvelope(reply, 422, 'VALIDATION');
    expect(faultPaths(reply).sort()).toEqual(['header.Idempotency-Key', 'reason']);
    expect((await whoami(partner.apiKey)).status).toBe(200);
  });
});
