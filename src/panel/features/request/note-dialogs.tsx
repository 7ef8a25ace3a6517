import React from 'react';
import { postRecordAction } from '../../lib/actions.js';
import { blockerNames } from '../../lib/format.js';
import { Dialog } from '../../ui/dialog.js';
import type { RequestNote, RequestView } from './types.js';

interface WithdrawDialogProps {
  leaseRequestId: string;
  note: RequestNote;
  onClose: () => void;
}

/** Withdraws a note from the partner. */
export const WithdrawDialog: React.FC<WithdrawDialogProps> = ({ leaseRequestId, note, onClose }) => (
  <Dialog
    title="Withdraw this note"
    confirm="Withdraw"
    onConfirm={() => postRecordAction('lease-requests', leaseRequestId, 'withdrawNote', { noteId: note.id })}
    onClose={onClose}
  >
    <div className="lc-quote partner">
      <span className="lc-prose">{note.body}</span>
    </div>
    <ul className="lc-consequences">
      <li>The partner reads it no more; they may have read it already.</li>
      <li>It stays on the trail here.</li>
    </ul>
  </Dialog>
);

interface ShowNoteDialogProps {
  view: RequestView;
  note: RequestNote;
  onClose: () => void;
}

/** Makes an internal note visible to the partner. */
export const ShowNoteDialog: React.FC<ShowNoteDialogProps> = ({ view: { request, notes }, note, onClose }) => {
  const isNewest = !notes.some((other) => isReadByPartner(other) && other.createdAt > note.createdAt);
  return (
    <Dialog
      title="Show this note to the partner"
      confirm="Show it"
      onConfirm={() => postRecordAction('lease-requests', request.id, 'showNote', { noteId: note.id })}
      onClose={onClose}
    >
      <div className="lc-quote partner">
        <span className="lc-prose">{note.body}</span>
      </div>
      <ul className="lc-consequences">
        <li>
          <bdi>{request.partner.name}</bdi> reads it word for word. It can be withdrawn later, but what was read stays
          read.
        </li>
        {note.blocker && <li>They also see what blocks the request: {blockerNames[note.blocker].toLowerCase()}.</li>}
        {!isNewest && (
          <li>They read a newer note already, and the API shows the newest alone: withdraw that one first.</li>
        )}
      </ul>
    </Dialog>
  );
};

function isReadByPartner({ author, visibility, withdrawnAt, retiredAt }: RequestNote): boolean {
  return author.kind === 'staff' && visibility === 'partner' && withdrawnAt === null && retiredAt === null;
}
