import React, { useState } from 'react';
import { postRecordAction } from '../../lib/actions.js';
import { formatCode, formatCount, formatDollars } from '../../lib/format.js';
import { toShownReference } from '../../lib/references.js';
import { isFinance, useStaff } from '../../lib/staff.js';
import { formatDayAndTime } from '../../lib/times.js';
import { DataTable } from '../../ui/data-table.js';
import { Dialog } from '../../ui/dialog.js';
import { Card, Chip } from '../../ui/elements.js';
import { getTextError, TextField } from '../../ui/fields.js';
import { useToast } from '../../ui/toasts.js';
import type { PendingApproval } from './types.js';

interface Decision {
  approval: PendingApproval;
  approves: boolean;
}

/** Movements over the limit for one person, for a second one to decide on. */
export const PendingApprovals: React.FC<{ approvals: PendingApproval[]; showsPartner?: boolean }> = (props) => {
  const { approvals, showsPartner } = props;
  const [decision, setDecision] = useState<Decision | null>(null);
  const mayDecide = isFinance(useStaff());
  if (approvals.length === 0) return null;
  return (
    <Card
      title="Waits for a second person"
      aside={<Chip tone="warn">{formatCount(approvals.length, 'movement')}</Chip>}
      bare
    >
      <DataTable
        label="Movements that wait for a second person"
        className="lc-lines"
        hidesHeader
        rows={approvals}
        getRowKey={({ proposalId }) => proposalId}
        columns={[
          {
            id: 'what',
            cell: ({ partner, kind, reference, reason }) => (
              <>
                {showsPartner && <b>{partner} · </b>}
                {formatCode(kind)}
                <div className="lc-muted">{[toShownReference(reference), reason].filter(Boolean).join(' · ')}</div>
              </>
            ),
          },
          {
            id: 'by',
            cellClassName: 'lc-muted',
            cell: ({ isOwn, proposedBy, proposedAt }) =>
              `${isOwn ? 'You' : proposedBy}, ${formatDayAndTime(proposedAt)}`,
          },
          { id: 'amount', isNumber: true, cell: ({ amountCents }) => <b>{formatDollars(amountCents)}</b> },
          {
            id: 'decide',
            isNumber: true,
            cell: (approval) => {
              if (approval.isOwn) return <span className="lc-faint">a colleague decides</span>;
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

const DecisionDialog: React.FC<Decision & { onClose: () => void }> = ({ approval, approves, onClose }) => {
  const [reason, setReason] = useState('');
  const showToast = useToast();
  const { kind, amountCents, organizationId, partner, proposalId, proposedBy } = approval;
  const amount = formatDollars(Math.abs(amountCents));
  return (
    <Dialog
      title={`${approves ? 'Approve' : 'Decline'} the ${formatCode(kind).toLowerCase()} of ${amount} for ${partner}?`}
      confirm={approves ? `Approve ${amount}` : 'Decline'}
      danger={!approves}
      missing={approves ? null : getTextError('The reason', reason, 500)}
      onClose={onClose}
      onConfirm={async () => {
        const body = approves ? { proposalId } : { proposalId, reason };
        showToast(await postRecordAction('wallets', organizationId, approves ? 'approve' : 'decline', body));
      }}
    >
      <ul className="lc-consequences">
        <li>{proposedBy} proposed it.</li>
        <li>{approves ? 'It is booked at once, under your name.' : 'Nothing is booked; it may be proposed anew.'}</li>
      </ul>
      {!approves && <TextField label="Reason" value={reason} onChange={setReason} max={500} />}
    </Dialog>
  );
};
