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

/** All transfers of one kind from one account to another in the month. */
export interface Movement {
  debitAccountId: string;
  creditAccountId: string;
  kind: keyof typeof columnByKind;
  cents: number;
}

/** A month of the ledger, by account. */
export interface MonthBooks {
  /** Cents by account id, debits less credits, of all transfers before the month; every wallet that had one is among them. */
  openings: Map<string, number>;
  movements: Movement[];
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

/** From every transfer up to the end of the month and nothing else: what a closed month is proved by. */
export async function readBooks(em: EntityManager, { start, end }: MonthBounds): Promise<MonthBooks> {
  const sums = await queryRows<Movement & { isInMonth: boolean }>(
    em,
    sql`SELECT debit_account_id AS "debitAccountId", credit_account_id AS "creditAccountId", kind,
           booked_at >= ${start}::timestamptz AS "isInMonth", sum(amount_cents)::bigint AS cents
      FROM ledger_transfer
     WHERE NOT sandbox AND booked_at < ${end}::timestamptz
     GROUP BY 1, 2, 3, 4`,
  );
  const openings = new Map<string, number>();
  for (const { debitAccountId, creditAccountId, isInMonth, cents } of sums) {
    if (isInMonth) continue;
    add(openings, debitAccountId, cents);
    add(openings, creditAccountId, -cents);
  }
  return { openings, movements: sums.filter(({ isInMonth }) => isInMonth) };
}

/**
 * The same without the charges before the month, which are most of the ledger. What a wallet held at its start is what it holds now less
 * what was booked since: no line of a wallet is booked before the line before it (`booking-time-checks.ts`). Every transfer debits what it
 * credits, so the revenue is what all other accounts have together, with the other sign.
 */
export async function readBooksByBalances(em: EntityManager, { start, end }: MonthBounds): Promise<MonthBooks> {
  const since = await queryRows<Movement & { isInMonth: boolean; transfers: number }>(
    em,
    sql`SELECT debit_account_id AS "debitAccountId", credit_account_id AS "creditAccountId", kind,
           booked_at < ${end}::timestamptz AS "isInMonth", count(*) AS transfers, sum(amount_cents)::bigint AS cents
      FROM ledger_transfer
     WHERE NOT sandbox AND booked_at >= ${start}::timestamptz
     GROUP BY 1, 2, 3, 4`,
  );
  const openings = await readWalletOpenings(em, since);
  const others = await queryRows<{ debited: string; credited: string; cents: number }>(
    em,
    sql`SELECT split_part(debit_account_id, ':', 1) AS debited, split_part(credit_account_id, ':', 1) AS credited, sum(amount_cents)::bigint AS cents
      FROM ledger_transfer
     WHERE kind IN ('top_up', 'top_up_reversal', 'payout', 'adjustment') AND NOT sandbox AND booked_at < ${start}::timestamptz
     GROUP BY 1, 2`,
  );
  for (const { debited, credited, cents } of others) {
    if (debited !== 'wallet') add(openings, debited, cents);
    if (credited !== 'wallet') add(openings, credited, -cents);
  }
  openings.set('revenue', 0 - [...openings.values()].reduce((sum, cents) => sum + cents, 0));
  return { openings, movements: since.filter(({ isInMonth }) => isInMonth) };
}

async function readWalletOpenings(
  em: EntityManager,
  since: readonly (Movement & { transfers: number })[],
): Promise<Map<string, number>> {
  const wallets = await queryRows<{ id: string; lines: number; balanceCents: number }>(
    em,
    sql`SELECT id, wallet_seq AS lines, balance_cents AS "balanceCents" FROM ledger_account WHERE kind = 'wallet' AND NOT sandbox`,
  );
  const debits = new Map<string, number>();
  const lines = new Map<string, number>();
  for (const { debitAccountId, creditAccountId, transfers, cents } of since) {
    add(debits, debitAccountId, cents);
    add(debits, creditAccountId, -cents);
    add(lines, debitAccountId, transfers);
    add(lines, creditAccountId, transfers);
  }
  const used = wallets.filter((wallet) => wallet.lines > (lines.get(wallet.id) ?? 0));
  return new Map(used.map(({ id, balanceCents }) => [id, 0 - balanceCents - (debits.get(id) ?? 0)]));
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

export function toTrialBalance({ openings, movements }: MonthBooks): TrialBalanceLine[] {
  const lines = accounts.map((account): TrialBalanceLine => ({
    account,
    openingCents: 0,
    debitCents: 0,
    creditCents: 0,
    closingCents: 0,
  }));
  const findLine = (accountId: string) => lines.find(({ account }) => account === accountId.split(':', 1)[0])!;
  for (const [accountId, cents] of openings) findLine(accountId).openingCents += cents;
  for (const { debitAccountId, creditAccountId, cents } of movements) {
    findLine(debitAccountId).debitCents += cents;
    findLine(creditAccountId).creditCents += cents;
  }
  for (const line of lines) line.closingCents = line.openingCents + line.debitCents - line.creditCents;
  return lines;
}

/** In the order of the ids. */
export function toWalletLines({ openings, movements }: MonthBooks): WalletLine[] {
  const lines = new Map<string, WalletLine>();
  const getLine = (accountId: string) => {
    const organizationId = accountId.slice(WALLET_PREFIX.length);
    const line = lines.get(organizationId) ?? toEmptyLine(organizationId);
    lines.set(organizationId, line);
    return line;
  };
  for (const [accountId, cents] of openings) {
    if (!accountId.startsWith(WALLET_PREFIX)) continue;
    const line = getLine(accountId);
    line.openingCents = line.closingCents = 0 - cents;
  }
  for (const { debitAccountId, creditAccountId, kind, cents } of movements) {
    const isTaken = debitAccountId.startsWith(WALLET_PREFIX);
    if (!isTaken && !creditAccountId.startsWith(WALLET_PREFIX)) continue;
    const line = getLine(isTaken ? debitAccountId : creditAccountId);
    const changeCents = isTaken ? -cents : cents;
    line[columnByKind[kind]] += changeCents;
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
