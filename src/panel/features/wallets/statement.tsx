import React from 'react';
import { Link } from 'react-router-dom';
import { formatBalance, formatChange, formatCode, formatHandle, shortenId } from '../../lib/format.js';
import { toRecordPath, toRequestPath } from '../../lib/paths.js';
import { toShownReference } from '../../../wallets/shown-reference.js';
import { formatDay } from '../../lib/times.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { EmptyState } from '../../ui/states.js';
import { Moment } from '../../ui/times.js';
import type { StatementLine } from './types.js';

/** A wallet's movements, each with its cause and the balance after it. */
export const Statement: React.FC<{ lines: StatementLine[]; now: number }> = ({ lines, now }) => (
  <DataTable
    label="Transactions, newest first"
    className="lc-statement"
    rows={lines}
    getRowKey={({ transactionId }) => transactionId}
    empty={<EmptyState title="No transactions yet.">The statement starts with the first top-up.</EmptyState>}
    columns={getColumns(now)}
  />
);

function getColumns(now: number): Column<StatementLine>[] {
  return [
    { id: 'number', header: 'No.', isNumber: true, cellClassName: 'lc-faint', cell: ({ walletSeq }) => walletSeq },
    {
      id: 'booked',
      header: 'Booked',
      cellClassName: 'lc-nowrap',
      cell: ({ bookedAt }) => <Moment iso={bookedAt} now={now} />,
    },
    {
      id: 'kind',
      header: 'Type',
      cellClassName: 'lc-nowrap',
      cell: ({ kind, transactionId }) => (
        <Link to={toRecordPath('ledger-transfers', transactionId)} title={transactionId}>
          {formatCode(kind)}
        </Link>
      ),
    },
    { id: 'cause', header: 'Details', cellClassName: 'lc-named', cell: (line) => <Cause line={line} now={now} /> },
    {
      id: 'by',
      header: 'By',
      cellClassName: 'lc-muted',
      cell: ({ bookedBy, proposedBy }) => (
        <>
          <span className="lc-nowrap">{bookedBy}</span>
          {proposedBy && <div className="lc-faint lc-nowrap">approved, proposed by {proposedBy}</div>}
        </>
      ),
    },
    {
      id: 'amount',
      header: 'Amount',
      isNumber: true,
      cellClassName: ({ amountCents }) => (amountCents > 0 ? 'lc-plus' : ''),
      cell: ({ amountCents }) => formatChange(amountCents),
    },
    {
      id: 'balance',
      header: 'Balance',
      isNumber: true,
      cell: ({ balanceAfterCents }) => <b>{formatBalance(balanceAfterCents)}</b>,
    },
  ];
}

const Cause: React.FC<{ line: StatementLine; now: number }> = ({ line, now }) => {
  const reference = toShownReference(line.reference);
  return (
    <span className="lc-cause">
      {line.leaseId && (
        <Link to={toRecordPath('leases', line.leaseId)} title={line.leaseId}>
          {line.handle ? formatHandle(line.handle) : shortenId(line.leaseId)}
        </Link>
      )}
      {line.periodStart && line.periodEnd && (
        <span className="lc-muted">
          {formatDay(line.periodStart, now)} – {formatDay(line.periodEnd, now)}
        </span>
      )}
      {line.leaseRequestId && (
        <Link to={toRequestPath(line.leaseRequestId)} title={line.requestId ?? undefined}>
          request {shortenId(line.requestId ?? line.leaseRequestId)}
        </Link>
      )}
      {line.reversesId && (
        <Link to={toRecordPath('ledger-transfers', line.reversesId)} title={line.reversesId}>
          reverses {line.reversesSeq === null ? shortenId(line.reversesId) : `no. ${line.reversesSeq}`}
        </Link>
      )}
      {reference && <span className="lc-reference">{reference}</span>}
      {line.reason && <span className="lc-muted">{line.reason}</span>}
    </span>
  );
};
