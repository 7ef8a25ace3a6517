import { randomUUID } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope } from '../../support/calls.js';
import { aKey, aPartner, aRequest, type TestPartner } from '../../support/makers.js';
import { rawGet } from '../../support/raw-get.js';

let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { tier: 'partner' });
});
afterAll(() => service.close());

const submitPath = () => `/v1/projects/${partner.projectId}/leased-accounts/request`;
const aBody = () => ({ projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } });

describe('headers of an answer', () => {
  it('lead from a 202 to what is polled, also when it is replayed', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    for (const body of [aBody(), { ...aBody(), requestId: 'a:b.c_d-1' }]) {
      const options = { key: partner.apiKey, body, headers: body === aBody() ? headers : {} };
      const first = await call(service, 'POST', submitPath(), options);
      const again = await call(service, 'POST', submitPath(), options);
      for (const reply of [first, again]) {
        expect(reply.status).toBe(202);
        expect(reply.headers.location).toBe(
          `/v1/projects/${partner.projectId}/leased-accounts/requests/${reply.body.requestId}`,
        );
        const polled = await call(service, 'GET', reply.headers.location!, { key: partner.apiKey });
        expect(polled.body).toMatchObject({ requestId: reply.body.requestId, status: 'requested' });
      }
    }
  });

  it('keep what a key may read out of every store', async () => {
    const replies = [
      await call(service, 'GET', '/v1/whoami', { key: partner.apiKey }),
      await call(service, 'GET', '/v1/whoami'),
      await call(service, 'GET', '/v1/nothing'),
      await call(service, 'POST', submitPath(), { key: partner.apiKey, body: aBody() }),
      await call(service, 'POST', submitPath(), { key: partner.apiKey, raw: '{' }),
      await call(service, 'GET', '/readyz'),
    ];
    expect(replies.map((reply) => reply.headers['cache-control'])).toEqual(Array(6).fill('no-store'));
  });

  it('say how to authenticate, and what was wrong with the key', async () => {
    const messages: [headers: string[], message: RegExp][] = [
      [[], /^The API key is missing/],
      [['Authorization', 'Bearer a', 'authorization', 'Bearer a'], /several Authorization headers/],
      [['Authorization', `Basic ${partner.apiKey}`], /header is malformed: it must be Bearer/],
      [['Authorization', 'Bearer'], /header is malformed: it must be Bearer/],
      [['Authorization', `Bearer ${partner.apiKey.slice(0, -1)}`], /key is malformed: it must be lp_live_/],
      [['Authorization', `Bearer ${partner.apiKey.slice(0, -1)}é`], /malformed/],
      [['Authorization', `Bearer lp_live_0123456789ABCDEF_${'a'.repeat(43)}`], /is invalid: unknown/],
      [['Authorization', `Bearer ${partner.apiKey.replace('_live_', '_test_')}`], /is invalid: unknown/],
    ];
    for (const [headers, message] of messages) {
      const reply = await call(service, 'GET', '/v1/whoami', { headers: ['Host', 'x', ...headers] });
      expectEnvelope(reply, 401, 'UNAUTHENTICATED');
      expect(reply.body.error.message).toMatch(message);
      expect(reply.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('have no Retry-After on a killed key', async () => {
    const key = await aKey(service, partner.organizationId);
    await service.dataSource.query(`UPDATE api_key SET killed_at = now(), killed_by = 'x' WHERE id = $1`, [
      key.apiKeyId,
    ]);
    const reply = await call(service, 'GET', '/v1/whoami', { key: key.apiKey });
    expectEnvelope(reply, 503, 'KILL_SWITCH');
    expect(reply.headers['retry-after']).toBeUndefined();
  });
});

describe('X-Layers-Organization', () => {
  const whoami = (key: string, organization: string) =>
    call(service, 'GET', '/v1/whoami', { key, headers: { 'X-Layers-Organization': organization } });

  it('may name the organization of the key', async () => {
    expect((await whoami(partner.apiKey, partner.organizationId)).status).toBe(200);
  });

  it('is refused for any other, before anything else of the route and without taking a token', async () => {
    const stranger = await aPartner(service);
    const star = await aKey(service, partner.organizationId, { scopes: ['*'] });
    const bare = await aKey(service, partner.organizationId, { scopes: [] });
    const others = [stranger.organizationId, partner.organizationId.toUpperCase(), 'x', ''];
    for (const key of [star.apiKey, bare.apiKey]) {
      for (const organization of others) {
        const reply = await call(service, 'POST', submitPath(), {
          key,
          raw: '{',
          headers: { 'X-Layers-Organization': organization },
        });
        expectEnvelope(reply, 403, 'FORBIDDEN_SCOPE');
        expect(reply.body.error.details).toEqual({ requiredScope: 'org:admin' });
        expect(reply.headers['x-ratelimit-remaining']).toBe('60');
      }
    }
    const twice = ['Host', 'x', 'Authorization', `Bearer ${star.apiKey}`];
    for (let n = 0; n < 2; n += 1) twice.push('X-Layers-Organization', partner.organizationId);
    expectEnvelope(await call(service, 'GET', '/v1/whoami', { headers: twice }), 403, 'FORBIDDEN_SCOPE');
    expect((await whoami('wrong', stranger.organizationId)).status).toBe(401);
  });
});

describe('an answer over 1 KiB', () => {
  const decode = { br: brotliDecompressSync, gzip: gunzipSync };

  it.each([
    ['a list', () => '/v1/leased-accounts/requests', 200],
    ['an error with many faults', () => `/v1/leased-accounts?${many('x')}`, 422],
    ['the reference', () => '/docs/openapi.json', 200],
    ['the page of the reference', () => '/docs', 200],
  ])('is compressed for who takes that: %s', async (_what, path, status) => {
    for (let n = 0; n < 3; n += 1) await aRequest(service, partner);
    const url = `${service.baseUrl}${path()}`;
    const authorization = `Bearer ${partner.apiKey}`;
    const plain = await rawGet(url, { authorization });
    expect([plain.status, plain.headers['content-encoding']]).toEqual([status, undefined]);
    expect(plain.body.length).toBeGreaterThan(1024);
    for (const [accepted, encoding] of [
      ['gzip, deflate, br', 'br'],
      ['gzip', 'gzip'],
    ] as const) {
      const packed = await rawGet(url, { authorization, 'accept-encoding': accepted });
      expect([packed.status, packed.headers['content-encoding']]).toEqual([status, encoding]);
      expect(packed.headers.vary).toContain('Accept-Encoding');
      expect(packed.body.length).toBeLessThan(plain.body.length);
      const [text, expected] = [decode[encoding](packed.body), plain.body].map((body) =>
        body.toString().replaceAll(/req_\w{26}|"asOf":"[^"]*"/g, ''),
      );
      expect(text).toBe(expected);
    }
    const identity = await rawGet(url, { authorization, 'accept-encoding': 'identity' });
    expect(identity.headers['content-encoding']).toBeUndefined();
  });

  it('is the only one that is compressed', async () => {
    const headers = { authorization: `Bearer ${partner.apiKey}`, 'accept-encoding': 'gzip, br' };
    const small = await rawGet(`${service.baseUrl}/v1/whoami`, headers);
    expect([small.status, small.headers['content-encoding']]).toEqual([200, undefined]);
  });

  const many = (name: string) => Array.from({ length: 50 }, (_, n) => `${name}${n}=1`).join('&');
});
