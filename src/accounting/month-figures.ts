import type { EntityManager } from 'typeorm';
import type { MonthBounds } from '../core/months.js';
import { queryRow, queryRows } from '../core/sql.js';

/** One of the books' accounts; wallets and what partners owe are one sum each. Cents; a debit balance is positive. */
export interface TrialBalanceLine {
  account: 'wallet' | 'owed' | 'revenue' | 'funding' | 'adjustments';
  openingCents: number;
  debitCents: number;
  creditCents: number;
  closingCents: number;
}

/** One wallet over a month, by booking date; movements are signed cents. */
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

/** What a partner owes from top-ups that came back. */
export interface OwedLine {
  organizationId: string;
  openingCents: number;
  newlyOwedCents: number;
  settledCents: number;
  closingCents: number;
}

/** Charges and refunds booked in the month, by the month in which the period that they pay for begins. */
export interface PeriodLine {
  period: string;
  kind: 'lease_charge' | 'lease_renewal' | 'refund';
  count: number;
  amountCents: number;
}

/** Revenue of the month: what was billed, what of everything billed so far was earned, and what is still to be earned. */
export interface RevenueFigures {
  deferredAtStartCents: number;
  billedCents: number;
  earnedCents: number;
  deferredAtEndCents: number;
  days: { day: string; earnedCents: number }[];
}

/** A payment from or to a partner, by its own reference. */
export interface PaymentLine {
  transactionId: string;
  organizationId: string;
  reference: string;
  amountCents: number;
  bookedAt: Date;
}

/** A top-up that was booked in the month or of which something came back in it; both amounts are the month's own. */
export interface TopUpLine extends PaymentLine {
  /** 0 for a top-up of another month: nothing came in by it in this one. */
  amountCents: number;
  /** What was taken back in the month, from the wallet and as owed. */
  cameBackCents: number;
}

/** A charge with the period that it pays for; a refund has that of its charge, and is negative. */
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

/** A month of the books but for the single charges. */
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
export async function readMonthFigures(em: EntityManager, { start, end }: MonthBounds): Promise<MonthFigures> {
  return {
    trialBalance: await queryRows(em, trialBalance, [start, end]),
    wallets: await queryRows(em, wallets, [start, end]),
    owed: await queryRows(em, owed, [start, end]),
    chargesByPeriod: await queryRows(em, chargesByPeriod, [start, end]),
    revenue: await getRevenue(em, start, end),
    topUps: await queryRows(em, topUps, [start, end]),
    payouts: await queryRows(em, payouts, [start, end]),
  };
}

/** Every charge and refund that was booked in the month, in the order of booking. */
export function readMonthCharges(em: EntityManager, { start, end }: MonthBounds): Promise<ChargeLine[]> {
  return queryRows(em, charges, [start, end]);
}

/** Pairs of accounts are few where transfers are many, so that they are added up before they are told apart. */
const trialBalance = `
  WITH pair AS (
    SELECT debit_account_id, credit_account_id, booked_at >= $1 AS moved, sum(amount_cents) AS cents
      FROM ledger_transfer WHERE booked_at < $2 GROUP BY 1, 2, 3
  ), side AS (
    SELECT split_part(debit_account_id, ':', 1) AS account, cents AS debit, 0 AS credit, moved FROM pair
    UNION ALL
    SELECT split_part(credit_account_id, ':', 1), 0, cents, moved FROM pair
  )
  SELECT account.name AS account,
         coalesce(sum(debit - credit) FILTER (WHERE NOT moved), 0)::bigint AS "openingCents",
         coalesce(sum(debit) FILTER (WHERE moved), 0)::bigint AS "debitCents",
         coalesce(sum(credit) FILTER (WHERE moved), 0)::bigint AS "creditCents",
         coalesce(sum(debit - credit), 0)::bigint AS "closingCents"
    FROM (VALUES (1, 'wallet'), (2, 'owed'), (3, 'funding'), (4, 'revenue'), (5, 'adjustments')) AS account (place, name)
    LEFT JOIN side ON side.account = account.name
   GROUP BY account.place, account.name ORDER BY account.place`;

