import { describe, expect, it } from '@jest/globals';
import { TimeoutError, Unavailable, type LeaseRequest } from '../../../../clients/typescript/src/index.js';
import { aClient, fakeRuntime, json, refusal, scripted } from '../../../support/typescript-client.js';

describe('A list', () => {
  const pages = () =>
    scripted(
      json({ items: [{ id: 1 }, { id: 2 }], nextCursor: 'c1', asOf: 'now' }),
      json({ items: [], nextCursor: 'c2', asOf: 'now' }),
      json({ items: [{ id: 3 }], nextCursor: null, asOf: 'now' }),
    );

  it('is walked over its pages with the filters of the first', async () => {
    const service = pages();
    const ids: unknown[] = [];
    const filters = { projectId: 'prj_1', status: 'assigned', metadata: { 'a b': 'c&d' } } as const;
    for await (const item of aClient(service).leasedAccounts.listRequests(filters)) ids.push(item);
    expect(ids).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    const same = { status: 'assigned', 'metadata[a b]': 'c&d' };
    expect(service.calls.map(({ url }) => Object.fromEntries(url.searchParams))).toEqual([
      same,
      { ...same, cursor: 'c1' },
      { ...same, cursor: 'c2' },
    ]);
  });

  it('is a page that has the fields of its answer, and the next one', async () => {
    const service = pages();
    const page = await aClient(service).leasedAccounts.listRequests();
    expect(JSON.parse(JSON.stringify(page))).toEqual({ items: [{ id: 1 }, { id: 2 }], nextCursor: 'c1', asOf: 'now' });
    expect([page.asOf, page.hasNextPage(), service.calls.length]).toEqual(['now', true, 1]);
    const last = await (await page.nextPage())!.nextPage();
    expect([last!.items, last!.hasNextPage(), await last!.nextPage()]).toEqual([[{ id: 3 }], false, null]);
    expect(service.calls.length).toBe(3);
  });

  it('reads no page that nobody walks to', async () => {
    const service = pages();
    for await (const { id } of aClient(service).projects.list({ limit: 2 })) if (id) break;
    expect(service.calls.length).toBe(1);
  });
});

describe('Events', () => {
  const event = (id: string, type = 'lease_request.assigned') => ({ id, type, data: {} });
  const log = () =>
    scripted(
      json({ items: [event('evt_1')], nextCursor: 'c1', hasMore: true }),
      json({ items: [event('evt_2', 'something.new')], nextCursor: 'c2', hasMore: false }),
      json({ items: [], nextCursor: 'c3', hasMore: false }),
      json({ items: [event('evt_3')], nextCursor: 'c4', hasMore: false }),
    );

  it('are listed up to the newest, types that are new too', async () => {
    const ids: string[] = [];
    for await (const { id } of aClient(log()).events.list({ limit: 1 })) ids.push(id);
    expect(ids).toEqual(['evt_1', 'evt_2']);
  });

  it('are walked on and on, until the signal', async () => {
    const service = log();
    const runtime = fakeRuntime();
    const stop = new AbortController();
    const ids: string[] = [];
    const walk = async () => {
      const options = { after: 'evt_0', projectId: 'prj_1', pollIntervalMs: 7_000, signal: stop.signal };
      for await (const { id } of aClient(service, runtime).events.iterate(options)) {
        ids.push(id);
        if (id === 'evt_3') stop.abort();
      }
    };
    await expect(walk()).rejects.toMatchObject({ name: 'AbortError' });
    expect([ids, runtime.sleeps]).toEqual([
      ['evt_1', 'evt_2', 'evt_3'],
      [7_000, 7_000],
    ]);
    const after = service.calls.map(({ url }) => [url.searchParams.get('after'), url.searchParams.get('projectId')]);
    expect(after).toEqual(['evt_0', 'c1', 'c2', 'c3'].map((cursor) => [cursor, 'prj_1']));
  });
});

