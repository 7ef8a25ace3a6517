import React from 'react';
import type { QueueRow } from '../../lib/types.js';
import { Dialog } from '../../ui/dialog.js';
import { BlockDialog, RejectDialog } from './bulk-dialogs.js';
import { NoteDialog } from './note-dialog.js';

export type OpenDialog = { kind: 'block' | 'reject'; rows: QueueRow[] } | { kind: 'note' | 'takeOver'; row: QueueRow };

interface QueueDialogsProps {
  open: OpenDialog | null;
  takeOver: (row: QueueRow) => Promise<void>;
  onRowDone: (row: QueueRow) => void;
  onDone: (message: string) => void;
  onClose: () => void;
}

/** The dialog that is open, if any. */
export const QueueDialogs: React.FC<QueueDialogsProps> = ({ open, takeOver, onRowDone, onDone, onClose }) => {
  switch (open?.kind) {
    case 'block':
      return <BlockDialog rows={open.rows} onRowDone={onRowDone} onDone={onDone} onClose={onClose} />;
    case 'reject':
      return <RejectDialog rows={open.rows} onRowDone={onRowDone} onDone={onDone} onClose={onClose} />;
    case 'note':
      return <NoteDialog row={open.row} onDone={onDone} onClose={onClose} />;
    case 'takeOver':
      return <TakeOverDialog row={open.row} takeOver={() => takeOver(open.row)} onClose={onClose} />;
    default:
      return null;
  }
};

const TakeOverDialog: React.FC<{ row: QueueRow; takeOver: () => Promise<void>; onClose: () => void }> = (props) => {
  const { row, takeOver, onClose } = props;
  const holder = row.claimedBy?.name;
  return (
    <Dialog title={`Take over from ${holder}`} confirm="Take over" onConfirm={takeOver} onClose={onClose}>
      <ul className="lc-consequences">
        <li>
          <bdi>{holder}</bdi> has claimed {row.count} × <bdi>{row.vertical}</bdi> for <bdi>{row.partner}</bdi> and may
          be choosing accounts right now.
        </li>
        <li>Their next action on it will be refused with your name.</li>
      </ul>
    </Dialog>
  );
};
