import React from 'react';
import { Link } from 'react-router-dom';
import { wordOf } from '../../lib/references.js';
import { Empty } from '../../ui/elements.js';
import { dayOf, Moment } from '../../ui/times.js';
import { at, formatDollars, inWords, shortId } from '../../lib/format.js';
import type { StatementLine } from './types.js';

/** A wallet's movements, each with what caused it and what the wallet held afterwards. */
export const Statement: React.FC<{ lines: StatementLine[]; resources: string; now: number }> = (props) => {
  const { lines, resources, now } = props;
  if (lines.length === 0) return <Empty title="Nothing has moved yet.">The first top-up begins the statement.</Empty>;
  return (
    <div className="lc-scroll">
      <table className="lc-table lc-statement" aria-label="Movements, newest first">
        <thead>
          <tr>
            <th scope="col" className="lc-num">
              No.
            </th>
            <th scope="col">Booked</th>
            <th scope="col">What</th>
            <th scope="col">Because of</th>
            <th scope="col">By</th>
            <th scope="col" className="lc-num">
              Amount
            </th>
            <th scope="col" className="lc-num">
              Balance
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.transactionId}>
              <td className="lc-num lc-faint">{line.walletSeq}</td>
              <td className="lc-nowrap">
                <Moment iso={line.bookedAt} now={now} />
              </td>
              <td className="lc-nowrap">
                <Link to={pathOf(resources, 'ledger-transfers', line.transactionId)} title={line.transactionId}>
                  {inWords(line.kind)}
                </Link>
              </td>
              <td>
                <Cause line={line} resources={resources} now={now} />
              </td>
              <td className="lc-nowrap lc-muted">{line.bookedBy}</td>
              <td className={`lc-num ${line.amountCents > 0 ? 'lc-plus' : ''}`}>{signed(line.amountCents)}</td>
              <td className="lc-num">
                <b>{formatDollars(line.balanceAfterCents)}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Cause: React.FC<{ line: StatementLine; resources: string; now: number }> = ({ line, resources, now }) => (
  <span className="lc-cause">
    {line.leaseId && (
      <Link to={pathOf(resources, 'leases', line.leaseId)} title={line.leaseId}>
        {line.handle ? at(line.handle) : shortId(line.leaseId)}
      </Link>
    )}
    {line.periodStart && line.periodEnd && (
      <span className="lc-muted">
        {dayOf(line.periodStart, now)} – {dayOf(line.periodEnd, now)}
      </span>
    )}
    {line.leaseRequestId && (
      <Link to={pathOf(resources, 'lease-requests', line.leaseRequestId, 'fulfil')} title={line.requestId ?? undefined}>
        request {shortId(line.requestId ?? line.leaseRequestId)}
      </Link>
    )}
    {line.reversesId && (
      <Link to={pathOf(resources, 'ledger-transfers', line.reversesId)} title={line.reversesId}>
        gives back {shortId(line.reversesId)}
      </Link>
    )}
    {wordOf(line.reference) && <span className="lc-reference">{wordOf(line.reference)}</span>}
    {line.reason && <span className="lc-muted">{line.reason}</span>}
  </span>
);

function signed(cents: number): string {
  return cents < 0 ? `−${formatDollars(-cents)}` : `+${formatDollars(cents)}`;
}

function pathOf(resources: string, resourceId: string, id: string, action = 'show'): string {
  return `${resources}/${resourceId}/records/${encodeURIComponent(id)}/${action}`;
}
