import type { EntityManager } from 'typeorm';
import { queryRow, queryRows } from '../core/sql.js';
import type { Days } from './business-days.js';
import type { SpeedOfDay } from './figures.js';

/** What came and went on one day, or on what there is of it. */
export interface DayFigures extends SpeedOfDay {
  submitted: number;
  /** Closed by whomever. */
  gone: number;
  /** How long the clocks of those that staff closed stood still. */
  pausedMs: number;
  /** Requests that were overdue when the day ended. */
  overdue: number;
  started: number;
  ended: number;
  /** What its leases changed in what all live leases cost a month. */
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

const took = (until: string, paused: string) =>
  `greatest(0, extract(epoch FROM ${until} - submitted_at) * 1000 - ${paused})`;

const percentile = (share: number, duration: string, filter = '') =>
  `round(percentile_cont(${share}) WITHIN GROUP (ORDER BY ${duration}) ${filter})::bigint`;

/** `$1` is when the first day began, `$2` the time zone. */
export const toDaySql = (time: string) => `to_char(${time} AT TIME ZONE $2, 'YYYY-MM-DD')`;

export const firstTook = took('first_assigned_at', 'coalesce(first_assigned_paused_ms, 0)');
export const closeTook = took('closed_at', 'paused_ms');
const byStaff = "FILTER (WHERE closed_by = 'staff')";

const flow = [
  `SELECT ${toDaySql('submitted_at')} AS day, count(*) AS submitted FROM lease_request WHERE submitted_at >= $1 GROUP BY 1`,
  `SELECT ${toDaySql('first_assigned_at')} AS day, count(*) AS firsts,
          ${percentile(0.5, firstTook)} AS "firstMedianMs", ${percentile(0.95, firstTook)} AS "firstP95Ms"
     FROM lease_request WHERE first_assigned_at >= $1 GROUP BY 1`,
  `SELECT ${toDaySql('closed_at')} AS day, count(*) AS gone, count(*) ${byStaff} AS closed,
          coalesce(sum(paused_ms) ${byStaff}, 0)::bigint AS "pausedMs",
          ${percentile(0.5, closeTook, byStaff)} AS "closeMedianMs", ${percentile(0.95, closeTook, byStaff)} AS "closeP95Ms"
     FROM lease_request WHERE closed_at >= $1 GROUP BY 1`,
  `SELECT ${toDaySql('booked_at')} AS day,
          sum(CASE WHEN credit_account_id = 'revenue' THEN amount_cents ELSE -amount_cents END)::bigint AS "revenueCents"
     FROM ledger_transfer WHERE booked_at >= $1 AND 'revenue' IN (credit_account_id, debit_account_id) GROUP BY 1`,
  `SELECT day, sum(started)::bigint AS started, sum(ended)::bigint AS ended, sum(cents)::bigint AS "changedCents" FROM (
     SELECT ${toDaySql('assigned_at')} AS day, 1 AS started, 0 AS ended, price_cents AS cents FROM lease WHERE assigned_at >= $1
     UNION ALL
     SELECT ${toDaySql('ended_at')}, 0, 1, -price_cents FROM lease WHERE ended_at >= $1
   ) moved GROUP BY 1`,
];

/** A request is overdue at the ends of all days from the one that it was due on, until the one that its clock ended on, or stopped. */
const overdueChanges = `
  SELECT greatest(${toDaySql('due_at')}, ${toDaySql('$1::timestamptz')}) AS "from",
         ${toDaySql('least(closed_at, paused_at)')} AS until, count(*) AS n
    FROM (SELECT due_at, closed_at, paused_at FROM lease_request WHERE closed_at >= $1 AND closed_at > due_at
          UNION ALL
          SELECT due_at, closed_at, paused_at FROM lease_request WHERE status = 'requested') late
   WHERE due_at IS NOT NULL GROUP BY 1, 2`;

/** Figures of each of these days, the last of which may be going on: what is written until now counts, no matter when it was. */
export async function readDailyFigures(em: EntityManager, { days, from, timeZone }: Days): Promise<DayFigures[]> {
  if (days.length === 0) return [];
  const values = [from, timeZone];
  const parts: Part[] = [];
  for (const text of flow) parts.push(...(await queryRows<Part>(em, text, values)));
  const changes = days.length > 1 ? await queryRows<OverdueChange>(em, overdueChanges, values) : [];
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
  let standing = 0;
  for (const day of days) {
    standing += overdue.get(day) ?? 0;
    figures.get(day)!.overdue = standing;
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

/** Live leases, and what they cost a month. */
export interface Standing {
  live: number;
  monthlyCents: number;
}

/** What was live at a moment. */
export async function readStandingAt(em: EntityManager, at: Date): Promise<Standing> {
  const found = await queryRow<Standing>(
    em,
    `SELECT count(*) AS live, coalesce(sum(price_cents), 0)::bigint AS "monthlyCents" FROM (
       SELECT price_cents FROM lease WHERE status IN ('active', 'past_due') AND assigned_at < $1
       UNION ALL
       SELECT price_cents FROM lease WHERE ended_at >= $1 AND assigned_at < $1
     ) then_live`,
    [at],
  );
  return found!;
}

/** The same after another day. */
export function addDay({ live, monthlyCents }: Standing, day: DayFigures): Standing {
  return { live: live + day.started - day.ended, monthlyCents: monthlyCents + day.changedCents };
}
