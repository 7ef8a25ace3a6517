import type { EntityManager } from 'typeorm';
import type { MonthBounds } from '../core/months.js';
import { queryRows, sql } from '../core/sql.js';

/** One account of the ledger; all wallets are one line, and so are all debts of partners. A debit balance is positive. */
export interface TrialBalanceLine {
  account: (typeof accounts)[number];
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

/** All transfers of one kind from one account to another, before the month or in it. */
export interface Movement {
  debitAccountId: string;
  creditAccountId: string;
  kind: keyof typeof columnByKind;
  isInMonth: boolean;
  cents: number;
}

const accounts = ['wallet', 'owed', 'funding', 'revenue', 'adjustments'] as const;
const columnByKind = {
  top_up: 'topUpCents',
  lease_charge: 'leaseChargeCents',
  lease_renewal: 'leaseRenewalCents',
  refund: 'refundCents',
  adjustment: 'adjustmentCents',
  top_up_reversal: 'topUpReversalCents',
  payout: 'payoutCents',
} as const satisfies Record<string, keyof WalletLine>;
const WALLET_PREFIX = 'wallet:';

/** Everything up to the end of the month: the one look at every transfer that its figures need. */
export function readMovements(em: EntityManager, { start, end }: MonthBounds): Promise<Movement[]> {
  return queryRows(
    em,
    sql`SELECT debit_account_id AS "debitAccountId", credit_account_id AS "creditAccountId", kind,
           booked_at >= ${start}::timestamptz AS "isInMonth", sum(amount_cents)::bigint AS cents
      FROM ledger_transfer
     WHERE NOT sandbox AND booked_at < ${end}::timestamptz
     GROUP BY 1, 2, 3, 4`,
  );
}

export function toTrialBalance(movements: readonly Movement[]): TrialBalanceLine[] {
  const lines = accounts.map((account): TrialBalanceLine => ({
    account,
    openingCents: 0,
    debitCents: 0,
    creditCents: 0,
    closingCents: 0,
  }));
  const findLine = (accountId: string) => lines.find(({ account }) => account === accountId.split(':', 1)[0]);
  for (const { debitAccountId, creditAccountId, isInMonth, cents } of movements) {
    const debited = findLine(debitAccountId);
    const credited = findLine(creditAccountId);
    if (debited) debited[isInMonth ? 'debitCents' : 'openingCents'] += cents;
    if (credited && isInMonth) credited.creditCents += cents;
    else if (credited) credited.openingCents -= cents;
  }
  for (const line of lines) line.closingCents = line.openingCents + line.debitCents - line.creditCents;
  return lines;
}

/** In the order of the ids. */
export function toWalletLines(movements: readonly Movement[]): WalletLine[] {
  const lines = new Map<string, WalletLine>();
  for (const { debitAccountId, creditAccountId, kind, isInMonth, cents } of movements) {
    const isTaken = debitAccountId.startsWith(WALLET_PREFIX);
    if (!isTaken && !creditAccountId.startsWith(WALLET_PREFIX)) continue;
    const organizationId = (isTaken ? debitAccountId : creditAccountId).slice(WALLET_PREFIX.length);
    const line = lines.get(organizationId) ?? toEmptyLine(organizationId);
    lines.set(organizationId, line);
    const changeCents = isTaken ? -cents : cents;
    line[isInMonth ? columnByKind[kind] : 'openingCents'] += changeCents;
    line.closingCents += changeCents;
  }
  return [...lines.values()].sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1));
}

function toEmptyLine(organizationId: string): WalletLine {
  return {
    organizationId,
    openingCents: 0,
    topUpCents: 0,
    leaseChargeCents: 0,
    leaseRenewalCents: 0,
    refundCents: 0,
    adjustmentCents: 0,
    topUpReversalCents: 0,
    payoutCents: 0,
    closingCents: 0,
  };
}
