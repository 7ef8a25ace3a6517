import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newApiKey } from '../../../src/partner-api/api-key-format.js';
import { Pruner } from '../../../src/core/pruner.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, eventually } from '../../support/calls.js';
import { aKey, aPartner, type TestPartner } from '../../support/makers.js';

const routes: [method: string, path: (partner: TestPartner) => string][] = [
  ['GET', () => '/v1/whoami'],
  ['POST', ({ projectId }) => `/v1/projects/${projectId}/leased-accounts/request`],
  ['GET', ({ projectId }) => `/v1/projects/${projectId}/leased-accounts/requests`],
  ['GET', ({ projectId }) => `/v1/projects/${projectId}/leased-accounts/requests/any`],
  ['GET', ({ projectId }) => `/v1/projects/${projectId}/leased-accounts`],
  ['GET', () => '/v1/leased-accounts'],
  ['GET', () => '/v1/leased-accounts/requests'],
  ['GET', () => '/v1/leased-accounts/requests/any'],
  ['DELETE', () => '/v1/leased-accounts/sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11'],
];

describe('authentication', () => {
  let service: TestApp;
  let partner: TestPartner;
  beforeAll(async () => {
    service = await startTestApp();
    partner = await aPartner(service, { tier: 'partner' });
  });
  afterAll(() => service.close());

  const sql = (text: string, values: unknown[] = []) => service.dataSource.query(text, values);

  it.each(routes)('refuses a call without a key: %s', async (method, path) => {
    const reply = await call(service, method, path(partner));
    expect(reply.status).toBe(401);
    expect(reply.body.error).toMatchObject({ code: 'UNAUTHENTICATED', requestId: reply.headers['x-request-id'] });
    expect(reply.headers['x-ratelimit-limit']).toBeUndefined();
  });

  it('takes the one form of a key and no other', async () => {
    const { apiKey } = partner;
    const [, , prefix, secret] = /^lp_(live)_([^_]+)_(.+)$/.exec(apiKey)!;
    const other = newApiKey('live').apiKey;
    const refused = [
      '',
      apiKey,
      `Basic ${apiKey}`,
      `Bearer`,
      `Bearer `,
      `Bearer ${apiKey} x`,
      `Bearer ${apiKey}x`,
      `Bearer ${apiKey.slice(0, -1)}`,
      `Bearer ${other}`,
      `Bearer lp_live_${prefix}_${other.slice(-43)}`,
      `Bearer lp_test_${prefix}_${secret}`,
      `Bearer lp_live_${prefix!.toLowerCase()}_${secret}`,
      `Bearer lp_dev_${prefix}_${secret}`,
      `Bearer lp_live_${prefix}`,
      `Bearer ${'x'.repeat(5000)}`,
      `Bearer \u00fc`,
    ];
    for (const authorization of refused) {
      const reply = await call(service, 'GET', '/v1/whoami', { headers: { authorization } });
      expect([authorization, reply.status, reply.body.error.code]).toEqual([authorization, 401, 'UNAUTHENTICATED']);
    }
    for (const authorization of [`Bearer ${apiKey}`, `bearer ${apiKey}`]) {
      expect((await call(service, 'GET', '/v1/whoami', { headers: { authorization } })).status).toBe(200);
    }
  });

  it('takes no key from anywhere but the one header', async () => {
    const { apiKey } = partner;
    expect((await call(service, 'GET', `/v1/whoami?access_token=${apiKey}`)).status).toBe(401);
    expect((await call(service, 'GET', '/v1/whoami', { headers: { 'x-api-key': apiKey } })).status).toBe(401);
    expect((await call(service, 'GET', '/v1/whoami', { headers: { cookie: `key=${apiKey}` } })).status).toBe(401);
  });

  it('refuses two Authorization headers, whichever is good', async () => {
    const good = `Bearer ${partner.apiKey}`;
    for (const [first, second] of [
      [good, good],
      [good, 'Bearer x'],
      ['Bearer x', good],
    ]) {
      const headers = ['Host', 'x', 'Authorization', first!, 'authorization', second!];
      const reply = await call(service, 'GET', '/v1/whoami', { headers });
      expect(reply.status).toBe(401);
    }
  });

  it('lets a secret that holds underscores in', async () => {
    const key = await aKey(service, partner.organizationId);
    const prefix = key.apiKey.split('_')[2];
    const secret = `__${'a_-'.repeat(13)}_z`;
    await sql('UPDATE api_key SET secret_digest = sha256($2::bytea) WHERE id = $1', [
      key.apiKeyId,
      Buffer.from(secret),
    ]);
    expect((await call(service, 'GET', '/v1/whoami', { key: `lp_live_${prefix}_${secret}` })).status).toBe(200);
  });

  it('refuses a revoked key, even when it is killed too', async () => {
    const key = await aKey(service, partner.organizationId);
    await sql(`UPDATE api_key SET revoked_at = now(), killed_at = now(), killed_by = 'x' WHERE id = $1`, [
      key.apiKeyId,
    ]);
    expect((await call(service, 'GET', '/v1/whoami', { key: key.apiKey })).status).toBe(401);
  });

  it.each(routes)('refuses a killed key and a suspended organization: %s', async (method, path) => {
    const other = await aPartner(service, { scopes: [] });
    const refusal = async () => (await call(service, method, path(other), { key: other.apiKey })).body.error;
    await sql(`UPDATE organization SET suspended_at = now() WHERE id = $1`, [other.organizationId]);
    expect(await refusal()).toMatchObject({ code: 'KILL_SWITCH', details: { scope: 'organization' } });
    await sql(`UPDATE api_key SET killed_at = now(), killed_by = 'x' WHERE id = $1`, [other.apiKeyId]);
    expect(await refusal()).toMatchObject({ code: 'KILL_SWITCH', details: { scope: 'key' } });
  });

  it('lets a resumed key in again on its next call', async () => {
    const key = await aKey(service, partner.organizationId);
    const status = async () => (await call(service, 'GET', '/v1/whoami', { key: key.apiKey })).status;
    expect(await status()).toBe(200);
    await sql(`UPDATE api_key SET killed_at = now(), killed_by = 'x' WHERE id = $1`, [key.apiKeyId]);
    expect(await status()).toBe(503);
    await sql(`UPDATE api_key SET killed_at = NULL, killed_by = NULL WHERE id = $1`, [key.apiKeyId]);
    expect(await status()).toBe(200);
  });

  it.each(routes.slice(1))('asks for the scope leased:write: %s', async (method, path) => {
    for (const scopes of [[], ['keys:write']]) {
      const key = await aKey(service, partner.organizationId, { scopes });
      const reply = await call(service, method, path(partner), { key: key.apiKey });
      expect(reply.status).toBe(403);
      expect(reply.body.error).toMatchObject({ code: 'FORBIDDEN_SCOPE', details: { requiredScope: 'leased:write' } });
      expect(reply.headers['x-ratelimit-remaining']).toBe(method === 'GET' ? '120' : '60');
    }
  });

  it('tells who calls, without any scope; a star grants all', async () => {
    const bare = await aKey(service, partner.organizationId, { scopes: [] });
    const reply = await call(service, 'GET', '/v1/whoami', { key: bare.apiKey });
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      organizationId: partner.organizationId,
      workspaceId: partner.organizationId,
      organizationName: expect.any(String),
      parentOrganizationId: null,
      scopes: [],
      rateLimitTier: 'standard',
      apiKeyId: bare.apiKeyId,
      creditBalance: 100_000,
    });
    const star = await aKey(service, partner.organizationId, { scopes: ['*'], tier: 'internal' });
    expect((await call(service, 'GET', '/v1/leased-accounts', { key: star.apiKey })).status).toBe(200);
    expect((await call(service, 'GET', '/v1/whoami', { key: star.apiKey })).body.rateLimitTier).toBeNull();
  });

  it('records when a key was used, without a write for each call', async () => {
    const key = await aKey(service, partner.organizationId);
    const lastUsed = async () =>
      (
        await sql(
          'SELECT last_used_at AS at, last_used_address AS address, xmin::text AS row FROM api_key WHERE id = $1',
          [key.apiKeyId],
        )
      )[0];
    expect((await lastUsed()).at).toBeNull();
    await call(service, 'GET', '/v1/whoami', { key: key.apiKey });
    const first = await lastUsed();
    expect(first).toMatchObject({ at: expect.any(Date), address: '127.0.0.1' });
    await call(service, 'GET', '/v1/whoami', { key: key.apiKey });
    expect(await lastUsed()).toEqual(first);
    await sql(`UPDATE api_key SET last_used_at = now() - interval '61 seconds' WHERE id = $1`, [key.apiKeyId]);
    await call(service, 'GET', '/v1/whoami', { key: key.apiKey });
    expect((await lastUsed()).at.getTime()).toBeGreaterThanOrEqual(first.at.getTime());
  });

  it('writes refusals of a known key on the trail, once for many', async () => {
    const key = await aKey(service, partner.organizationId, { scopes: [] });
    for (let n = 0; n < 5; n += 1) await call(service, 'GET', '/v1/leased-accounts', { key: key.apiKey });
    const written = () => sql('SELECT type, data, request_id FROM audit_event WHERE api_key_id = $1', [key.apiKeyId]);
    const events = await eventually(async () => ((await written()).length > 0 ? written() : null));
    expect(events).toEqual([
      {
        type: 'auth.scope_denied',
        data: { requiredScope: 'leased:write' },
        request_id: expect.stringMatching(/^req_/),
      },
    ]);
  });
});

