import React, { useState } from 'react';
import { sentence } from '../../../core/sentence.js';
import { postRecordAction } from '../../lib/actions.js';
import { getBusinessNow } from '../../lib/business-clock.js';
import { describeCredit, hasRenewalsDue } from '../../lib/credits.js';
import { formatDollars, formatHandle } from '../../lib/format.js';
import { Dialog } from '../../ui/dialog.js';
import { getTextError, TextField } from '../../ui/fields.js';
import { isPaidMonthOver, RefundChoice } from '../../ui/refund-choice.js';
import type { AssignedAccount, RequestView } from './types.js';

interface LeaseDialogProps {
  view: RequestView;
  account: AssignedAccount;
  onClose: () => void;
}

/** Undoes an assignment: the charge is refunded, the account is free again. */
export const UndoDialog: React.FC<LeaseDialogProps> = ({ account, view, onClose }) => {
  const { request } = view;
  const { socialAccountId, handle, priceCents } = account;
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={`Undo the assignment of ${formatHandle(handle)}`}
      confirm={`Undo — refund ${formatDollars(priceCents)}`}
      missing={reason.trim() === '' ? null : getTextError('The reason', reason, 500)}
      onConfirm={() =>
        postRecordAction('lease-requests', request.id, 'undoAssign', {
          socialAccountId,
          ...(reason.trim() !== '' && { reason }),
        })
      }
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>{describeRefund(view, priceCents)}</li>
        <li>{formatHandle(handle)} goes back to the pool.</li>
        <li>
          {request.status === 'requested'
            ? `The request goes back to ${request.assignedCount - 1} of ${request.count}.`
            : `The request stays ${request.status}; the account leaves its list.`}
        </li>
      </ul>
      <ReasonField label="Reason (optional)" value={reason} onChange={setReason} />
    </Dialog>
  );
};

/** Ends a live lease because the account was banned or lost. */
export const DisconnectDialog: React.FC<LeaseDialogProps> = ({ account, view, onClose }) => {
  const { leaseId, handle, priceCents, nextRenewalAt } = account;
  const [isMonthOver] = useState(() => isPaidMonthOver(nextRenewalAt));
  const [reason, setReason] = useState('');
  const [refund, setRefund] = useState<boolean | null>(isMonthOver ? false : null);
  return (
    <Dialog
      title={`Disconnect ${formatHandle(handle)}`}
      confirm={refund ? `Disconnect — refund ${formatDollars(priceCents)}` : 'Disconnect'}
      danger
      missing={refund === null ? 'Choose whether to refund' : getTextError('The reason', reason, 500)}
      onConfirm={() => postRecordAction('leases', leaseId, 'disconnect', { reason, refund: refund === true })}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>The lease ends now; the partner loses the account and is no longer charged for it.</li>
        <li>{formatHandle(handle)} goes into quarantine, not back to the pool.</li>
        {refund && <li>{describeRefund(view, priceCents)}</li>}
      </ul>
      <RefundChoice priceCents={priceCents} isMonthOver={isMonthOver} refund={refund} onChange={setRefund} />
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
};

/** Ends a live lease for a suspended partner, who cannot release it. */
export const ReleaseDialog: React.FC<LeaseDialogProps> = ({ account, view, onClose }) => {
  const { leaseId, handle } = account;
  const { name } = view.request.partner;
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={sentence`Release ${formatHandle(handle)} for ${name}`}
      confirm="Release — no refund"
      danger
      missing={getTextError('The reason', reason, 500)}
      onConfirm={() => postRecordAction('leases', leaseId, 'release', { reason })}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          The lease ends now, as if <bdi>{name}</bdi> had released it; nothing is refunded, and it is no longer charged.
        </li>
        <li>{formatHandle(handle)} goes back to the pool with an open turnaround checklist.</li>
      </ul>
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
};

function describeRefund({ wallet }: RequestView, cents: number): string {
  return describeCredit({ ...wallet, hasRenewalsDue: hasRenewalsDue(wallet.dues, getBusinessNow()) }, cents);
}

const ReasonField: React.FC<{ label?: string; value: string; onChange: (value: string) => void }> = (props) => (
  <TextField
    label={props.label ?? 'Reason'}
    value={props.value}
    onChange={props.onChange}
    max={500}
    hint="Kept in the audit log; partners do not see it."
  />
);
