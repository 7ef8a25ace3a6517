import { PRICE_CENTS, WALLET_CENTS } from './common.mjs';

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const formatDollars = (cents) => dollars.format(cents / 100);

/** Oldest first. @param handles by the account's id */
export function printStatement(report, transactions, handles) {
  const rows = transactions.map((line) => [
    line.createdAt.slice(0, 16).replace('T', ' '),
    line.kind,
    handles.get(line.socialAccountId) ?? '',
    formatDollars(line.amountCents),
    formatDollars(line.balanceAfterCents),
  ]);
  const total = transactions.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const header = ['when (UTC)', 'kind', 'account', 'amount', 'balance'];
  const footer = ['total', '', '', formatDollars(total), formatDollars(transactions.at(-1)?.balanceAfterCents ?? 0)];
  const widths = header.map((_, column) => Math.max(...[header, ...rows, footer].map((row) => row[column].length)));
  const toLine = (row) =>
    row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  for (const line of [toLine(header), rule, ...rows.map(toLine), rule, toLine(footer)]) report.note(line);
}

/** Oldest first. */
export function checkStatement(report, transactions, wallet) {
  const totals = { top_up: 0, lease_charge: 0, lease_renewal: 0 };
  for (const { kind, amountCents } of transactions) totals[kind] = (totals[kind] ?? 0) + amountCents;
  report.equal('$1,500.00 in, 3 accounts, 3 and 2 renewals at $150.00', totals, {
    top_up: WALLET_CENTS,
    lease_charge: -3 * PRICE_CENTS,
    lease_renewal: -5 * PRICE_CENTS,
  });
  let balance = 0;
  const balances = transactions.map(({ amountCents }) => (balance += amountCents));
  report.equal(
    'each balance is the one before and the amount',
    transactions.map((line) => line.balanceAfterCents),
    balances,
  );
  report.equal('the last one is the wallet’s: $300.00', [wallet.balanceCents, balance], [30_000, 30_000]);
}
