import type { EntityManager } from 'typeorm';
import { listMonthsBack } from '../core/months.js';
import { queryRows, sql } from '../core/sql.js';
import { readFirstBookedAt } from './month-figures.js';

const MAX_MONTHS = 120;

/** The months from the current one back to the first booking, newest first. */
export async function listMonths(em: EntityManager, now: Date): Promise<string[]> {
  return listMonthsBack(now, (await readFirstBookedAt(em)) ?? now, MAX_MONTHS);
}

/** The months before `month` that are not closed, from the first booking on; newest first. */
export async function readOpenBefore(em: EntityManager, month: string, now: Date): Promise<string[]> {
  const earlier = (await listMonths(em, now)).filter((one) => one < month);
  const closed = await queryRows<{ month: string }>(
    em,
    sql`SELECT to_char(month, 'YYYY-MM') AS month FROM closed_month`,
  );
  const closedMonths = new Set(closed.map((one) => one.month));
  return earlier.filter((one) => !closedMonths.has(one));
}
