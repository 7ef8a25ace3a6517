import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as client from '../../../../clients/typescript/src/index.js';
import { refuseBrowsers } from '../../../../clients/typescript/src/runtime.js';
import { partnerErrorCodes } from '../../../../src/partner-api/openapi/error-responses.js';
import { aClient, json, refusal, scripted, TEST_KEY } from '../../../support/typescript-client.js';

const { ApiError, Layers, LayersError } = client;

const errorOf = async (answer: Response | Error): Promise<client.ApiError> => {
  const failed = aClient(scripted(answer), undefined, { maxRetries: 0 }).sandbox.moveClock({
    to: '2027-01-01T00:00:00Z',
  });
  return failed.then(
    () => Promise.reject(new Error('It did not fail')),
    (error: unknown) => error as client.ApiError,
  );
};

describe('An error', () => {
  const names: Record<string, string> = {
    UNAUTHENTICATED: 'Unauthenticated',
    FORBIDDEN_SCOPE: 'ForbiddenScope',
    VALIDATION: 'ValidationError',
    BILLING_EXHAUSTED: 'BillingExhausted',
    NOT_FOUND: 'NotFound',
    CONFLICT: 'Conflict',
    IDEMPOTENCY_CONFLICT: 'Conflict',
    RATE_LIMITED: 'RateLimited',
    KILL_SWITCH: 'KillSwitch',
    METHOD_NOT_ALLOWED: 'MethodNotAllowed',
    PAYLOAD_TOO_LARGE: 'PayloadTooLarge',
    INTERNAL: 'InternalError',
    UNAVAILABLE: 'Unavailable',
    ANOTHER_ONE: 'ApiError',
  };

  it('has a class for each code of the service', () => {
    expect(Object.keys(names)).toEqual(expect.arrayContaining(partnerErrorCodes));
  });

  it.each(Object.entries(names))('of %s is %s, with the facts of its answer', async (code, name) => {
    const error = await errorOf(refusal(418, code, { some: 'fact' }));
    expect([error.name, error.constructor]).toEqual([name, client[name as keyof typeof client]]);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 418,
      code,
      requestId: 'req_1',
      details: { some: 'fact' },
      message: `Told: ${code}`,
    });
  });

  it('tells what its code is about', async () => {
    const limited = await errorOf(refusal(429, 'RATE_LIMITED', {}, { 'Retry-After': '17' }));
    expect(limited).toMatchObject({ retryAfter: 17 });
    expect(await errorOf(refusal(429, 'RATE_LIMITED'))).toMatchObject({ retryAfter: null });
    expect(await errorOf(refusal(503, 'KILL_SWITCH', { scope: 'key' }))).toMatchObject({ scope: 'key' });
    const money = { balanceCents: 1, requiredCents: 2 };
    expect(await errorOf(refusal(402, 'BILLING_EXHAUSTED', money))).toMatchObject(money);
    const fields = [{ path: 'count', message: 'is missing' }];
    expect(await errorOf(refusal(422, 'VALIDATION', { fields }))).toMatchObject({ fields });
    expect(await errorOf(refusal(403, 'FORBIDDEN_SCOPE', { requiredScope: '*' }))).toMatchObject({
      requiredScope: '*',
    });
    expect(await errorOf(refusal(409, 'CONFLICT', { reason: 'a' }))).toMatchObject({ reason: 'a' });
  });

  it.each([
    ['a page', new Response('<html>', { status: 404, headers: { 'Content-Type': 'text/html' } }), 404, 'UNKNOWN'],
    ['nothing', new Response(null, { status: 431 }), 431, 'UNKNOWN'],
    ['a redirect', new Response(null, { status: 301, headers: { Location: 'https://x.example/' } }), 301, 'UNKNOWN'],
    ['another JSON', json({ error: 'no' }, 502), 502, 'UNAVAILABLE'],
  ])('of an answer that is not of the API has its status: %s', async (_what, answer, status, code) => {
    const error = await errorOf(answer);
    expect(error).toMatchObject({ status, code, requestId: null, details: {} });
    expect(error).toBeInstanceOf(ApiError);
  });
});

