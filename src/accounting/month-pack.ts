import { createHash } from 'node:crypto';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { csvHeader, csvLine, type Cell } from '../core/csv.js';
import type { ChargeLine, MonthFigures, PaymentLine } from './month-figures.js';

/** Raise it with every change of the files' content or layout: digests are stored per format. */
export const PACK_FORMAT = 3;

/** It has a line for each charge, so it is large and slow where the other files are not. */
export const CHARGES_FILE = 'charges.csv';

/** A file of a month's pack: CSV, amounts in whole cents. */
export interface PackFile {
  name: string;
  content: string;
  sha256: string;
  /** Lines without the header. */
  rows: number;
}

/** A closed month; it never changes. */
export interface PackedMonth {
  month: string;
  closedAt: Date;
  /** The partners' names as they were when the month was closed. */
  partnerNames: Record<string, string>;
}

/** A file before it is written as CSV. */
export interface PackTable {
  name: string;
  header: string[];
  lines: Cell[][];
}

const LINES_PER_BATCH = 2_000;

/** The tables of a month's pack without the single charges, always in this order. */
export function toPackTables({ month, closedAt, partnerNames }: PackedMonth, figures: MonthFigures): PackTable[] {
  const { trialBalance, wallets, owed, chargesByPeriod, revenue, topUps, payouts } = figures;
  const toPartnerCells = (organizationId: string) => [organizationId, partnerNames[organizationId] ?? ''];
  const toPaymentRows = (lines: PaymentLine[]) =>
    lines.map((line) => [
      line.reference,
      ...toPartnerCells(line.organizationId),
      line.amountCents,
      line.bookedAt,
      line.transactionId,
    ]);
  return [
    toTable(
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
    toTable(
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
    toTable(
      'wallets.csv',
      [
        ...['organization_id', 'partner', 'opening_cents', 'top_up_cents', 'lease_charge_cents', 'lease_renewal_cents'],
        ...['refund_cents', 'adjustment_cents', 'top_up_reversal_cents', 'payout_cents', 'closing_cents'],
      ],
      wallets.map((line) => [
        ...toPartnerCells(line.organizationId),
        ...[line.openingCents, line.topUpCents, line.leaseChargeCents, line.leaseRenewalCents, line.refundCents],
        ...[line.adjustmentCents, line.topUpReversalCents, line.payoutCents, line.closingCents],
      ]),
    ),
    toTable(
      'charges-by-period.csv',
      ['period', 'kind', 'count', 'amount_cents'],
      chargesByPeriod.map(({ period, kind, count, amountCents }) => [period, kind, count, amountCents]),
    ),
    toTable(
      'revenue-by-day.csv',
      ['day', 'earned_cents'],
      revenue.days.map(({ day, earnedCents }) => [day, earnedCents]),
    ),
    toTable(
      'top-ups.csv',
      ['reference', 'organization_id', 'partner', 'amount_cents', 'booked_at', 'transaction_id', 'came_back_cents'],
      toPaymentRows(topUps).map((cells, index) => [...cells, topUps[index]!.cameBackCents]),
    ),
    toTable(
      'payouts.csv',
      ['reference', 'organization_id', 'partner', 'amount_cents', 'booked_at', 'transaction_id'],
      toPaymentRows(payouts),
    ),
    toTable(
      'owed.csv',
      ['organization_id', 'partner', 'opening_cents', 'newly_owed_cents', 'settled_cents', 'closing_cents'],
      owed.map((line) => [
        ...toPartnerCells(line.organizationId),
        ...[line.openingCents, line.newlyOwedCents, line.settledCents, line.closingCents],
      ]),
    ),
  ];
}

export function toChargesTable({ partnerNames }: PackedMonth, charges: ChargeLine[]): PackTable {
  return toTable(
    CHARGES_FILE,
    [
      ...['transaction_id', 'kind', 'organization_id', 'partner', 'lease_id', 'period_start', 'period_end'],
      ...['amount_cents', 'booked_at'],
    ],
    charges.map((line) => [
      ...[line.transactionId, line.kind, line.organizationId, partnerNames[line.organizationId] ?? '', line.leaseId],
      ...[line.periodStart, line.periodEnd, line.amountCents, line.bookedAt],
    ]),
  );
}

/** Always the same bytes for the same ledger. Yields between batches, so that other calls of this process go on. */
export async function toPackFile({ name, header, lines }: PackTable): Promise<PackFile> {
  let content = csvHeader(header);
  for (let from = 0; from < lines.length; from += LINES_PER_BATCH) {
    content += lines
      .slice(from, from + LINES_PER_BATCH)
      .map(csvLine)
      .join('');
    await yieldToEventLoop();
  }
  return { name, content, sha256: sha256(content), rows: lines.length };
}

/** Over the names and contents of all files. */
export function digestPack(files: readonly PackFile[]): string {
  return sha256(files.map(({ name, sha256 }) => `${name} ${sha256}\n`).join(''));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function toTable(name: string, header: string[], lines: Cell[][]): PackTable {
  return { name, header, lines };
}

function sum(cents: number[]): number {
  return cents.reduce((total, one) => total + one, 0);
}
