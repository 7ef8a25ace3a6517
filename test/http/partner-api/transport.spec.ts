import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

const REQUEST_ID = /^req_[0-9A-HJKMNP-TV-Z]{26}$/;

describe('transport', () => {
  let service: TestApp;
  let partner: TestPartner;
  beforeAll(async () => {
    service = await startTestApp();
    partner = await aPartner(service);
  });
  afterAll(() => service.close());

  it('is alive and ready', async () => {
    for (const path of ['/healthz', '/readyz']) {
      expect((await call(service, 'GET', path)).status).toBe(200);
    }
  });

  it('gives every answer an id of its own', async () => {
    const calls: [string, string, Parameters<typeof call>[3]?][] = [
      ['GET', '/healthz'],
      ['GET', '/readyz'],
      ['GET', '/docs'],
      ['GET', '/docs/openapi.json'],
      ['GET', '/admin/login'],
      ['GET', '/nothing'],
      ['GET', '/v1/nothing'],
      ['GET', '/%'],
      ['GET', '/docs/%'],
      ['GET', '/v1/whoami'],
      ['GET', '/v1/whoami', { key: partner.apiKey }],
      ['GET', '/v1/whoami', { key: partner.apiKey, headers: { 'x-request-id': 'req_mine' } }],
      ['HEAD', '/v1/whoami', { key: partner.apiKey }],
      ['OPTIONS', '/v1/whoami', { key: partner.apiKey }],
      ['POST', '/v1/nothing', { raw: '{' }],
      ['POST', '/v1/nothing', { raw: 'x'.repeat(70_000) }],
    ];
    const ids = new Set<string>();
    for (const [method, path, options] of calls) {
      const reply = await call(service, method, path, options);
      expect([path, reply.status]).not.toEqual([path, 500]);
      expect(reply.headers['x-request-id']).toMatch(REQUEST_ID);
      if (reply.body?.error) expect(reply.body.error.requestId).toBe(reply.headers['x-request-id']);
      ids.add(String(reply.headers['x-request-id']));
    }
    expect(ids.size).toBe(calls.length);
  });

  it('sends JSON with few headers', async () => {
    const reply = await call(service, 'GET', '/v1/whoami', { key: partner.apiKey });
    expect(Object.keys(reply.headers).sort()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
      'x-ratelimit-endpoint-class',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'x-request-id',
    ]);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('answers HEAD like GET, without the body and as a read', async () => {
    const reply = await call(service, 'HEAD', '/v1/whoami', { key: partner.apiKey });
    expect([reply.status, reply.text, reply.headers['x-ratelimit-endpoint-class']]).toEqual([200, '', 'read-light']);
    expect((await call(service, 'HEAD', '/v1/whoami')).status).toBe(401);
  });

  it('lets nobody from other origins in', async () => {
    const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' };
    const reply = await call(service, 'OPTIONS', '/v1/whoami', { headers });
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    expect(reply.status).toBe(405);
  });
});