describe('Waiting for a request', () => {
  const request = (status: string, updatedAt = '1') =>
    json({ requestId: 'lreq_1', status, updatedAt, count: 5, assignedCount: 3 });
  const wait = (service: ReturnType<typeof scripted>, runtime = fakeRuntime(), options = {}) =>
    aClient(service, runtime, { maxRetries: 0 }).leasedAccounts.waitForRequest('lreq_1', options);

  it.each(['assigned', 'partial', 'rejected'])('ends with %s', async (status) => {
    const service = scripted(request('requested'), request('on_its_way'), request(status, '2'));
    const runtime = fakeRuntime();
    const seen: LeaseRequest['status'][] = [];
    const onProgress = (one: LeaseRequest) => void seen.push(one.status);
    expect((await wait(service, runtime, { onProgress })).status).toBe(status);
    expect([seen, runtime.sleeps]).toEqual([
      ['requested', 'on_its_way', status],
      [5_000, 7_500],
    ]);
    expect(service.calls[0]!.url.pathname).toBe('/v1/leased-accounts/requests/lreq_1');
  });

  it('tells each change once', async () => {
    const steps = ['1', '1', '2', '2', '3'].map((at) => request('requested', at));
    const seen: string[] = [];
    const onProgress = ({ updatedAt }: LeaseRequest) => void seen.push(updatedAt);
    await wait(scripted(...steps, request('assigned', '3')), undefined, { onProgress, projectId: 'prj_1' });
    expect(seen).toEqual(['1', '2', '3', '3']);
  });

  it('asks after 5 s, then less and less often, down to once in 5 minutes', async () => {
    const runtime = fakeRuntime();
    await wait(scripted(...Array<Response>(20).fill(request('requested')), request('assigned')), runtime);
    expect(runtime.sleeps[0]).toBe(5_000);
    expect(runtime.sleeps).toEqual([...runtime.sleeps].sort((a, b) => a - b));
    expect([runtime.sleeps.length, runtime.sleeps.at(-1)]).toEqual([20, 300_000]);
  });

  it('goes on through an outage, but not where the first read fails', async () => {
    const down = refusal(503, 'UNAVAILABLE');
    const limited = refusal(429, 'RATE_LIMITED', {}, { 'Retry-After': '50' });
    const runtime = fakeRuntime();
    const service = scripted(request('requested'), down, new TypeError('fetch failed'), limited, request('assigned'));
    expect((await wait(service, runtime)).status).toBe('assigned');
    expect(runtime.sleeps).toEqual([5_000, 7_500, 11_250, 50_000]);
    await expect(wait(scripted(down))).rejects.toBeInstanceOf(Unavailable);
    await expect(wait(scripted(request('requested'), refusal(404, 'NOT_FOUND')))).rejects.toMatchObject({
      status: 404,
    });
  });

  it('ends at its time-out with what was seen last, and has read it just before', async () => {
    const runtime = fakeRuntime();
    const service = scripted(request('requested'));
    const error = wait(service, runtime, { timeout: 60_000 });
    await expect(error).rejects.toBeInstanceOf(TimeoutError);
    await expect(error).rejects.toThrow('The request lreq_1 is still requested after 60 s: 3 of 5 assigned.');
    expect([runtime.now(), runtime.sleeps.at(-1)]).toEqual([60_000, 2_000]);
    expect(service.calls).toHaveLength(runtime.sleeps.length);
  });

  it('makes no call for which there is no time, and warns of none', async () => {
    const warnings: string[] = [];
    const logger = { debug: () => undefined, warn: (message: string) => void warnings.push(message) };
    for (const timeout of [1_000, 5_000, 6_999, 7_000, 12_345]) {
      const runtime = fakeRuntime();
      const readAtMs: number[] = [];
      const service = scripted(() => {
        readAtMs.push(runtime.now());
        return request('requested');
      });
      const client = aClient(service, runtime, { maxRetries: 0, logger });
      await expect(client.leasedAccounts.waitForRequest('lreq_1', { timeout })).rejects.toThrow(
        `is still requested after ${timeout / 1_000} s`,
      );
      expect([timeout, runtime.now()]).toEqual([timeout, timeout]);
      for (const atMs of readAtMs.slice(1)) expect(timeout - atMs).toBeGreaterThanOrEqual(2_000);
    }
    expect(warnings).toEqual([]);
  });

  it('tells the failure of its last read as the cause', async () => {
    const down = refusal(503, 'UNAVAILABLE');
    const error = wait(scripted(request('requested'), down), undefined, { timeout: 6_000 });
    await expect(error).rejects.toMatchObject({ name: 'TimeoutError', cause: { code: 'UNAVAILABLE' } });
  });

  it('ends at its signal', async () => {
    const stop = new AbortController();
    const stopped = wait(scripted(request('requested')), undefined, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});
