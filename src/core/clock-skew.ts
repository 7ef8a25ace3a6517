import type pg from 'pg';
import type { Clock } from './clock.js';

type Row = Record<string, unknown> & { expire?: unknown };

/** After 2001 in milliseconds or seconds, and more than any count. */
const FIRST_TIME = { 1: 1e12, 1000: 1e9 } as const;

/**
 * The pool for a library that compares `Date.now()` with what it stored: the table holds the database's times, so a process whose
 * clock is wrong neither ends nor prolongs what others stored.
 * @param unitMs of the times among the values: milliseconds or seconds
 */
export function correctClockSkew(pool: pg.Pool, clock: Clock, unitMs: 1 | 1000): pg.Pool {
  const query = async (statement: string | pg.QueryConfig<unknown[]>, params: unknown[] = []) => {
    const skew = Math.round(clock.getSkewMs() / unitMs);
    const isTime = (value: unknown): value is number => typeof value === 'number' && value > FIRST_TIME[unitMs];
    const { values = params, ...rest } = typeof statement === 'string' ? { text: statement } : statement;
    const result = await pool.query<Row>({
      ...rest,
      values: values.map((value) => (isTime(value) ? value + skew : value)),
    });
    for (const row of result.rows) if (isTime(row.expire)) row.expire -= skew;
    return result;
  };
  return { query } as unknown as pg.Pool;
}
