import React from 'react';
import { AssignSeveralDialog } from './assign-several-dialog.js';
import { MapVerticalDialog, TakeOverDialog } from './claim-dialogs.js';
import { CloseShortDialog, RejectDialog } from './closing-dialogs.js';
import { DisconnectDialog, ReleaseDialog, UndoDialog } from './ending-dialogs.js';
import { ShowNoteDialog, WithdrawDialog } from './note-dialogs.js';
import { ReplaceDialog } from './replace-dialog.js';
import type { AssignedAccount, Candidate, RequestNote, RequestView } from './types.js';

export type OpenDialog =
  | { kind: 'closeShort' | 'reject' | 'takeOver' }
  | { kind: 'several'; candidates: Candidate[] }
  | { kind: 'undo' | 'disconnect' | 'release' | 'replace'; account: AssignedAccount }
  | { kind: 'map'; vertical: string }
  | { kind: 'withdraw' | 'show'; note: RequestNote };

interface RequestDialogsProps {
  open: OpenDialog | null;
  view: RequestView;
  now: number;
  assignSeveral: (candidates: Candidate[]) => void;
  /** For a replacement; undefined while they are read. */
  candidates: Candidate[] | undefined;
  search: string;
  onSearch: (text: string) => void;
  onClose: () => void;
}

/** The dialog that is open, if any. */
export const RequestDialogs: React.FC<RequestDialogsProps> = (props) => {
  const { open, view, now, assignSeveral, candidates, search, onSearch, onClose } = props;
  const { request } = view;
  switch (open?.kind) {
    case 'several':
      return (
        <AssignSeveralDialog
          view={view}
          candidates={open.candidates}
          now={now}
          assign={() => assignSeveral(open.candidates)}
          onClose={onClose}
        />
      );
    case 'closeShort':
      return <CloseShortDialog view={view} onClose={onClose} />;
    case 'reject':
      return <RejectDialog request={request} onClose={onClose} />;
    case 'takeOver':
      return <TakeOverDialog request={request} onClose={onClose} />;
    case 'map':
      return <MapVerticalDialog request={request} vertical={open.vertical} onClose={onClose} />;
    case 'undo':
      return <UndoDialog account={open.account} view={view} onClose={onClose} />;
    case 'disconnect':
      return <DisconnectDialog account={open.account} view={view} onClose={onClose} />;
    case 'release':
      return <ReleaseDialog account={open.account} view={view} onClose={onClose} />;
    case 'withdraw':
      return <WithdrawDialog leaseRequestId={request.id} note={open.note} onClose={onClose} />;
    case 'show':
      return <ShowNoteDialog view={view} note={open.note} onClose={onClose} />;
    case 'replace':
      return (
        <ReplaceDialog
          leaseRequestId={request.id}
          account={open.account}
          candidates={candidates}
          search={search}
          onSearch={onSearch}
          now={now}
          onClose={onClose}
        />
      );
    default:
      return null;
  }
};
