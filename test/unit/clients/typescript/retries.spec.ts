import { describe, expect, it } from '@jest/globals';
import {
  ApiError,
  ConnectionError,
  RateLimited,
  TimeoutError,
  Unavailable,
} from '../../../../clients/typescript/src/index.js';
import { aClient, fakeRuntime, json, refusal, scripted } from '../../../support/typescript-client.js';

const body = { projectId: 'prj_1', count: 1, niche: { vertical: 'coffee' } };
const accepted = json({ requestId: 'lreq_1', status: 'requested' }, 202);
const reset = Object.assign(new TypeError('fetch failed'), { cause: new Error('read ECONNRESET') });
const html = (status: number) =>
  new Response('<html>Bad Gateway</html>', { status, headers: { 'Content-Type': 'text/html' } });
const cut = (text: string, status = 202, headers: Record<string, string> = {}) =>
  new Response(text, { status, headers: { 'Content-Type': 'application/json', ...headers } });

const withBrokenBody = (status: number) =>
  new Response(new ReadableStream({ start: (stream) => stream.error(new Error('read ECONNRESET')) }), { status });

const keysOf = (calls: { headers: Headers }[]) => new Set(calls.map(({ headers }) => headers.get('Idempotency-Key')));
const errorOf = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error as RateLimited & TimeoutError,
  );

