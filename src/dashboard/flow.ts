import type { EntityManager } from 'typeorm';
import { oneRow, rows } from '../database/sql.js';
import type { Speed } from './figures.js';

/** What came and went on the days of a stretch of time; days without any have no entry. */
export interface Flow {
  submitted: Map<string, number>;
  closed: Map<string, number>;
  speed: Map<string, Speed>;
  pausedMs: number;
}

interface ClosedDay {
  day: string;
  all: number;
  closed: number;
  pausedMs: number;
  median: number | null;
  p95: number | null;
}

const took = (until: string, paused: string) =>
  `greatest(0, extract(epoch FROM ${until} - submitted_at) * 1000 - ${paused})`;

function percentiles(duration: string, filter = ''): string {
  return `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${duration}) ${filter} AS median,
          percentile_cont(0.95) WITHIN GROUP (ORDER BY ${duration}) ${filter} AS p95`;
}

const dayOf = (column: string) => `to_char(${column} AT TIME ZONE $3, 'YYYY-MM-DD')`;

/** Requests submitted, first served and closed from `from` until before `until`, by day. */
export async function flowOf(em: EntityManager, from: Date, until: Date, timeZone: string): Promise<Flow> {
  const values = [from, until, timeZone];
  const [submitted, firsts, closed] = await Promise.all([
    rows<{ day: string; n: number }>(
      em,
      `SELECT ${dayOf('submitted_at')} AS day, count(*) AS n FROM lease_request
        WHERE submitted_at >= $1 AND submitted_at < $2 GROUP BY 1`,
      values,
    ),
    rows<{ day: string; n: number; median: number; p95: number }>(
      em,
      `SELECT ${dayOf('first_assigned_at')} AS day, count(*) AS n,
              ${percentiles(took('first_assigned_at', 'coalesce(first_assigned_paused_ms, 0)'))}
         FROM lease_request WHERE first_assigned_at >= $1 AND first_assigned_at < $2 GROUP BY 1`,
      values,
    ),
    rows<ClosedDay>(
      em,
      `SELECT ${dayOf('closed_at')} AS day, count(*) AS all, count(*) FILTER (WHERE closed_by = 'staff') AS closed,
              coalesce(sum(paused_ms) FILTER (WHERE closed_by = 'staff'), 0)::bigint AS "pausedMs",
              ${percentiles(took('closed_at', 'paused_ms'), "FILTER (WHERE closed_by = 'staff')")}
         FROM lease_request WHERE closed_at >= $1 AND closed_at < $2 GROUP BY 1`,
      values,
    ),
  ]);
  const speed: Flow['speed'] = new Map();
  const ofDay = (day: string) => {
    const known = speed.get(day) ?? { ...noSpeed };
    speed.set(day, known);
    return known;
  };
  for (const { day, n, median, p95 } of firsts) {
    Object.assign(ofDay(day), { firsts: n, firstMedianMs: whole(median), firstP95Ms: whole(p95) });
  }
  for (const { day, closed: n, median, p95 } of closed) {
    Object.assign(ofDay(day), { closed: n, closeMedianMs: whole(median), closeP95Ms: whole(p95) });
  }
  return {
    submitted: new Map(submitted.map(({ day, n }) => [day, n])),
    closed: new Map(closed.map(({ day, all }) => [day, all])),
    speed,
    pausedMs: closed.reduce((sum, { pausedMs }) => sum + pausedMs, 0),
  };
}

/** What all requests from `from` until before `until` took together. */
export async function speedOf(em: EntityManager, from: Date, until: Date): Promise<Speed> {
  const [firsts, closed] = await Promise.all([
    oneRow<{ n: number; median: number | null; p95: number | null }>(
      em,
      `SELECT count(*) AS n, ${percentiles(took('first_assigned_at', 'coalesce(first_assigned_paused_ms, 0)'))}
         FROM lease_request WHERE first_assigned_at >= $1 AND first_assigned_at < $2`,
      [from, until],
    ),
    oneRow<{ n: number; median: number | null; p95: number | null }>(
      em,
      `SELECT count(*) AS n, ${percentiles(took('closed_at', 'paused_ms'))}
         FROM lease_request WHERE closed_at >= $1 AND closed_at < $2 AND closed_by = 'staff'`,
      [from, until],
    ),
  ]);
  return {
    firsts: firsts!.n,
    firstMedianMs: whole(firsts!.median),
    firstP95Ms: whole(firsts!.p95),
    closed: closed!.n,
    closeMedianMs: whole(closed!.median),
    closeP95Ms: whole(closed!.p95),
  };
}

