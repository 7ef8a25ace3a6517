import React, { useState } from 'react';
import type { Outcome } from '../../lib/api.js';
import { Dialog, Field, TextField, textFault } from '../../ui/dialog.js';
import type { Fulfil, OutcomeReason } from '../../lib/types.js';
import { formatDollars, howMany, outcomeNames, staffOutcomes } from '../../lib/format.js';

interface ClosingProps {
  fulfil: Fulfil;
  close: (answer: { note: string; outcomeReason: OutcomeReason }) => Promise<Outcome>;
  onClose: () => void;
}

/** Ends an open request with fewer accounts than asked for. */
export const CloseShortDialog: React.FC<ClosingProps> = ({ fulfil, ...rest }) => {
  const { partner, count, assignedCount } = fulfil.request;
  const missing = count - assignedCount;
  const monthly = fulfil.assigned
    .filter((account) => account.status === 'active' || account.status === 'past_due')
    .reduce((sum, account) => sum + account.priceCents, 0);
  return (
    <ClosingDialog title="Close short" confirm={`Close with ${assignedCount} of ${count}`} {...rest}>
      <ul className="lc-consequences">
        <li>
          {partner.name} asked for {count} and keeps the {howMany(assignedCount, 'account')} assigned, at{' '}
          {formatDollars(monthly)} a month.
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

/** Refuses an open request that nothing was assigned to. */
export const RejectDialog: React.FC<ClosingProps> = ({ fulfil, ...rest }) => {
  const { partner, count } = fulfil.request;
  return (
    <ClosingDialog title="Reject this request" confirm={`Reject all ${count}`} danger {...rest}>
      <ul className="lc-consequences">
        <li>
          {partner.name} asked for {howMany(count, 'account')} and gets none. Nothing was charged, nothing will be.
        </li>
        <li>
          The request becomes <b>rejected</b>. That is final.
        </li>
      </ul>
    </ClosingDialog>
  );
};

const ClosingDialog: React.FC<
  Omit<ClosingProps, 'fulfil'> & { title: string; confirm: string; danger?: boolean; children: React.ReactNode }
> = ({ title, confirm, danger, close, onClose, children }) => {
  const [note, setNote] = useState('');
  const [reason, setReason] = useState<OutcomeReason | ''>('');
  const missing = reason === '' ? 'A reason is missing' : textFault('The note', note, 2000);
  return (
    <Dialog
      title={title}
      confirm={confirm}
      danger={danger}
      missing={missing}
      onClose={onClose}
      onConfirm={() => close({ note, outcomeReason: reason === '' ? 'other' : reason })}
    >
      {children}
      <Field label="Reason, as the partner's program reads it">
        {(id) => (
          <select
            id={id}
            className="lc-input"
            value={reason}
            onChange={(event) => setReason(event.target.value as OutcomeReason | '')}
          >
            <option value="">Choose…</option>
            {staffOutcomes.map((outcome) => (
              <option key={outcome} value={outcome}>
                {outcomeNames[outcome]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label="Note, as the partner reads it"
        value={note}
        onChange={setNote}
        max={2000}
        placeholder="What became of the request, and what they could do next"
        hint="Sent with the outcome. It can be withdrawn later, not changed."
      />
    </Dialog>
  );
};