describe('A retry', () => {
  it.each<[string, Response | Error]>([
    ['429 RATE_LIMITED', refusal(429, 'RATE_LIMITED')],
    ['503 UNAVAILABLE', refusal(503, 'UNAVAILABLE')],
    ['502 of a proxy', html(502)],
    ['503 of a proxy', html(503)],
    ['504 of a proxy', html(504)],
    ['a lost connection', reset],
    ['an empty body', cut('')],
    ['a body that was cut off', cut('{"requestId":"lr')],
    ['a body that is shorter than it says', cut('{"requestId":"lreq_1"}', 202, { 'Content-Length': '90' })],
    ['a 429 of a code that is new', refusal(429, 'SOMETHING_NEW')],
    ['a page of a proxy as a success', html(200)],
  ])('follows on %s, with the key of the first try', async (_what, failure) => {
    const service = scripted(failure, failure, accepted);
    const { requestId } = await aClient(service).leasedAccounts.request(body);
    expect(requestId).toBe('lreq_1');
    expect(service.calls.map((call) => call.body)).toEqual(Array(3).fill(JSON.stringify(body)));
    const [key, ...others] = keysOf(service.calls);
    expect([key, others]).toEqual([expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), []]);
  });

  it.each([
    ...[
      [401, 'UNAUTHENTICATED'],
      [402, 'BILLING_EXHAUSTED'],
      [403, 'FORBIDDEN_SCOPE'],
      [404, 'NOT_FOUND'],
    ],
    ...[
      [405, 'METHOD_NOT_ALLOWED'],
      [409, 'CONFLICT'],
      [409, 'IDEMPOTENCY_CONFLICT'],
      [413, 'PAYLOAD_TOO_LARGE'],
    ],
    ...[
      [422, 'VALIDATION'],
      [500, 'INTERNAL'],
      [503, 'KILL_SWITCH'],
      [503, 'SOMETHING_NEW'],
      [418, 'SOMETHING_NEW'],
    ],
  ] as [number, string][])('never follows on %i %s, whatever Retry-After says', async (status, code) => {
    const service = scripted(refusal(status, code, {}, { 'Retry-After': '1' }));
    const error = await errorOf(aClient(service).leasedAccounts.request(body));
    expect([error!.code, service.calls.length]).toEqual([code, 1]);
  });

  it.each<[string, number, Response]>([
    ['JSON of a gateway', 403, cut('{"message":"Forbidden"}', 403)],
    ['JSON that is nearly ours', 409, cut('{"error":"conflict"}', 409)],
    ['half a body', 402, cut('{"error":{"code":"BILL', 402)],
    ['a body that is shorter than it says', 422, cut('{"error":', 422, { 'Content-Length': '90' })],
    ['a body that never ends', 404, withBrokenBody(404)],
  ])('never follows on a refusal, although its body is %s', async (_what, status, response) => {
    const service = scripted(response);
    const error = await errorOf(aClient(service).leasedAccounts.request(body));
    expect([error, service.calls.length]).toEqual([expect.any(ApiError), 1]);
    expect((error as unknown as ApiError).status).toBe(status);
  });

  it('waits twice as long each time, up to 8 s, half of it by chance', async () => {
    const waits = async (random: number) => {
      const runtime = fakeRuntime(random);
      await errorOf(aClient(scripted(reset), runtime, { maxRetries: 7 }).whoami());
      return runtime.sleeps;
    };
    expect(await waits(0)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
    expect(await waits(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it.each([
    ['seconds', '12'],
    ['a date', new Date(Date.now() + 12_000).toUTCString()],
  ])('waits as long as Retry-After says: %s', async (_how, value) => {
    const runtime = fakeRuntime();
    const service = scripted(refusal(429, 'RATE_LIMITED', {}, { 'Retry-After': value }), accepted);
    await aClient(service, runtime).leasedAccounts.request(body);
    expect(runtime.sleeps).toHaveLength(1);
    expect(Math.abs(runtime.sleeps[0]! - 12_000)).toBeLessThanOrEqual(2_000);
  });

  it('is not waited for longer than maxRetryDelay: the error comes at once, with the seconds', async () => {
    const runtime = fakeRuntime();
    const after = (seconds: number) => scripted(refusal(429, 'RATE_LIMITED', {}, { 'Retry-After': String(seconds) }));
    const error = await errorOf(aClient(after(61), runtime).leasedAccounts.request(body));
    expect(error).toBeInstanceOf(RateLimited);
    expect([error!.retryAfter, runtime.sleeps]).toEqual([61, []]);
    await errorOf(aClient(after(3), runtime, { maxRetryDelay: 2_000 }).whoami());
    expect(runtime.sleeps).toEqual([]);
  });

  it('does not begin where it would end after the deadline', async () => {
    const runtime = fakeRuntime();
    const service = scripted(refusal(503, 'UNAVAILABLE', {}, { 'Retry-After': '40' }));
    const error = await errorOf(aClient(service, runtime, { timeout: 100_000 }).leasedAccounts.request(body));
    expect(error).toBeInstanceOf(Unavailable);
    expect([runtime.sleeps, service.calls.length]).toEqual([[40_000, 40_000], 3]);
  });

  it('counts on what the call says before the client', async () => {
    const service = scripted(reset);
    const client = aClient(service, undefined, { maxRetries: 1 });
    await errorOf(client.whoami());
    await errorOf(client.whoami({ maxRetries: 0 }));
    await errorOf(client.withOptions({ maxRetries: 2 }).whoami());
    expect(service.calls.length).toBe(2 + 1 + 3);
  });

  it('sends the key that the caller gave', async () => {
    const service = scripted(reset, accepted);
    const idempotencyKey = '9a2f1e44-6b3c-4d19-9e8a-f2d7c1b5e777';
    await aClient(service).leasedAccounts.request(body, { idempotencyKey });
    await aClient(service).leasedAccounts.request(body, { headers: { 'idempotency-key': idempotencyKey } });
    expect(keysOf(service.calls)).toEqual(new Set([idempotencyKey]));
  });

  it('ends with the last error, which has the key to go on with', async () => {
    const service = scripted(reset);
    const error = await errorOf(aClient(service).leasedAccounts.request(body));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error!.message).toBe('POST /v1/projects/prj_1/leased-accounts/request: read ECONNRESET');
    expect(error!.idempotencyKey).toBe([...keysOf(service.calls)][0]);
    expect(service.calls.length).toBe(9);
  });
});

describe('A deadline', () => {
  const silence = (_call: unknown, signal: AbortSignal) =>
    new Promise<Response>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

  it('ends a call that is not answered', async () => {
    const error = await errorOf(aClient(scripted(silence)).leasedAccounts.request(body, { timeout: 30 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error!.message).toContain('not done within 0.03 s (1 try)');
    expect(error!.idempotencyKey).toEqual(expect.any(String));
  });

  it('ends it even where the fetch that was given does not listen', async () => {
    const deaf = scripted(() => new Promise<Response>(() => undefined));
    expect(await errorOf(aClient(deaf).whoami({ timeout: 30 }))).toBeInstanceOf(TimeoutError);
  });

  it('counts the tries and the waits together', async () => {
    const runtime = fakeRuntime();
    const slow = scripted(() => {
      runtime.pass(4_000);
      return Promise.reject(reset);
    });
    const error = await errorOf(aClient(slow, runtime, { timeout: 10_000, maxRetries: 9 }).whoami());
    expect(error).toBeInstanceOf(ConnectionError);
    expect([slow.calls.length, runtime.sleeps]).toEqual([3, [250, 500]]);
  });

  it('keeps the last error as the cause', async () => {
    const error = await errorOf(aClient(scripted(reset, silence)).whoami({ timeout: 300 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error!.message).toContain('(2 tries)');
    expect(error!.cause).toBeInstanceOf(ConnectionError);
  });
});

describe('A signal', () => {
  it('ends the call, and the wait before a retry, with its reason', async () => {
    const given = new AbortController();
    const waiting = scripted((_call, signal) => {
      given.abort(new Error('No longer wanted'));
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    await expect(aClient(waiting).whoami({ signal: given.signal })).rejects.toThrow('No longer wanted');

    const plain = new AbortController();
    const abortsWhileWaiting = scripted(() => {
      plain.abort();
      return reset as never;
    });
    const error = await errorOf(aClient(abortsWhileWaiting).whoami({ signal: plain.signal }));
    expect([error!.name, abortsWhileWaiting.calls.length]).toEqual(['AbortError', 1]);
    await errorOf(aClient(abortsWhileWaiting).whoami({ signal: AbortSignal.abort() }));
    expect(abortsWhileWaiting.calls.length).toBe(1);
  });
});
