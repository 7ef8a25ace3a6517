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
    danger
    onConfirm={() => postRecordAction('lease-requests', leaseRequestId, 'withdrawNote', { noteId: note.id })}
    onClose={onClose}
  >
    <div className="lc-quote partner">
      <span className="lc-prose">{note.body}</span>
    </div>
    <ul className="lc-consequences">
      <li>It is no longer visible to the partner, who may have read it already.</li>
      <li>It stays in the audit log.</li>
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
  const isNewest = !notes.some((other) => isVisibleToPartner(other) && other.createdAt > note.createdAt);
  return (
    <Dialog
      title="Make this note visible to the partner"
      confirm="Make visible"
      danger
      onConfirm={() => postRecordAction('lease-requests', request.id, 'showNote', { noteId: note.id })}
      onClose={onClose}
    >
      <div className="lc-quote partner">
        <span className="lc-prose">{note.body}</span>
      </div>
      <ul className="lc-consequences">
        <li>
          <bdi>{request.partner.name}</bdi> will see it word for word. It can be withdrawn later, but they may have read
          it by then.
        </li>
        {note.blocker && (
          <li>They will also see what blocks the request: {blockerNames[note.blocker].toLowerCase()}.</li>
        )}
        {!isNewest && (
          <li>
            The API shows only the newest note, and a newer one is visible: they will see this one once that is
            withdrawn.
          </li>
        )}
      </ul>
    </Dialog>
  );
};

function isVisibleToPartner({ author, visibility, withdrawnAt, retiredAt }: RequestNote): boolean {
  return author.kind === 'staff' && visibility === 'partner' && withdrawnAt === null && retiredAt === null;
}
