import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';
import { aKey, aPartner, atOnce, type TestPartner } from '../../support/makers.js';
import { startProcess, type ServiceProcess } from '../../support/processes.js';
import { withinOne } from '../../support/single-transaction.js';

const MINUTES = {
  standard: [120, 60, 10_000],
  pilot: [1_200, 600, 100_000],
  partner: [6_000, 3_000, 500_000],
} as const;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const sql = (text: string, values: unknown[] = []) => service.dataSource.query(text, values);
const read = (partner: { apiKey: string }, at: { baseUrl: string } = service) =>
  call(at, 'GET', '/v1/leased-accounts', { key: partner.apiKey });
/** A write that is refused after it was counted, so that it costs nothing else. */
const write = (partner: TestPartner, at: { baseUrl: string } = service) =>
  call(at, 'DELETE', '/v1/leased-accounts/x', { key: partner.apiKey });
const takeAll = (partner: { apiKeyId: string }, minute: number, day: number) =>
  sql('UPDATE rate_bucket SET minute_taken = $2, day_taken = $3 WHERE api_key_id = $1', [
    partner.apiKeyId,
    minute,
    day,
  ]);
const taken = async (partner: { apiKeyId: string }) =>
  (
    await sql('SELECT minute_taken AS minute, day_taken AS day FROM rate_bucket WHERE api_key_id = $1', [
      partner.apiKeyId,
    ])
  )[0];

const withinOneMinute = (promise: () => Promise<void>) => withinOne(60, service, promise);

function rateHeaders({ headers }: Reply) {
  return {
    limit: Number(headers['x-ratelimit-limit']),
    remaining: Number(headers['x-ratelimit-remaining']),
    reset: Number(headers['x-ratelimit-reset']),
    endpointClass: headers['x-ratelimit-endpoint-class'],
  };
}

const endOf = (span: 'minute' | 'day') => {
  const length = span === 'minute' ? 60 : 86_400;
  return (Math.floor(Date.now() / 1000 / length) + 1) * length;
};

/** The seconds to wait last until then, from some moment between the call and now; our clock and the database's may differ by one. */
function expectUntil(then: number, wait: number, asked: number): void {
  expect(wait).toBeGreaterThanOrEqual(then - Date.now() / 1000 - 1);
  expect(wait).toBeLessThanOrEqual(then - asked + 2);
}

