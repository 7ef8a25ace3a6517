import type { EntityManager } from 'typeorm';
import type { MonthBounds } from '../core/months.js';
import { queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { isChargeSql } from '../wallets/wallet-sql.js';
import {
  toTrialBalance,
  toWalletLines,
  type MonthBooks,
  type TrialBalanceLine,
  type WalletLine,
} from './month-movements.js';

/** What a partner owes from reversed top-ups. */
export interface OwedLine {
  organizationId: string;
  openingCents: number;
  newlyOwedCents: number;
  settledCents: number;
  closingCents: number;
}

/** Charges and refunds booked in the month, by the month in which their period begins. */
export interface PeriodLine {
  period: string;
  kind: 'lease_charge' | 'lease_renewal' | 'refund';
  count: number;
  amountCents: number;
}

/** Revenue of the month: what was billed in it, and what of everything billed so far was earned in it or is still deferred. */
export interface RevenueFigures {
  deferredAtStartCents: number;
  billedCents: number;
  earnedCents: number;
  deferredAtEndCents: number;
  days: { day: string; earnedCents: number }[];
}

/** A payment from or to a partner. */
export interface PaymentLine {
  transactionId: string;
  organizationId: string;
  reference: string;
  amountCents: number;
  bookedAt: Date;
}

/** A top-up that was booked or reversed in the month; both amounts count this month only. */
export interface TopUpLine extends PaymentLine {
  /** 0 for a top-up of another month. */
  amountCents: number;
  /** What was reversed in the month, taken from the wallet or owed since. */
  cameBackCents: number;
}

/** A charge or a refund; a refund is negative and has its charge's period. */
export interface ChargeLine {
  transactionId: string;
  kind: PeriodLine['kind'];
  organizationId: string;
  leaseId: string;
  periodStart: Date;
  periodEnd: Date;
  amountCents: number;
  bookedAt: Date;
}

/** A month of the ledger, without the single charges. Play money is in none of its figures. */
export interface MonthFigures {
  trialBalance: TrialBalanceLine[];
  wallets: WalletLine[];
  owed: OwedLine[];
  chargesByPeriod: PeriodLine[];
  revenue: RevenueFigures;
  topUps: TopUpLine[];
  payouts: PaymentLine[];
}

/**
 * @param em of one snapshot, so that the figures agree with each other
 * @param books of the month, from the same snapshot
 */
export async function readMonthFigures(
  em: EntityManager,
  month: MonthBounds,
  books: MonthBooks,
): Promise<MonthFigures> {
  return {
    trialBalance: toTrialBalance(books),
    wallets: toWalletLines(books),
    owed: await readOwed(em, month),
    chargesByPeriod: await queryRows(em, chargesByPeriodSql(month)),
    revenue: await readRevenue(em, month),
    topUps: await queryRows(em, topUpsSql(month)),
    payouts: await queryRows(em, payoutsSql(month)),
  };
}

/** What partners owe, with what moved in the month. */
export function readOwed(em: EntityManager, month: MonthBounds): Promise<OwedLine[]> {
  return queryRows(em, owedSql(month));
}

/** Every charge and refund that was booked in the month, in the order of booking. */
export function readMonthCharges(em: EntityManager, month: MonthBounds): Promise<ChargeLine[]> {
  return queryRows(
    em,
    sql`SELECT id AS "transactionId", kind, organization_id AS "organizationId", lease_id AS "leaseId", period_start AS "periodStart",
           period_end AS "periodEnd", cents AS "amountCents", booked_at AS "bookedAt"
      FROM (${revenueLine}) line
     WHERE ${isBookedInSql(month)}
     ORDER BY booked_at, id COLLATE "C"`,
  );
}

function isBookedInSql({ start, end }: MonthBounds): Sql {
  return sql`booked_at >= ${start}::timestamptz AND booked_at < ${end}::timestamptz`;
}

function owedSql({ start, end }: MonthBounds): Sql {
  return sql`
    SELECT organization_id AS "organizationId",
           coalesce(sum(change) FILTER (WHERE NOT in_month), 0)::bigint AS "openingCents",
           coalesce(sum(change) FILTER (WHERE in_month AND change > 0), 0)::bigint AS "newlyOwedCents",
           coalesce(-sum(change) FILTER (WHERE in_month AND change < 0), 0)::bigint AS "settledCents",
           sum(change)::bigint AS "closingCents"
      FROM (SELECT organization_id, booked_at >= ${start}::timestamptz AS in_month,
                   CASE WHEN starts_with(debit_account_id, 'owed:') THEN amount_cents ELSE -amount_cents END AS change
              FROM ledger_transfer
             WHERE kind = 'top_up_reversal' AND NOT sandbox AND booked_at < ${end}::timestamptz
               AND (starts_with(debit_account_id, 'owed:') OR starts_with(credit_account_id, 'owed:'))) line
     GROUP BY organization_id
    HAVING sum(change) <> 0 OR bool_or(in_month)
     ORDER BY organization_id COLLATE "C"`;
}

/** Each charge, and each refund with the period of its charge. */
const revenueLine = sql`
  SELECT id, kind, organization_id, lease_id, booked_at, period_start, period_end, amount_cents AS cents
    FROM ledger_transfer WHERE ${isChargeSql()} AND NOT sandbox
  UNION ALL
  SELECT refund.id, refund.kind, refund.organization_id, refund.lease_id, refund.booked_at, charge.period_start, charge.period_end,
         -refund.amount_cents
    FROM ledger_transfer refund JOIN ledger_transfer charge ON charge.id = refund.reverses_id WHERE refund.kind = 'refund' AND NOT refund.sandbox`;

function chargesByPeriodSql(month: MonthBounds): Sql {
  return sql`
    SELECT to_char(period_start AT TIME ZONE 'UTC', 'YYYY-MM') AS period, kind, count(*) AS count, sum(cents)::bigint AS "amountCents"
      FROM (${revenueLine}) line
     WHERE ${isBookedInSql(month)}
     GROUP BY 1, 2 ORDER BY 1, 2`;
}

/** Reversals are read first, so that top-ups of other months are looked up by their ids. A settlement of a debt reverses none. */
function topUpsSql(month: MonthBounds): Sql {
  return sql`
    WITH back AS MATERIALIZED (
      SELECT reverses_id AS id, sum(amount_cents)::bigint AS cents
        FROM ledger_transfer
       WHERE kind = 'top_up_reversal' AND NOT sandbox AND reverses_id IS NOT NULL AND ${isBookedInSql(month)}
       GROUP BY 1
    ), line AS (
      SELECT id, organization_id, reference, amount_cents AS cents, booked_at
        FROM ledger_transfer WHERE kind = 'top_up' AND NOT sandbox AND ${isBookedInSql(month)}
      UNION ALL
      SELECT top_up.id, top_up.organization_id, top_up.reference, 0, top_up.booked_at
        FROM back JOIN ledger_transfer top_up ON top_up.id = back.id
       WHERE NOT (${isBookedInSql(month)})
    )
    SELECT line.id AS "transactionId", line.organization_id AS "organizationId", line.reference, line.cents AS "amountCents",
           line.booked_at AS "bookedAt", coalesce(back.cents, 0) AS "cameBackCents"
      FROM line LEFT JOIN back ON back.id = line.id
     ORDER BY line.reference COLLATE "C"`;
}

function payoutsSql(month: MonthBounds): Sql {
  return sql`
    SELECT id AS "transactionId", organization_id AS "organizationId", reference, amount_cents AS "amountCents",
           booked_at AS "bookedAt"
      FROM ledger_transfer
     WHERE kind = 'payout' AND NOT sandbox AND ${isBookedInSql(month)}
     ORDER BY reference COLLATE "C"`;
}

/**
 * Running sums of what was billed and earned, by day from the day before the month. A charge is earned day by day over its period in equal
 * shares, each running sum cut off to whole cents; days before the booking are earned on the booking day. A refund takes the same shares
 * back. Equal charges are counted, not repeated. Charges that were booked and earned in full before the month are left out of both sums:
 * they cancel in everything that is told of the month.
 */
function earnedThroughSql({ start, end }: MonthBounds): Sql {
  const dayBeforeSql = (time: Date) => sql`${time}::timestamptz AT TIME ZONE 'UTC' - interval '1 day'`;
  return sql`
    WITH equal_charges AS (
      SELECT count(*) AS n, abs(cents) AS cents, sign(cents)::bigint AS sign, (booked_at AT TIME ZONE 'UTC')::date AS booked_on,
             (period_start AT TIME ZONE 'UTC')::date AS first_day,
             greatest((period_end AT TIME ZONE 'UTC')::date - (period_start AT TIME ZONE 'UTC')::date, 1) AS days
        FROM (${revenueLine}) line
       WHERE booked_at < ${end}::timestamptz
         AND (booked_at >= ${start}::timestamptz OR (period_end AT TIME ZONE 'UTC')::date > (${start}::timestamptz AT TIME ZONE 'UTC')::date)
       GROUP BY 2, 3, 4, 5, 6
    ), through AS (
      SELECT day::date AS day,
             sum(n * sign * cents) FILTER (WHERE booked_on <= day::date) AS billed,
             sum(n * sign * (cents * least(greatest(day::date - first_day + 1, 0), days) / days)) FILTER (WHERE booked_on <= day::date) AS earned
        FROM generate_series(${dayBeforeSql(start)}, ${dayBeforeSql(end)}, '1 day') day
        LEFT JOIN equal_charges ON true
       GROUP BY 1
    )
    SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(billed, 0)::bigint AS "billedCents", coalesce(earned, 0)::bigint AS "earnedCents"
      FROM through ORDER BY day`;
}

async function readRevenue(em: EntityManager, month: MonthBounds): Promise<RevenueFigures> {
  const [before, ...days] = await queryRows<{ day: string; billedCents: number; earnedCents: number }>(
    em,
    earnedThroughSql(month),
  );
  const last = days.at(-1)!;
  let earnedBefore = before!.earnedCents;
  return {
    deferredAtStartCents: before!.billedCents - before!.earnedCents,
    billedCents: last.billedCents - before!.billedCents,
    earnedCents: last.earnedCents - before!.earnedCents,
    deferredAtEndCents: last.billedCents - last.earnedCents,
    days: days.map(({ day, earnedCents }) => {
      const earnedOnDay = earnedCents - earnedBefore;
      earnedBefore = earnedCents;
      return { day, earnedCents: earnedOnDay };
    }),
  };
}

/** When the first transfer was booked; `null` in an empty ledger. */
export async function readFirstBookedAt(em: EntityManager): Promise<Date | null> {
  const first = await queryRow<{ at: Date }>(
    em,
    sql`SELECT booked_at AS at FROM ledger_transfer WHERE NOT sandbox ORDER BY booked_at, id LIMIT 1`,
  );
  return first?.at ?? null;
}