const movedIn = (kind: string) =>
  `coalesce(sum(change) FILTER (WHERE kind = '${kind}' AND booked_at >= $1), 0)::bigint`;
const wallets = `
  SELECT organization_id AS "organizationId",
         coalesce(sum(change) FILTER (WHERE booked_at < $1), 0)::bigint AS "openingCents",
         ${movedIn('top_up')} AS "topUpCents", ${movedIn('lease_charge')} AS "leaseChargeCents",
         ${movedIn('lease_renewal')} AS "leaseRenewalCents", ${movedIn('refund')} AS "refundCents",
         ${movedIn('adjustment')} AS "adjustmentCents", ${movedIn('top_up_reversal')} AS "topUpReversalCents",
         ${movedIn('payout')} AS "payoutCents", sum(change)::bigint AS "closingCents"
    FROM (SELECT organization_id, kind, booked_at,
                 CASE WHEN starts_with(credit_account_id, 'wallet:') THEN amount_cents ELSE -amount_cents END AS change
            FROM ledger_transfer WHERE wallet_seq IS NOT NULL AND booked_at < $2) line
   GROUP BY organization_id ORDER BY organization_id COLLATE "C"`;

const owed = `
  SELECT organization_id AS "organizationId",
         coalesce(sum(change) FILTER (WHERE booked_at < $1), 0)::bigint AS "openingCents",
         coalesce(sum(change) FILTER (WHERE booked_at >= $1 AND change > 0), 0)::bigint AS "newlyOwedCents",
         coalesce(-sum(change) FILTER (WHERE booked_at >= $1 AND change < 0), 0)::bigint AS "settledCents",
         sum(change)::bigint AS "closingCents"
    FROM (SELECT organization_id, booked_at, CASE WHEN starts_with(debit_account_id, 'owed:') THEN amount_cents ELSE -amount_cents END AS change
            FROM ledger_transfer
           WHERE kind = 'top_up_reversal' AND booked_at < $2
             AND (starts_with(debit_account_id, 'owed:') OR starts_with(credit_account_id, 'owed:'))) line
   GROUP BY organization_id
  HAVING sum(change) <> 0 OR bool_or(booked_at >= $1)
   ORDER BY organization_id COLLATE "C"`;

/** Each charge, and each refund with the period of its charge. */
const revenueLine = `
  SELECT id, kind, organization_id, lease_id, booked_at, period_start, period_end, amount_cents AS cents
    FROM ledger_transfer WHERE kind IN ('lease_charge', 'lease_renewal')
  UNION ALL
  SELECT refund.id, refund.kind, refund.organization_id, refund.lease_id, refund.booked_at, paid.period_start, paid.period_end,
         -refund.amount_cents
    FROM ledger_transfer refund JOIN ledger_transfer paid ON paid.id = refund.reverses_id WHERE refund.kind = 'refund'`;

const charges = `
  SELECT id AS "transactionId", kind, organization_id AS "organizationId", lease_id AS "leaseId", period_start AS "periodStart",
         period_end AS "periodEnd", cents AS "amountCents", booked_at AS "bookedAt"
    FROM (${revenueLine}) line
   WHERE booked_at >= $1 AND booked_at < $2
   ORDER BY booked_at, id COLLATE "C"`;

const chargesByPeriod = `
  SELECT to_char(period_start AT TIME ZONE 'UTC', 'YYYY-MM') AS period, kind, count(*) AS count, sum(cents)::bigint AS "amountCents"
    FROM (${revenueLine}) line
   WHERE booked_at >= $1 AND booked_at < $2
   GROUP BY 1, 2 ORDER BY 1, 2`;

