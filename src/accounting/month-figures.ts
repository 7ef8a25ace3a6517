import type { EntityManager } from 'typeorm';
import type { MonthBounds } from '../core/months.js';
import { queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { isChargeSql, walletChangeSql } from '../wallets/wallet-sql.js';

/** One account of the ledger; all wallets are one line, and so are all debts of partners. A debit balance is positive. */
export interface TrialBalanceLine {
  account: 'wallet' | 'owed' | 'revenue' | 'funding' | 'adjustments';
  openingCents: number;
  debitCents: number;
  creditCents: number;
  closingCents: number;
}

/** One wallet over a month, by booking date; amounts are signed. */
export interface WalletLine {
  organizationId: string;
  openingCents: number;
  topUpCents: number;
  leaseChargeCents: number;
  leaseRenewalCents: number;
  refundCents: number;
  adjustmentCents: number;
  topUpReversalCents: number;
  payoutCents: number;
  closingCents: number;
}

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

/** @param em of one snapshot, so that the figures agree with each other */
export async function readMonthFigures(em: EntityManager, month: MonthBounds): Promise<MonthFigures> {
  return {
    trialBalance: await queryRows(em, trialBalanceSql(month)),
    wallets: await queryRows(em, walletsSql(month)),
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

/** Summed by pair of accounts first: pairs are few, transfers many. */
function trialBalanceSql({ start, end }: MonthBounds): Sql {
  return sql`
    WITH pair AS (
      SELECT debit_account_id, credit_account_id, booked_at >= ${start}::timestamptz AS in_month, sum(amount_cents) AS cents
        FROM ledger_transfer WHERE NOT sandbox AND booked_at < ${end}::timestamptz GROUP BY 1, 2, 3
    ), side AS (
      SELECT split_part(debit_account_id, ':', 1) AS account, cents AS debit, 0 AS credit, in_month FROM pair
      UNION ALL
      SELECT split_part(credit_account_id, ':', 1), 0, cents, in_month FROM pair
    )
    SELECT account.name AS account,
           coalesce(sum(debit - credit) FILTER (WHERE NOT in_month), 0)::bigint AS "openingCents",
           coalesce(sum(debit) FILTER (WHERE in_month), 0)::bigint AS "debitCents",
           coalesce(sum(credit) FILTER (WHERE in_month), 0)::bigint AS "creditCents",
           coalesce(sum(debit - credit), 0)::bigint AS "closingCents"
      FROM (VALUES (1, 'wallet'), (2, 'owed'), (3, 'funding'), (4, 'revenue'), (5, 'adjustments')) AS account (position, name)
      LEFT JOIN side ON side.account = account.name
     GROUP BY account.position, account.name ORDER BY account.position`;
}

function walletsSql({ start, end }: MonthBounds): Sql {
  const movedSql = (kind: Sql) =>
    sql`coalesce(sum(change) FILTER (WHERE kind = ${kind} AND booked_at >= ${start}::timestamptz), 0)::bigint`;
  return sql`
    SELECT organization_id AS "organizationId",
           coalesce(sum(change) FILTER (WHERE booked_at < ${start}::timestamptz), 0)::bigint AS "openingCents",
           ${movedSql(sql`'top_up'`)} AS "topUpCents", ${movedSql(sql`'lease_charge'`)} AS "leaseChargeCents",
           ${movedSql(sql`'lease_renewal'`)} AS "leaseRenewalCents", ${movedSql(sql`'refund'`)} AS "refundCents",
           ${movedSql(sql`'adjustment'`)} AS "adjustmentCents", ${movedSql(sql`'top_up_reversal'`)} AS "topUpReversalCents",
           ${movedSql(sql`'payout'`)} AS "payoutCents", sum(change)::bigint AS "closingCents"
      FROM (SELECT organization_id, kind, booked_at,
                   ${walletChangeSql('ledger_transfer')} AS change
              FROM ledger_transfer WHERE NOT sandbox AND wallet_seq IS NOT NULL AND booked_at < ${end}::timestamptz) line
     GROUP BY organization_id ORDER BY organization_id COLLATE "C"`;
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
 * back. Equal charges are counted, not repeated.
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
