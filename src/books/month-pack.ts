import { createHash } from 'node:crypto';
import { csvLine, type Cell } from '../common/csv.js';
import type { ChargeLine, MonthFigures, PaymentLine } from './month-figures.js';

/** Goes up with every change of the files' form: the digests of packs are kept for each. */
export const PACK_FORMAT = 1;

/** A file of a month's pack: CSV, amounts in whole cents. */
export interface PackFile {
  name: string;
  content: string;
  /** Its lines without the header. */
  rows: number;
}

/** What a pack is made from; nothing in it changes once the month is closed. */
export interface PackSource {
  month: string;
  closedAt: Date;
  figures: MonthFigures;
  charges: ChargeLine[];
  /** The partners' names as they were when the month was closed. */
  partnerNames: Record<string, string>;
}

/** The files of a month, always in this order and always of the same bytes for the same books. */
export function packFiles({ month, closedAt, figures, charges, partnerNames }: PackSource): PackFile[] {
  const { trialBalance, wallets, owed, chargesByPeriod, revenue, topUps, payouts } = figures;
  const named = (organizationId: string) => [organizationId, partnerNames[organizationId] ?? ''];
  const payments = (lines: PaymentLine[]) =>
    lines.map((line) => [
      line.reference,
      ...named(line.organizationId),
      line.amountCents,
      line.bookedAt,
      line.transactionId,
    ]);
  return [
    file(
      'summary.csv',
      ['figure', 'value'],
      [
        ['month', month],
        ['closed_at', closedAt],
        ['wallets_opening_cents', sum(wallets.map(({ openingCents }) => openingCents))],
        ['wallets_closing_cents', sum(wallets.map(({ closingCents }) => closingCents))],
        ['owed_closing_cents', sum(owed.map(({ closingCents }) => closingCents))],
        ['revenue_deferred_at_start_cents', revenue.deferredAtStartCents],
        ['revenue_billed_cents', revenue.billedCents],
        ['revenue_earned_cents', revenue.earnedCents],
        ['revenue_deferred_at_end_cents', revenue.deferredAtEndCents],
      ],
    ),
    file(
      'trial-balance.csv',
      ['account', 'opening_cents', 'debit_cents', 'credit_cents', 'closing_cents'],
      trialBalance.map((line) => [
        line.account,
        line.openingCents,
        line.debitCents,
        line.creditCents,
        line.closingCents,
      ]),
    ),
    file(
      'wallets.csv',
      [
        ...['organization_id', 'partner', 'opening_cents', 'top_up_cents', 'lease_charge_cents', 'lease_renewal_cents'],
        ...['refund_cents', 'adjustment_cents', 'top_up_reversal_cents', 'payout_cents', 'closing_cents'],
      ],
      wallets.map((line) => [
        ...named(line.organizationId),
        ...[line.openingCents, line.topUpCents, line.leaseChargeCents, line.leaseRenewalCents, line.refundCents],
        ...[line.adjustmentCents, line.topUpReversalCents, line.payoutCents, line.closingCents],
      ]),
    ),
    file(
      'charges-by-period.csv',
      ['period', 'kind', 'count', 'amount_cents'],
      chargesByPeriod.map(({ period, kind, count, amountCents }) => [period, kind, count, amountCents]),
    ),
    file(
      'charges.csv',
      [
        ...['transaction_id', 'kind', 'organization_id', 'partner', 'lease_id', 'period_start', 'period_end'],
        ...['amount_cents', 'booked_at'],
      ],
      charges.map((line) => [
        ...[
          line.transactionId,
          line.kind,
          ...named(line.organizationId),
          line.leaseId,
          line.periodStart,
          line.periodEnd,
        ],
        ...[line.amountCents, line.bookedAt],
      ]),
    ),
    file(
      'revenue-by-day.csv',
      ['day', 'earned_cents'],
      revenue.days.map(({ day, earnedCents }) => [day, earnedCents]),
    ),
    file(
      'top-ups.csv',
      ['reference', 'organization_id', 'partner', 'amount_cents', 'booked_at', 'transaction_id', 'came_back_cents'],
      payments(topUps).map((cells, place) => [...cells, topUps[place]!.cameBackCents]),
    ),
    file(
      'payouts.csv',
      ['reference', 'organization_id', 'partner', 'amount_cents', 'booked_at', 'transaction_id'],
      payments(payouts),
    ),
    file(
      'owed.csv',
      ['organization_id', 'partner', 'opening_cents', 'newly_owed_cents', 'settled_cents', 'closing_cents'],
      owed.map((line) => [
        ...named(line.organizationId),
        ...[line.openingCents, line.newlyOwedCents, line.settledCents, line.closingCents],
      ]),
    ),
  ];
}

/** One digest over all files, by name and content. */
export function digestOf(files: readonly PackFile[]): string {
  const hash = createHash('sha256');
  for (const { name, content } of files) hash.update(`${name}\0${content}\0`);
  return hash.digest('hex');
}

function file(name: string, header: string[], lines: Cell[][]): PackFile {
  return { name, content: [header, ...lines].map(csvLine).join(''), rows: lines.length };
}

function sum(cents: number[]): number {
  return cents.reduce((total, one) => total + one, 0);
}