/** What came back is read first, so that top-ups of other months are looked up by their ids; a settlement reverses none. */
const topUps = `
  WITH back AS MATERIALIZED (
    SELECT reverses_id AS id, sum(amount_cents)::bigint AS cents
      FROM ledger_transfer
     WHERE kind = 'top_up_reversal' AND reverses_id IS NOT NULL AND booked_at >= $1 AND booked_at < $2
     GROUP BY 1
  ), line AS (
    SELECT id, organization_id, reference, amount_cents AS cents, booked_at
      FROM ledger_transfer WHERE kind = 'top_up' AND booked_at >= $1 AND booked_at < $2
    UNION ALL
    SELECT top_up.id, top_up.organization_id, top_up.reference, 0, top_up.booked_at
      FROM back JOIN ledger_transfer top_up ON top_up.id = back.id
     WHERE top_up.booked_at < $1 OR top_up.booked_at >= $2
  )
  SELECT line.id AS "transactionId", line.organization_id AS "organizationId", line.reference, line.cents AS "amountCents",
         line.booked_at AS "bookedAt", coalesce(back.cents, 0) AS "cameBackCents"
    FROM line LEFT JOIN back ON back.id = line.id
   ORDER BY line.reference COLLATE "C"`;

const payouts = `
  SELECT id AS "transactionId", organization_id AS "organizationId", reference, amount_cents AS "amountCents",
         booked_at AS "bookedAt"
    FROM ledger_transfer
   WHERE kind = 'payout' AND booked_at >= $1 AND booked_at < $2
   ORDER BY reference COLLATE "C"`;

/**
 * A charge is earned day by day over its period, each day an equal share that is cut off to whole cents in running sum; days before the
 * booking are earned on the booking day. A refund takes the same shares back by the same rule. Charges that are alike are counted, not repeated.
 */
const earnedThrough = `
  WITH alike AS (
    SELECT count(*) AS n, abs(cents) AS cents, sign(cents)::bigint AS sign, (booked_at AT TIME ZONE 'UTC')::date AS booked_on,
           (period_start AT TIME ZONE 'UTC')::date AS first_day,
           greatest((period_end AT TIME ZONE 'UTC')::date - (period_start AT TIME ZONE 'UTC')::date, 1) AS days
      FROM (${revenueLine}) line
     WHERE booked_at < $2
     GROUP BY 2, 3, 4, 5, 6
  ), through AS (
    SELECT day::date AS day,
           sum(n * sign * cents) FILTER (WHERE booked_on <= day::date) AS billed,
           sum(n * sign * (cents * least(greatest(day::date - first_day + 1, 0), days) / days)) FILTER (WHERE booked_on <= day::date) AS earned
      FROM generate_series($1::timestamptz AT TIME ZONE 'UTC' - interval '1 day', $2::timestamptz AT TIME ZONE 'UTC' - interval '1 day', '1 day') day
      LEFT JOIN alike ON true
     GROUP BY 1
  )
  SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(billed, 0)::bigint AS "billedCents", coalesce(earned, 0)::bigint AS "earnedCents"
    FROM through ORDER BY day`;

async function getRevenue(em: EntityManager, start: Date, end: Date): Promise<RevenueFigures> {
  const [before, ...days] = await queryRows<{ day: string; billedCents: number; earnedCents: number }>(
    em,
    earnedThrough,
    [start, end],
  );
  const last = days.at(-1)!;
  let earnedBefore = before!.earnedCents;
  return {
    deferredAtStartCents: before!.billedCents - before!.earnedCents,
    billedCents: last.billedCents - before!.billedCents,
    earnedCents: last.earnedCents - before!.earnedCents,
    deferredAtEndCents: last.billedCents - last.earnedCents,
    days: days.map(({ day, earnedCents }) => {
      const earnedThatDay = earnedCents - earnedBefore;
      earnedBefore = earnedCents;
      return { day, earnedCents: earnedThatDay };
    }),
  };
}

/** When the first transfer was booked; `null` in empty books. */
export async function readFirstBookedAt(em: EntityManager): Promise<Date | null> {
  const first = await queryRow<{ at: Date }>(
    em,
    'SELECT booked_at AS at FROM ledger_transfer ORDER BY booked_at, id LIMIT 1',
  );
  return first?.at ?? null;
}