describe('The key', () => {
  const telling = (text: string) =>
    Object.assign(new Error(`${text} ${TEST_KEY}`), { headers: { a: [`Bearer ${TEST_KEY}`] } });

  it('is in no inspection of the client', () => {
    const layers = aClient(scripted(json({})));
    for (const shown of [inspect(layers, { depth: 9, showHidden: true }), JSON.stringify(layers), String(layers)])
      expect(shown).not.toContain('a-secret');
  });

  it('is in no error, whatever the fetch or a proxy put into theirs', async () => {
    const failures = [
      telling('a fetch'),
      Object.assign(new TypeError('fetch failed'), { cause: telling('inside') }),
      json({ error: { code: 'X', message: `Bearer ${TEST_KEY} is no good` } }, 400),
    ];
    for (const failure of failures) {
      const error = await errorOf(failure);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('a-secret');
      expect(error.message).toContain('[the API key]');
    }
  });

  it('is in no line for the logger, and no body is either', async () => {
    const lines: unknown[] = [];
    const log = (...line: unknown[]) => void lines.push(line);
    const rotated = json({ secret: 'lp_live_new' });
    const layers = aClient(scripted(telling('lost'), rotated), undefined, { logger: { debug: log, warn: log } });
    await layers.apiKeys.rotate({ apiKeyId: 'key_1' });
    expect(lines).toEqual([
      ['call failed', expect.objectContaining({ method: 'POST', path: '/v1/api-keys/key_1/rotate' })],
      ['retrying', expect.objectContaining({ retry: 1 })],
      ['call answered', expect.objectContaining({ status: 200, retries: 1 })],
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/a-secret|lp_live_new/);
  });

  it('that is none is refused without showing it', () => {
    for (const apiKey of ['', 'sk_live_secret', `${TEST_KEY}\n`, `${TEST_KEY} x`, `lp_é`]) {
      let message = '';
      try {
        new Layers({ apiKey });
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/API key/);
      expect(message).not.toMatch(/secret/);
    }
  });
});

describe('A client', () => {
  it('takes its key and server from the environment, and what it is given before them', async () => {
    const saved = { ...process.env };
    try {
      Object.assign(process.env, { LAYERS_API_KEY: 'lp_live_env', LAYERS_BASE_URL: 'http://env.example/base/' });
      const service = scripted(json({}));
      await new Layers({ fetch: service.fetch }).whoami();
      await new Layers({ fetch: service.fetch, apiKey: 'lp_live_given', baseUrl: 'http://given.example' }).whoami();
      delete process.env.LAYERS_BASE_URL;
      await new Layers({ fetch: service.fetch }).whoami();
      expect(service.calls.map(({ url, headers }) => [url.href, headers.get('Authorization')])).toEqual([
        ['http://env.example/base/v1/whoami', 'Bearer lp_live_env'],
        ['http://given.example/v1/whoami', 'Bearer lp_live_given'],
        ['https://api.layers.com/v1/whoami', 'Bearer lp_live_env'],
      ]);
      delete process.env.LAYERS_API_KEY;
      expect(() => new Layers()).toThrow('LAYERS_API_KEY');
    } finally {
      for (const name of ['LAYERS_API_KEY', 'LAYERS_BASE_URL']) delete process.env[name];
      Object.assign(process.env, saved);
    }
  });

  it.each([
    { baseUrl: 'ftp://x.example' },
    { baseUrl: 'nothing' },
    { baseUrl: 'https://user:word@x.example' },
    { baseUrl: 'https://x.example/?a=1' },
    { timeout: 0 },
    { timeout: Infinity },
    { timeout: 2 ** 31 },
    { maxRetries: -1 },
    { maxRetries: 1.5 },
    { maxRetryDelay: Number.NaN },
  ])('refuses what cannot be meant: %j', (options) => {
    expect(() => new Layers({ apiKey: TEST_KEY, ...options })).toThrow(LayersError);
  });

  it('does not run where everybody could read its key', () => {
    const importScripts = () => undefined;
    for (const scope of [{ window: {}, document: {} }, { importScripts }, { WorkerGlobalScope: class {} }])
      expect(() => refuseBrowsers(scope)).toThrow('does not run in a browser');
    expect(() => refuseBrowsers({ window: {} })).not.toThrow();
    Object.assign(globalThis, { window: {}, document: {} });
    try {
      expect(() => new Layers({ apiKey: TEST_KEY })).toThrow('does not run in a browser');
    } finally {
      Object.assign(globalThis, { window: undefined, document: undefined });
    }
  });

  it('sends headers of the client and of the call, and its own key whatever they say', async () => {
    const service = scripted(json({}));
    const layers = aClient(service, undefined, {
      defaultHeaders: { 'X-Trace': 'a', 'X-Both': 'client', authorization: 'b' },
    });
    await layers.whoami({ headers: { 'x-both': 'call', 'X-Request-Id': 'mine' } });
    expect(Object.fromEntries(service.calls[0]!.headers)).toMatchObject({
      ...{ 'x-trace': 'a', 'x-both': 'call', 'x-request-id': 'mine', authorization: `Bearer ${TEST_KEY}` },
      'user-agent': expect.stringMatching(/^layers-partner\/\d+\.\d+\.\d+ node\//),
    });
    expect(service.calls[0]!.headers.has('Idempotency-Key')).toBe(false);
  });

  it('keeps an id inside its place in the path', async () => {
    const service = scripted(json({}));
    const layers = aClient(service);
    await layers.leasedAccounts.getRequest({ requestId: 'a/../b?c#d', projectId: 'prj_1' });
    expect(service.calls[0]!.url.pathname).toBe('/v1/projects/prj_1/leased-accounts/requests/a%2F..%2Fb%3Fc%23d');
    for (const requestId of ['', '.', '..', undefined as never])
      await expect(layers.leasedAccounts.getRequest({ requestId })).rejects.toThrow('requestId has to be an id');
    expect(service.calls.length).toBe(1);
  });

  it('tells of the answer with withResponse', async () => {
    const headers = {
      ...{ 'X-Request-Id': 'req_9', 'Idempotent-Replayed': 'true', 'X-RateLimit-Limit': '60' },
      ...{
        'X-RateLimit-Remaining': '59',
        'X-RateLimit-Reset': '1800000000',
        'X-RateLimit-Endpoint-Class': 'write-light',
      },
    };
    const got = await aClient(scripted(json({ now: 'x' }, 200, headers)))
      .sandbox.moveClock({ to: 'x' })
      .withResponse();
    expect(got).toMatchObject({ data: { now: 'x' }, requestId: 'req_9', replayed: true });
    expect(got.rateLimit).toEqual({
      ...{ limit: 60, remaining: 59, resetAt: new Date(1_800_000_000_000), endpointClass: 'write-light' },
    });
    expect(got.response.status).toBe(200);
    const plain = await aClient(scripted(json({})))
      .whoami()
      .withResponse();
    expect(plain).toMatchObject({ requestId: null, replayed: false, rateLimit: null });
  });
});

describe('A request without what to ask for', () => {
  it('is a TypeError that says what it takes', () => {
    const ask = aClient(scripted(json({}))).leasedAccounts as unknown as { request(body?: unknown): unknown };
    for (const body of [undefined, null, 'prj_1']) {
      expect(() => ask.request(body)).toThrow(TypeError);
      expect(() => ask.request(body)).toThrow('request takes what to ask for: request({ projectId, count, niche');
    }
  });
});
