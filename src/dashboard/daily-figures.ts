import type { EntityManager } from 'typeorm';
import { literal, noSql, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { isLiveSql } from '../leases/lease-sql.js';
import type { Days } from './business-days.js';
import type { SpeedOfDay } from './figures.js';

/** The figures of one day, or of today so far; stored as JSON for days that are over. */
export interface DayFigures extends SpeedOfDay {
  submitted: number;
  /** Requests closed by staff or by the partner. */
  gone: number;
  /** How long the SLA of the requests that staff closed was paused. */
  pausedMs: number;
  /** Requests that were overdue when the day ended. */
  overdue: number;
  /** Leases that were assigned. */
  started: number;
  /** Leases that ended. */
  ended: number;
  /** The change of what all live leases cost a month. */
  changedCents: number;
  /** Charges and renewals less refunds. */
  revenueCents: number;
}

interface OverdueChange {
  from: string;
  until: string | null;
  n: number;
}

type Part = Partial<Omit<DayFigures, 'day'>> & { day: string };

const byStaff = sql`FILTER (WHERE closed_by = 'staff')`;

/** From submission to the first assignment, without paused time; milliseconds. */
export const timeToFirstMs = elapsedMsSql(sql`first_assigned_at`, sql`coalesce(first_assigned_paused_ms, 0)`);
/** From submission to closing, without paused time; milliseconds. */
export const timeToCloseMs = elapsedMsSql(sql`closed_at`, sql`paused_ms`);

/** The day of a time in a time zone, `2027-03-09`. */
export function toDaySql(time: Sql, timeZone: string): Sql {
  return sql`to_char(${time} AT TIME ZONE ${timeZone}::text, 'YYYY-MM-DD')`;
}

function elapsedMsSql(until: Sql, pausedMs: Sql): Sql {
  return sql`greatest(0, extract(epoch FROM ${until} - submitted_at) * 1000 - ${pausedMs})`;
}

function percentileSql(share: number, durationMs: Sql, filter: Sql = noSql): Sql {
  return sql`round(percentile_cont(${literal(share)}) WITHIN GROUP (ORDER BY ${durationMs}) ${filter})::bigint`;
}

/** Statements that each give some of the figures of each day. @param from when the first day began */
function listFlowSql(from: Date, timeZone: string): Sql[] {
  const day = (time: Sql) => toDaySql(time, timeZone);
  const since = sql`${from}::timestamptz`;
  return [
    sql`SELECT ${day(sql`submitted_at`)} AS day, count(*) AS submitted FROM lease_request WHERE submitted_at >= ${since} AND NOT sandbox GROUP BY 1`,
    sql`SELECT ${day(sql`first_assigned_at`)} AS day, count(*) AS firsts,
            ${percentileSql(0.5, timeToFirstMs)} AS "firstMedianMs", ${percentileSql(0.95, timeToFirstMs)} AS "firstP95Ms"
       FROM lease_request WHERE first_assigned_at >= ${since} AND NOT sandbox GROUP BY 1`,
    sql`SELECT ${day(sql`closed_at`)} AS day, count(*) AS gone, count(*) ${byStaff} AS closed,
            coalesce(sum(paused_ms) ${byStaff}, 0)::bigint AS "pausedMs",
            ${percentileSql(0.5, timeToCloseMs, byStaff)} AS "closeMedianMs", ${percentileSql(0.95, timeToCloseMs, byStaff)} AS "closeP95Ms"
       FROM lease_request WHERE closed_at >= ${since} AND NOT sandbox GROUP BY 1`,
    sql`SELECT ${day(sql`booked_at`)} AS day,
            sum(CASE WHEN credit_account_id = 'revenue' THEN amount_cents ELSE -amount_cents END)::bigint AS "revenueCents"
       FROM ledger_transfer WHERE booked_at >= ${since} AND 'revenue' IN (credit_account_id, debit_account_id) GROUP BY 1`,
    sql`SELECT day, sum(started)::bigint AS started, sum(ended)::bigint AS ended, sum(cents)::bigint AS "changedCents" FROM (
       SELECT ${day(sql`assigned_at`)} AS day, 1 AS started, 0 AS ended, price_cents AS cents FROM lease WHERE assigned_at >= ${since} AND NOT sandbox
       UNION ALL
       SELECT ${day(sql`ended_at`)}, 0, 1, -price_cents FROM lease WHERE ended_at >= ${since} AND NOT sandbox
     ) moved GROUP BY 1`,
  ];
}

/** A request is overdue at the end of each day from the one on which it was due until the one on which it was closed or paused. */
function overdueChangesSql(from: Date, timeZone: string): Sql {
  const since = sql`${from}::timestamptz`;
  return sql`
    SELECT greatest(${toDaySql(sql`due_at`, timeZone)}, ${toDaySql(since, timeZone)}) AS "from",
           ${toDaySql(sql`least(closed_at, paused_at)`, timeZone)} AS until, count(*) AS n
      FROM (SELECT due_at, closed_at, paused_at FROM lease_request WHERE closed_at >= ${since} AND closed_at > due_at AND NOT sandbox
            UNION ALL
            SELECT due_at, closed_at, paused_at FROM lease_request WHERE status = 'requested' AND NOT sandbox) late
     WHERE due_at IS NOT NULL GROUP BY 1, 2`;
}

/** The figures of each of these days. The last one may not be over. */
export async function readDailyFigures(em: EntityManager, { days, from, timeZone }: Days): Promise<DayFigures[]> {
  if (days.length === 0) return [];
  const parts: Part[] = [];
  for (const statement of listFlowSql(from, timeZone)) parts.push(...(await queryRows<Part>(em, statement)));
  const changes = days.length > 1 ? await queryRows<OverdueChange>(em, overdueChangesSql(from, timeZone)) : [];
  const figures = new Map<string, DayFigures>(days.map((day) => [day, emptyDay(day)]));
  for (const part of parts) {
    const known = figures.get(part.day);
    if (known) Object.assign(known, part);
  }
  const overdue = new Map<string, number>();
  const change = (day: string, by: number) => overdue.set(day, (overdue.get(day) ?? 0) + by);
  for (const { from: since, until, n } of changes) {
    if (until !== null && until <= since) continue;
    change(since, n);
    if (until !== null) change(until, -n);
  }
  let openOverdue = 0;
  for (const day of days) {
    openOverdue += overdue.get(day) ?? 0;
    figures.get(day)!.overdue = openOverdue;
  }
  return [...figures.values()];
}

function emptyDay(day: string): DayFigures {
  return {
    day,
    submitted: 0,
    gone: 0,
    firsts: 0,
    firstMedianMs: null,
    firstP95Ms: null,
    closed: 0,
    closeMedianMs: null,
    closeP95Ms: null,
    pausedMs: 0,
    overdue: 0,
    started: 0,
    ended: 0,
    changedCents: 0,
    revenueCents: 0,
  };
}

export interface LeaseTotals {
  /** Live leases. */
  live: number;
  /** What they cost a month. */
  monthlyCents: number;
}

export async function readLeaseTotalsAt(em: EntityManager, at: Date): Promise<LeaseTotals> {
  const found = await queryRow<LeaseTotals>(
    em,
    sql`SELECT count(*) AS live, coalesce(sum(price_cents), 0)::bigint AS "monthlyCents" FROM (
       SELECT price_cents FROM lease WHERE ${isLiveSql()} AND assigned_at < ${at}::timestamptz AND NOT sandbox
       UNION ALL
       SELECT price_cents FROM lease WHERE ended_at >= ${at}::timestamptz AND assigned_at < ${at}::timestamptz AND NOT sandbox
     ) live_then`,
  );
  return found!;
}

/** The totals after another day. */
export function addDay({ live, monthlyCents }: LeaseTotals, day: DayFigures): LeaseTotals {
  return { live: live + day.started - day.ended, monthlyCents: monthlyCents + day.changedCents };
}
