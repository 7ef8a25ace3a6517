import React, { useState } from 'react';
import type { Outcome } from '../../lib/api.js';
import { Dialog, TextField, textFault } from '../../ui/dialog.js';
import { RefundChoice } from '../../ui/refund-choice.js';
import type { AssignedAccount, Fulfil, NoteView } from '../../lib/types.js';
import { at, formatDollars } from '../../lib/format.js';

/** Takes an assignment back as if it had not been: the charge returns, the account is free again. */
export const UndoDialog: React.FC<{
  account: AssignedAccount;
  fulfil: Fulfil;
  undo: (reason: string) => Promise<Outcome>;
  onClose: () => void;
}> = ({ account, fulfil, undo, onClose }) => {
  const { request, wallet } = fulfil;
  const [reason, setReason] = useState('');
  const after = wallet.balanceCents + account.priceCents;
  return (
    <Dialog
      title={`Undo the assignment of ${at(account.handle)}`}
      confirm={`Undo — give back ${formatDollars(account.priceCents)}`}
      missing={textFault('The reason', reason, 500)}
      onConfirm={() => undo(reason)}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          The wallet goes from {formatDollars(wallet.balanceCents)} to <b>{formatDollars(after)}</b>.
        </li>
        <li>{at(account.handle)} goes back to the pool.</li>
        <li>
          {request.status === 'requested'
            ? `The request goes back to ${request.assignedCount - 1} of ${request.count}.`
            : `The request stays ${request.status}; the account leaves its list.`}
        </li>
      </ul>
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        max={500}
        hint="Stays on the trail; partners do not see it."
      />
    </Dialog>
  );
};

/** Ends a live lease because the account was banned or lost. */
export const DisconnectDialog: React.FC<{
  handle: string;
  priceCents: number;
  isMonthOver: boolean;
  disconnect: (answer: { reason: string; refund: boolean }) => Promise<Outcome>;
  onClose: () => void;
}> = ({ handle, priceCents, isMonthOver, disconnect, onClose }) => {
  const [reason, setReason] = useState('');
  const [refund, setRefund] = useState<boolean | null>(isMonthOver ? false : null);
  return (
    <Dialog
      title={`Disconnect ${at(handle)}`}
      confirm={refund ? `Disconnect — give back ${formatDollars(priceCents)}` : 'Disconnect'}
      danger
      missing={refund === null ? 'Refund or none?' : textFault('The reason', reason, 500)}
      onConfirm={() => disconnect({ reason, refund: refund === true })}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>The lease ends now; the partner loses the account and is charged no more for it.</li>
        <li>{at(handle)} goes into quarantine, not back to the pool.</li>
      </ul>
      <RefundChoice priceCents={priceCents} isMonthOver={isMonthOver} refund={refund} onChange={setRefund} />
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        max={500}
        hint="Stays on the trail; partners do not see it."
      />
    </Dialog>
  );
};

/** Ends a live lease for a partner who is suspended and cannot do it. */
export const ReleaseDialog: React.FC<{
  handle: string;
  partner: string;
  release: (reason: string) => Promise<Outcome>;
  onClose: () => void;
}> = ({ handle, partner, release, onClose }) => {
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={`Release ${at(handle)} for ${partner}`}
      confirm="Release — no refund"
      danger
      missing={textFault('The reason', reason, 500)}
      onConfirm={() => release(reason)}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>The lease ends now, as if {partner} had released it; nothing is refunded or charged for it any more.</li>
        <li>{at(handle)} goes back to the pool, with its turnaround list to tick.</li>
      </ul>
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        max={500}
        hint="Stays on the trail; partners do not see it."
      />
    </Dialog>
  );
};

/** Takes a note out of what the partner reads. */
export const WithdrawDialog: React.FC<{ note: NoteView; withdraw: () => Promise<Outcome>; onClose: () => void }> = (
  props,
) => (
  <Dialog title="Withdraw this note" confirm="Withdraw" onConfirm={props.withdraw} onClose={props.onClose}>
    <div className="lc-quote partner">
      <span className="lc-prose">{props.note.body}</span>
    </div>
    <ul className="lc-consequences">
      <li>The partner reads it no more; they may have read it already.</li>
      <li>It stays on the trail here.</li>
    </ul>
  </Dialog>
);
