import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import { formatChange, formatCode, formatCount, shortenId } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { toShownReference } from '../../../wallets/shown-reference.js';
import { isFinance, useStaff } from '../../lib/staff.js';
import { DataTable } from '../../ui/data-table.js';
import { Card, Chip } from '../../ui/elements.js';
import { DecisionDialog, describeWalletChange, type Decision } from './decision-dialog.js';
import type { PendingApproval } from './types.js';
import { Moment } from '../../ui/times.js';

/** Movements over the limit for one person, for a second one to decide on. */
export const PendingApprovals: React.FC<{ approvals: PendingApproval[]; showsPartner?: boolean }> = (props) => {
  const { approvals, showsPartner } = props;
  const [decision, setDecision] = useState<Decision | null>(null);
  const mayDecide = isFinance(useStaff());
  if (approvals.length === 0) return null;
  return (
    <Card
      title="Awaiting approval"
      aside={<Chip tone="warn">{formatCount(approvals.length, 'transaction')}</Chip>}
      bare
    >
      <DataTable
        label="Transactions awaiting approval"
        className="lc-lines"
        hidesHeader
        rows={approvals}
        getRowKey={({ proposalId }) => proposalId}
        columns={[
          {
            id: 'what',
            cell: ({ partner, kind, reference, reason, reversesId }) => (
              <>
                {showsPartner && (
                  <b>
                    <bdi>{partner}</bdi> ·{' '}
                  </b>
                )}
                {formatCode(kind)}
                {reversesId && (
                  <>
                    {' '}
                    of{' '}
                    <Link to={toRecordPath('ledger-transfers', reversesId)} title={reversesId}>
                      {shortenId(reversesId)}
                    </Link>
                  </>
                )}
                <div className="lc-muted">{[toShownReference(reference), reason].filter(Boolean).join(' · ')}</div>
              </>
            ),
          },
          {
            id: 'by',
            cellClassName: 'lc-muted',
            cell: ({ isOwn, proposedBy, proposedAt }) => (
              <>
                {isOwn ? 'You' : proposedBy}, <Moment iso={proposedAt} />
              </>
            ),
          },
          {
            id: 'amount',
            isNumber: true,
            cell: (approval) => (
              <>
                <b className={approval.amountCents > 0 ? 'lc-plus' : ''}>{formatChange(approval.amountCents)}</b>
                <div className="lc-muted lc-nowrap">{describeWalletChange(approval)}</div>
              </>
            ),
          },
          {
            id: 'decide',
            isNumber: true,
            cell: (approval) => {
              if (approval.isOwn) return <span className="lc-faint">needs a colleague</span>;
              return (
                mayDecide && (
                  <span className="lc-row lc-row-end">
                    <button
                      type="button"
                      className="lc-btn small"
                      onClick={() => setDecision({ approval, approves: true })}
                    >
                      Approve
                    </button>
                    <button
                      type="button"
                      className="lc-btn small"
                      onClick={() => setDecision({ approval, approves: false })}
                    >
                      Decline
                    </button>
                  </span>
                )
              );
            },
          },
        ]}
      />
      {decision && <DecisionDialog {...decision} onClose={() => setDecision(null)} />}
    </Card>
  );
};