describe('rate limits', () => {
  it.each(Object.entries(MINUTES))('tells what is left: %s', (tier, [reads, writes]) =>
    withinOneMinute(async () => {
      const partner = await aPartner(service, { tier: tier as keyof typeof MINUTES });
      const first = { remaining: reads - 1, limit: reads, endpointClass: 'read-light', reset: endOf('minute') };
      expect(rateHeaders(await read(partner))).toEqual(first);
      expect(rateHeaders(await read(partner)).remaining).toBe(reads - 2);
      const written = { remaining: writes - 1, limit: writes, endpointClass: 'write-light', reset: endOf('minute') };
      expect(rateHeaders(await write(partner))).toEqual(written);
    }),
  );

  it('knows no limit and sends no headers for our own keys', async () => {
    const partner = await aPartner(service, { tier: 'internal' });
    const replies = await atOnce(150, () => read(partner));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    expect(Object.keys(replies[0]!.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    expect(await taken(partner)).toBeUndefined();
  });

  it('refuses with Retry-After when the minute is used up, and starts over with the next', () =>
    withinOneMinute(async () => {
      const partner = await aPartner(service);
      await write(partner);
      await takeAll(partner, 60, 60);
      const asked = Date.now() / 1000;
      const refused = await write(partner);
      expect(refused.status).toBe(429);
      expect(refused.body.error).toMatchObject({
        code: 'RATE_LIMITED',
        details: { endpointClass: 'write-light', limit: 'minute' },
      });
      const { limit, remaining, reset } = rateHeaders(refused);
      expect({ limit, remaining, reset }).toEqual({ limit: 60, remaining: 0, reset: endOf('minute') });
      const wait = Number(refused.headers['retry-after']);
      expect(Number.isInteger(wait) && wait >= 1 && wait <= 60).toBe(true);
      expectUntil(reset, wait, asked);
      expect((await read(partner)).status).toBe(200);

      await sql("UPDATE rate_bucket SET minute_ends_at = now() - interval '1 second' WHERE api_key_id = $1", [
        partner.apiKeyId,
      ]);
      expect(rateHeaders(await write(partner))).toMatchObject({ remaining: 59 });
    }));

  it('refuses until the end of the UTC day when the day is used up, and shows that bucket', () =>
    withinOneMinute(async () => {
      const partner = await aPartner(service);
      await write(partner);
      await takeAll(partner, 1, 9_999);
      const last = await write(partner);
      expect(last.status).toBe(422);
      expect(rateHeaders(last)).toMatchObject({ limit: 10_000, remaining: 0, reset: endOf('day') });
      const asked = Date.now() / 1000;
      const refused = await write(partner);
      expect(refused.status).toBe(429);
      expect(refused.body.error.details).toEqual({ endpointClass: 'write-light', limit: 'day' });
      expect(rateHeaders(refused)).toMatchObject({ limit: 10_000, remaining: 0, reset: endOf('day') });
      expectUntil(endOf('day'), Number(refused.headers['retry-after']), asked);

      await sql("UPDATE rate_bucket SET day_ends_at = now() - interval '1 second' WHERE api_key_id = $1", [
        partner.apiKeyId,
      ]);
      expect((await write(partner)).status).toBe(422);
    }));

  it('counts no day for reads', async () => {
    const partner = await aPartner(service);
    await read(partner);
    await takeAll(partner, 1, 1_000_000);
    expect(rateHeaders(await read(partner))).toMatchObject({ limit: 120 });
  });

  it('costs a refused call nothing, of neither bucket', () =>
    withinOneMinute(async () => {
      const partner = await aPartner(service);
      await write(partner);
      for (const [minute, day] of [
        [60, 500],
        [30, 10_000],
      ] as const) {
        await takeAll(partner, minute, day);
        for (let n = 0; n < 3; n += 1) expect((await write(partner)).status).toBe(429);
        expect(await taken(partner)).toEqual({ minute, day });
      }
      await takeAll(partner, 30, 500);
      await sql('UPDATE api_key SET scopes = $2 WHERE id = $1', [partner.apiKeyId, []]);
      expect(rateHeaders(await write(partner))).toMatchObject({ limit: 60, remaining: 30 });
      await sql(`UPDATE api_key SET killed_at = now(), killed_by = 'x' WHERE id = $1`, [partner.apiKeyId]);
      const killed = await write(partner);
      expect([killed.status, rateHeaders(killed).remaining]).toEqual([503, 30]);
      expect(await taken(partner)).toEqual({ minute: 30, day: 500 });
    }));

  it('counts each key by itself', () =>
    withinOneMinute(async () => {
      const partner = await aPartner(service);
      await write(partner);
      await takeAll(partner, 60, 60);
      const other = await aKey(service, partner.organizationId);
      expect((await write(partner)).status).toBe(429);
      expect((await write({ ...partner, ...other })).status).toBe(422);
    }));

  it('says which bucket was met when callers race for the last token of the day', () =>
    withinOneMinute(async () => {
      const partner = await aPartner(service, { tier: 'partner' });
      await write(partner);
      await takeAll(partner, 1, 499_990);
      const replies = await atOnce(60, () => write(partner));
      expect(replies.filter(({ status }) => status === 422)).toHaveLength(10);
      const refused = replies.filter(({ status }) => status === 429);
      expect(new Set(refused.map(({ body }) => body.error.details.limit))).toEqual(new Set(['day']));
      expect(await taken(partner)).toEqual({ minute: 11, day: 500_000 });
    }));
});

describe('one budget for several processes', () => {
  let processes: ServiceProcess[];
  beforeAll(async () => {
    processes = await atOnce(2, () => startProcess(service.settings.databaseUrl));
    const warmUp = await aPartner(service, { tier: 'internal' });
    for (const at of processes) await atOnce(20, () => read(warmUp, at));
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.stop()));
  });

  it('is met exactly by callers on both at once', () =>
    withinOneMinute(async () => {
      const partner = await aPartner(service);
      const replies = await atOnce(200, (n) => read(partner, processes[n % 2]));
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(120);
      expect(replies.filter(({ status }) => status === 429)).toHaveLength(80);
      const remaining = replies.filter(({ status }) => status === 200).map((reply) => rateHeaders(reply).remaining);
      expect(remaining.sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n));
      for (const half of [0, 1])
        expect(replies.filter((_, n) => n % 2 === half).some(({ status }) => status === 200)).toBe(true);
      const writes = await atOnce(100, (n) => write(partner, processes[n % 2]));
      expect(writes.filter(({ status }) => status === 422)).toHaveLength(60);
    }));

  it('refuses a killed key in every process on the very next call', async () => {
    const partner = await aPartner(service);
    for (const at of processes) expect((await read(partner, at)).status).toBe(200);
    await sql(`UPDATE api_key SET killed_at = now(), killed_by = 'x' WHERE id = $1`, [partner.apiKeyId]);
    for (const at of processes) expect((await read(partner, at)).status).toBe(503);
  });
});
