import React, { useState, type ReactNode } from 'react';
import { postRecordAction } from '../../lib/actions.js';
import { formatCount, formatDollars, outcomeOptions } from '../../lib/format.js';
import type { OutcomeReason } from '../../lib/types.js';
import { Dialog } from '../../ui/dialog.js';
import { getTextError, SelectField, TextField } from '../../ui/fields.js';
import type { RequestDetails, RequestView } from './types.js';

/** Ends an open request with fewer accounts than asked for. */
export const CloseShortDialog: React.FC<{ view: RequestView; onClose: () => void }> = ({ view, onClose }) => {
  const { request, assigned } = view;
  const { partner, count, assignedCount } = request;
  const missing = count - assignedCount;
  const monthlyCents = assigned
    .filter(({ status }) => status === 'active' || status === 'past_due')
    .reduce((sum, { priceCents }) => sum + priceCents, 0);
  return (
    <ClosingDialog
      request={request}
      actionName="closePartial"
      title="Close short"
      confirm={`Close with ${assignedCount} of ${count}`}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          <bdi>{partner.name}</bdi> asked for {count} and keeps the {formatCount(assignedCount, 'account')} assigned, at{' '}
          {formatDollars(monthlyCents)} a month.
        </li>
        <li>
          The {missing === 1 ? 'missing one is' : `${missing} missing are`} given up; nothing further is charged for
          this request.
        </li>
        <li>
          The request becomes <b>partial</b>. That is final.
        </li>
      </ul>
    </ClosingDialog>
  );
};

/** Ends an open request to which nothing was assigned. */
export const RejectDialog: React.FC<{ request: RequestDetails; onClose: () => void }> = ({ request, onClose }) => {
  const { partner, count } = request;
  return (
    <ClosingDialog
      request={request}
      actionName="reject"
      title="Reject this request"
      confirm={count === 1 ? 'Reject it' : `Reject all ${count}`}
      danger
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          <bdi>{partner.name}</bdi> asked for {formatCount(count, 'account')} and gets none. Nothing was charged,
          nothing will be.
        </li>
        <li>
          The request becomes <b>rejected</b>. That is final.
        </li>
      </ul>
    </ClosingDialog>
  );
};

const ClosingDialog: React.FC<{
  request: RequestDetails;
  actionName: 'closePartial' | 'reject';
  title: string;
  confirm: string;
  danger?: boolean;
  onClose: () => void;
  children: ReactNode;
}> = ({ request, actionName, title, confirm, danger, onClose, children }) => {
  const [note, setNote] = useState('');
  const [outcomeReason, setOutcomeReason] = useState<OutcomeReason | ''>('');
  return (
    <Dialog
      title={title}
      confirm={confirm}
      danger={danger}
      missing={outcomeReason === '' ? 'A reason is missing' : getTextError('The note', note, 2000)}
      onClose={onClose}
      onConfirm={() =>
        postRecordAction('lease-requests', request.id, actionName, { note, outcomeReason, version: request.version })
      }
    >
      {children}
      <SelectField
        label="Reason, as the partner’s API returns it"
        value={outcomeReason}
        placeholder="Choose…"
        options={outcomeOptions}
        onChange={setOutcomeReason}
      />
      <TextField
        label="Note, as the partner sees it"
        value={note}
        onChange={setNote}
        max={2000}
        placeholder="What became of the request, and what they could do next"
        hint="Sent with the outcome. It can be withdrawn later, not changed."
      />
    </Dialog>
  );
};
