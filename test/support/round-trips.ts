import { jest } from '@jest/globals';
import pg from 'pg';
import { CallRecorder } from '../../src/calls/call-recorder.js';
import { Transactions } from '../../src/core/transactions.js';
import type { TestApp } from './app.js';

type AnyQuery = (...args: unknown[]) => unknown;

/** What the service sends beside calls: the record of calls, its readings of the database's clock, and what a returned account wakes. */
const BESIDE_CALLS =
  /INSERT INTO api_call\b|clock_timestamp\(\)|WITH freed AS\b|SELECT request\.id\b.* FROM lease_request request\b/;

/**
 * The texts that PostgreSQL was sent during `work`, one list for each round trip: what is sent on a connection that still waits for
 * an answer costs no round trip of its own.
 */
export async function readRoundTrips(service: TestApp, work: () => Promise<unknown>): Promise<string[][]> {
  const recorder = service.app.get(CallRecorder, { strict: false });
  const transactions = service.app.get(Transactions, { strict: false });
  await recorder.flush();
  await transactions.idle();
  const trips: string[][] = [];
  const pending = new Map<unknown, { count: number; texts: string[] }>();
  const query = pg.Client.prototype.query as unknown as AnyQuery;
  const spy = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first as { text: string }).text;
    if (BESIDE_CALLS.test(text)) return query.apply(this, args);
    const open = pending.get(this) ?? { count: 0, texts: [] };
    if (open.count === 0) trips.push((open.texts = []));
    open.texts.push(text);
    open.count += 1;
    pending.set(this, open);
    const settled = () => void (open.count -= 1);
    const callback = args.findIndex((one) => typeof one === 'function');
    if (callback >= 0) {
      const told = args[callback] as AnyQuery;
      return query.apply(
        this,
        args.with(callback, (...results: unknown[]) => {
          settled();
          told(...results);
        }),
      );
    }
    const result = query.apply(this, args) as Promise<unknown>;
    result.then(settled, settled);
    return result;
  } as never);
  try {
    await work();
    return trips;
  } finally {
    spy.mockRestore();
  }
}
