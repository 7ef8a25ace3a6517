import type { StatementLine } from '../../wallets/statement.service.js';
import { Dollars, type Cell } from '../../core/csv.js';

export const statementHeader = [
  ...['number', 'bookedAt', 'kind', 'amountUsd', 'balanceAfterUsd', 'account', 'periodStart', 'periodEnd', 'reference'],
  ...['reason', 'bookedBy', 'requestId', 'leaseId', 'transactionId', 'reversesId', 'proposedBy'],
];

export function toStatementLine(line: StatementLine): Cell[] {
  return [
    ...[line.walletSeq, line.bookedAt, line.kind, new Dollars(line.amountCents), new Dollars(line.balanceAfterCents)],
    ...[line.handle, line.periodStart, line.periodEnd, line.reference, line.reason, line.bookedBy, line.requestId],
    ...[line.leaseId, line.transactionId, line.reversesId, line.proposedBy],
  ];
}