export const noSpeed: Speed = {
  firsts: 0,
  firstMedianMs: null,
  firstP95Ms: null,
  closed: 0,
  closeMedianMs: null,
  closeP95Ms: null,
};

function whole(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds);
}

/** How many requests were overdue when each of these days ended. */
export async function overdueOf(em: EntityManager, days: string[], from: Date, timeZone: string) {
  const found = await rows<{ day: string; n: number }>(
    em,
    `WITH late AS MATERIALIZED (
       SELECT due_at, closed_at, paused_at FROM lease_request WHERE closed_at >= $2 AND closed_at > due_at
       UNION ALL
       SELECT due_at, closed_at, paused_at FROM lease_request WHERE status = 'requested' AND due_at IS NOT NULL
     )
     SELECT day.name AS day, count(*) AS n
       FROM unnest($1::text[]) AS day(name)
       CROSS JOIN LATERAL (SELECT ((day.name::date + 1)::timestamp AT TIME ZONE $3) AS end) until
       JOIN late ON late.due_at < until.end AND (late.closed_at IS NULL OR late.closed_at >= until.end)
                AND (late.paused_at IS NULL OR late.paused_at >= until.end)
      GROUP BY 1`,
    [days, from, timeZone],
  );
  return new Map(found.map(({ day, n }) => [day, n]));
}

/** Money and leases of a stretch of time, by month. */
export interface Trade {
  revenue: Map<string, number>;
  started: Map<string, number>;
  ended: Map<string, number>;
  /** What the month's starts and ends changed in what all live leases cost a month. */
  monthlyCents: number;
}

const monthOf = (column: string) => `to_char(${column} AT TIME ZONE $3, 'YYYY-MM')`;

export async function tradeOf(em: EntityManager, from: Date, until: Date, timeZone: string): Promise<Trade> {
  const values = [from, until, timeZone];
  const leases = (column: string) =>
    rows<{ month: string; n: number; cents: number }>(
      em,
      `SELECT ${monthOf(column)} AS month, count(*) AS n, sum(price_cents)::bigint AS cents FROM lease
        WHERE ${column} >= $1 AND ${column} < $2 GROUP BY 1`,
      values,
    );
  const [revenue, started, ended] = await Promise.all([
    rows<{ month: string; cents: number }>(
      em,
      `SELECT ${monthOf('booked_at')} AS month,
              sum(CASE WHEN credit_account_id = 'revenue' THEN amount_cents ELSE -amount_cents END)::bigint AS cents
         FROM ledger_transfer
        WHERE booked_at >= $1 AND booked_at < $2 AND 'revenue' IN (credit_account_id, debit_account_id) GROUP BY 1`,
      values,
    ),
    leases('assigned_at'),
    leases('ended_at'),
  ]);
  const sum = (some: { cents: number }[]) => some.reduce((total, { cents }) => total + cents, 0);
  return {
    revenue: new Map(revenue.map(({ month, cents }) => [month, cents])),
    started: new Map(started.map(({ month, n }) => [month, n])),
    ended: new Map(ended.map(({ month, n }) => [month, n])),
    monthlyCents: sum(started) - sum(ended),
  };
}

/** The leases that were live when today began, and what they cost a month. */
export async function leasesBefore(
  em: EntityManager,
  todayFrom: Date,
): Promise<{ live: number; monthlyCents: number }> {
  const before = await oneRow<{ live: number; monthlyCents: number }>(
    em,
    `SELECT count(*) AS live, coalesce(sum(price_cents), 0)::bigint AS "monthlyCents" FROM (
       SELECT price_cents FROM lease WHERE status IN ('active', 'past_due') AND assigned_at < $1
       UNION ALL
       SELECT price_cents FROM lease WHERE ended_at >= $1 AND assigned_at < $1
     ) then_live`,
    [todayFrom],
  );
  return before!;
}