describe('failed authentications', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it('are counted by address, and a valid key is never refused by that count', async () => {
    const partner = await aPartner(service);
    await call(service, 'GET', '/v1/whoami', { key: 'wrong' });
    await service.dataSource.query('UPDATE failed_authentication SET points = 100');
    const refused = await call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
      key: 'wrong',
    });
    expect(refused.status).toBe(429);
    expect(refused.body.error).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(
        /^Too many failed authentications from this network this minute; try again in \d+ s\.$/,
      ),
      details: { endpointClass: 'write-light', limit: 'minute' },
    });
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.body.error.message).toContain(` ${seconds} s.`);
    expect((await call(service, 'GET', '/v1/whoami', { key: partner.apiKey })).status).toBe(200);
    expect((await call(service, 'GET', '/v1/whoami', { key: 'wrong' })).status).toBe(429);
  });

  it('are counted by network: a whole IPv6 /64 together, however long the text that a proxy tells', async () => {
    const behindProxy = await startTestApp({ trustProxy: 1 });
    const fail = (from: string) =>
      call(behindProxy, 'GET', '/v1/whoami', { key: 'wrong', headers: { 'x-forwarded-for': from } });
    const counts = () => behindProxy.dataSource.query('SELECT key, points FROM failed_authentication ORDER BY key');
    await fail('2001:db8:0:1::1');
    await fail('2001:0DB8::1:ffff:2:3:4');
    await fail('2001:db8:0:2::1');
    await fail('192.0.2.1');
    await fail('::ffff:192.0.2.1');
    await fail('x'.repeat(300));
    await fail('y'.repeat(3_000));
    expect(await counts()).toEqual([
      { key: 'key:192.0.2.1', points: 2 },
      { key: 'key:2001:db8:0:1', points: 2 },
      { key: 'key:2001:db8:0:2', points: 1 },
      { key: 'key:unknown', points: 2 },
    ]);
    await behindProxy.dataSource.query('UPDATE failed_authentication SET points = 100');
    expect((await fail('2001:db8:0:1:9:9:9:9')).status).toBe(429);
    expect((await fail('2001:db8:0:3::1')).status).toBe(401);
    const { apiKey } = await aPartner(behindProxy);
    const headers = { 'x-forwarded-for': '2001:db8:0:1::1' };
    expect((await call(behindProxy, 'GET', '/v1/whoami', { key: apiKey, headers })).status).toBe(200);
    const used = () => behindProxy.dataSource.query('SELECT last_used_address AS address FROM api_key');
    expect(await used()).toEqual([{ address: '2001:db8:0:1::1' }]);
    await behindProxy.dataSource.query('UPDATE api_key SET last_used_at = NULL');
    headers['x-forwarded-for'] = 'x'.repeat(3_000);
    expect((await call(behindProxy, 'GET', '/v1/whoami', { key: apiKey, headers })).status).toBe(200);
    expect(await used()).toEqual([{ address: null }]);
    await behindProxy.close();
  });

  it('are forgotten when their time is over, however many they are, and not before', async () => {
    const other = await startTestApp();
    await other.dataSource.query(
      `INSERT INTO failed_authentication (key, points, expire)
       SELECT 'key:' || n, 1, CASE WHEN n <= 2500 THEN $1::bigint - 1000 ELSE $1::bigint + 60000 END
         FROM generate_series(1, 2503) AS n`,
      [Date.now()],
    );
    await other.app.get(Pruner).prune();
    const left = await other.dataSource.query('SELECT key FROM failed_authentication ORDER BY key');
    expect(left).toEqual([{ key: 'key:2501' }, { key: 'key:2502' }, { key: 'key:2503' }]);
    await other.close();
  });

  it('stay a 401 when the count is out of reach', async () => {
    const other = await startTestApp();
    await other.dataSource.query('DROP TABLE failed_authentication');
    expect((await call(other, 'GET', '/v1/whoami', { key: 'wrong' })).status).toBe(401);
    await other.close();
  });
});
