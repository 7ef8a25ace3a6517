import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths } from '../../support/calls.js';
import { aPartner, aRequest, type TestPartner } from '../../support/makers.js';

const SOME_ACCOUNT = 'sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11';
const SOME_PROJECT = 'prj_00000000-0000-4000-8000-000000000000';
const LONE = '\ud800';

let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { tier: 'internal' });
});
afterAll(() => service.close());

const submitPath = () => `/v1/projects/${partner.projectId}/leased-accounts/request`;
const send = (method: string, path: string, options: Parameters<typeof call>[3] = {}) =>
  call(service, method, path, { key: partner.apiKey, ...options });

describe('bad input to the other routes', () => {
  const lists = () => [
    '/v1/leased-accounts',
    '/v1/leased-accounts/requests',
    `/v1/projects/${partner.projectId}/leased-accounts`,
    `/v1/projects/${partner.projectId}/leased-accounts/requests`,
  ];
  const allGets = () => [
    ...lists(),
    '/v1/whoami',
    '/v1/leased-accounts/requests/x',
    `/v1/projects/${partner.projectId}/leased-accounts/requests/x`,
  ];

  it('refuses bad query parameters', async () => {
    const bad: [string, string[]][] = [
      [
        'limit',
        ['', '0', '-1', '201', '1.5', '5.0', '1e1', 'x', '%205', '%2B5', '99999999999999999999', '%00', 'null'],
      ],
      ['cursor', ['', 'x', '%00', 'AAAA', 'x'.repeat(2000), Buffer.from('x 1 y').toString('base64url')]],
      ['status', ['', 'x', 'REQUESTED', 'assigned,partial', '%00']],
      ['foo', ['', '1']],
      ['limit[]', ['1']],
      ['__proto__', ['1']],
    ];
    for (const path of lists()) {
      for (const [name, values] of bad) {
        for (const value of values) {
          const reply = await send('GET', `${path}?${name}=${value}`);
          expectEnvelope(reply, 422, 'VALIDATION');
          expect([path, value, faultPaths(reply)]).toEqual([path, value, [`query.${name}`]]);
        }
      }
      const twice = await send('GET', `${path}?limit=1&limit=1&status=assigned&status=assigned`);
      expectEnvelope(twice, 422, 'VALIDATION');
      expect(faultPaths(twice)).toEqual(['query.limit', 'query.status']);
    }
    for (const path of lists().filter((list) => list.endsWith('requests'))) {
      expectEnvelope(await send('GET', `${path}?limit=101`), 422, 'VALIDATION');
      for (const time of [
        '',
        'x',
        '2026-04-18',
        '2026-04-18T19:24:11',
        '2026-04-18T19:24:11%2B00:00',
        '2026-02-30T00:00:00Z',
        '2026-04-18T24:00:00Z',
        '2026-04-18T19:24:60Z',
        '20260418T192411Z',
        '1776540251',
        '+275760-09-13T00:00:00Z',
      ]) {
        const reply = await send('GET', `${path}?updatedSince=${time}`);
        expectEnvelope(reply, 422, 'VALIDATION');
        expect(faultPaths(reply)).toEqual(['query.updatedSince']);
      }
      for (const time of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-04-18T19:24:11.123456789Z']) {
        expect((await send('GET', `${path}?updatedSince=${time}`)).status).toBe(200);
      }
    }
    for (const path of ['/v1/leased-accounts', '/v1/leased-accounts/requests']) {
      for (const id of ['', 'x', 'prj_1', '%00']) {
        expect(faultPaths(await send('GET', `${path}?projectId=${id}`))).toEqual(['query.projectId']);
      }
      expect((await send('GET', `${path}?projectId=${SOME_PROJECT}`)).body).toMatchObject({
        items: [],
        nextCursor: null,
      });
    }
  });

  it('refuses any query where none is taken', async () => {
    for (const path of allGets().slice(4)) {
      const reply = await send('GET', `${path}?limit=1`);
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(['query.limit']);
    }
    expect(faultPaths(await send('DELETE', `/v1/leased-accounts/${SOME_ACCOUNT}?a=1`))).toEqual(['query.a']);
  });

  it('refuses cursors of another list, and made-up ones', async () => {
    const other = await aPartner(service, { tier: 'internal' });
    for (const owner of [partner, other]) for (let n = 0; n < 2; n += 1) await aRequest(service, owner);
    const foreign = await call(service, 'GET', '/v1/leased-accounts/requests?limit=1', { key: other.apiKey });
    const own = await send('GET', '/v1/leased-accounts/requests?limit=1&status=requested');
    const seal = Buffer.from(own.body.nextCursor, 'base64url').toString().split(' ')[0]!;
    const forged = (text: string) => Buffer.from(text).toString('base64url');
    const cursors = [
      foreign.body.nextCursor,
      own.body.nextCursor,
      forged(`${seal} 99999999999999999999 lreq_1`),
      forged(`${seal} -8000000000000000 lreq_1`),
      forged(`${seal} 1 lreq_\0`),
      forged(`${seal} 1 lreq_1 x`),
      forged(`${seal}  lreq_1`),
    ];
    for (const cursor of cursors) {
      const reply = await send('GET', `/v1/leased-accounts/requests?limit=1&cursor=${cursor}`);
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(['query.cursor']);
    }
    expect(
      (await send('GET', `/v1/leased-accounts/requests?limit=1&status=requested&cursor=${own.body.nextCursor}`)).status,
    ).toBe(200);
  });

  it('refuses ids in the path that no object can have', async () => {
    const bad = [
      'x',
      'prj_',
      'prj_1',
      `${SOME_PROJECT}x`,
      '%00',
      '%F0%9F%98%80',
      'x'.repeat(3000),
      '..%2f..',
      '__proto__',
    ];
    for (const id of bad) {
      for (const rest of ['', '/requests', '/requests/x']) {
        const reply = await send('GET', `/v1/projects/${id}/leased-accounts${rest}`);
        expectEnvelope(reply, 422, 'VALIDATION');
        expect(faultPaths(reply)).toEqual(['path.projectId']);
      }
    }
    for (const id of ['-x', 'a%20b', 'a%2Fb', '%00', 'x'.repeat(65), '%F0%9F%98%80', '..%2f', '.']) {
      const reply = await send('GET', `/v1/leased-accounts/requests/${id}`);
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(['path.requestId']);
    }
    for (const id of ['x', 'sa_', 'sa_1', SOME_PROJECT, '%00', 'x'.repeat(3000)]) {
      const reply = await send('DELETE', `/v1/leased-accounts/${id}`);
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(['path.socialAccountId']);
    }
  });

  it('refuses broken percent-encoding', async () => {
    for (const path of [
      '/v1/projects/%/leased-accounts',
      '/v1/leased-accounts/requests/%zz',
      '/v1/leased-accounts/requests/%ff',
      '/v1/leased-accounts?limit=%',
      '/v1/leased-accounts?%c3%28=1',
      '/v1/%',
    ]) {
      expectEnvelope(await send('GET', path), 422, 'VALIDATION');
    }
  });

  it('refuses a body where none is taken', async () => {
    for (const path of allGets()) {
      const reply = await send('GET', path, { body: { limit: 1 } });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(['limit']);
      expectEnvelope(await send('GET', path, { raw: '{' }), 422, 'VALIDATION');
      expectEnvelope(await send('GET', path, { raw: '[]' }), 422, 'VALIDATION');
    }
  });

  it('refuses bad bodies of a release', async () => {
    const path = `/v1/leased-accounts/${SOME_ACCOUNT}`;
    for (const reason of [5, true, [], {}, null, 'x'.repeat(501), '\0', LONE]) {
      const reply = await send('DELETE', path, { body: { reason } });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect([reason, faultPaths(reply)]).toEqual([reason, ['reason']]);
    }
    expect(faultPaths(await send('DELETE', path, { body: { why: 'x' } }))).toEqual(['why']);
    expect(faultPaths(await send('DELETE', path, { body: [] }))).toEqual(['body']);
    for (const body of [undefined, {}, { reason: '' }, { reason: '😀'.repeat(500) }]) {
      expectEnvelope(await send('DELETE', path, { body }), 404, 'NOT_FOUND');
    }
    expect(faultPaths(await send('DELETE', path, { headers: { 'idempotency-key': 'x' } }))).toEqual([
      'header.Idempotency-Key',
    ]);
  });

  it('says that a time with an offset is not in UTC', async () => {
    for (const time of ['2026-04-18T19:24:11%2B02:00', '2026-04-18T19:24:11+02:00', '2026-04-18T19:24:11.5-0500']) {
      const reply = await send('GET', `/v1/leased-accounts/requests?updatedSince=${time}`);
      expect(reply.body.error.details.fields).toEqual([
        {
          path: 'query.updatedSince',
          message: 'must be in UTC with a Z at its end, like 2026-04-18T19:24:11Z, not with an offset',
        },
      ]);
    }
  });

  it('answers unknown routes with the envelope', async () => {
    const calls: [string, string][] = [
      ['GET', '/'],
      ['GET', '/v1'],
      ['GET', '/v1/'],
      ['GET', '/v2/whoami'],
      ['GET', '/v1/whoami/x'],
      ['OPTIONS', '/v1/nothing'],
      ['GET', `/v1/projects/${SOME_PROJECT}`],
      ['GET', '//v1/whoami'],
      ['GET', '/nothing'],
    ];
    for (const [method, path] of calls) {
      const reply = await send(method, path);
      expect([method, path, reply.status]).toEqual([method, path, 404]);
      expectEnvelope(reply, 404, 'NOT_FOUND');
    }
  });

  it('answers a method that a path does not take with those that it takes', async () => {
    const calls: [method: string, path: string, allow: string[]][] = [
      ['POST', '/v1/whoami', ['GET', 'HEAD']],
      ['OPTIONS', '/v1/whoami', ['GET', 'HEAD']],
      ['TRACE', '/v1/whoami/', ['GET', 'HEAD']],
      ['PUT', submitPath(), ['POST']],
      ['PATCH', submitPath(), ['POST']],
      ['DELETE', submitPath(), ['POST']],
      ['GET', submitPath(), ['POST']],
      ['HEAD', submitPath(), ['POST']],
      ['OPTIONS', submitPath(), ['POST']],
      ['POST', '/v1/leased-accounts', ['GET', 'HEAD']],
      ['GET', `/v1/leased-accounts/${SOME_ACCOUNT}`, ['DELETE']],
      ['PATCH', '/v1/leased-accounts/requests', ['DELETE', 'GET', 'HEAD']],
      ['POST', '/v1/wallet/transactions', ['GET', 'HEAD']],
      ['POST', '/readyz', ['GET', 'HEAD']],
      ['OPTIONS', '/docs/openapi.json', ['GET', 'HEAD']],
    ];
    for (const [method, path, allow] of calls) {
      for (const reply of [await send(method, path), await call(service, method, path)]) {
        expect([method, path, reply.status, reply.headers.allow]).toEqual([method, path, 405, allow.join(', ')]);
        if (method === 'HEAD') continue;
        expectEnvelope(reply, 405, 'METHOD_NOT_ALLOWED');
        expect(reply.body.error.details).toEqual({ allow });
      }
    }
  });
});
