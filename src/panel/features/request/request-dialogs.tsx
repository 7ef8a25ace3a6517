import React from 'react';
import type { Outcome } from '../../lib/api.js';
import { HelpOverlay, type KeyHelp } from '../../ui/help.js';
import { isMonthOver } from '../../ui/refund-choice.js';
import type { AssignedAccount, Candidate, Fulfil, NoteView } from '../../lib/types.js';
import { MapVerticalDialog, TakeOverDialog } from './claim-dialogs.js';
import { CloseShortDialog, RejectDialog } from './closing-dialogs.js';
import { AssignSeveralDialog } from './preview-band.js';
import { ReplaceDialog } from './replace-dialog.js';
import { DisconnectDialog, ReleaseDialog, UndoDialog, WithdrawDialog } from './undo-dialogs.js';

export type OpenDialog =
  | { kind: 'closeShort' | 'reject' | 'takeOver' | 'help' }
  | { kind: 'several'; accounts: Candidate[] }
  | { kind: 'undo' | 'disconnect' | 'release' | 'replace'; account: AssignedAccount }
  | { kind: 'map'; vertical: string }
  | { kind: 'withdraw'; note: NoteView };

interface RequestDialogsProps {
  open: OpenDialog | null;
  fulfil: Fulfil;
  now: number;
  keys: KeyHelp[];
  onRequest: (action: string, body: object) => Promise<Outcome>;
  onLease: (leaseId: string, action: string, body: object) => Promise<Outcome>;
  /** Begins to assign them; the page shows how far it is. */
  assignSeveral: (accounts: Candidate[]) => void;
  /** The accounts that one can choose from, and the search over the whole pool; undefined while it is under way. */
  choice: Candidate[] | undefined;
  search: string;
  onSearch: (text: string) => void;
  onClose: () => void;
}

/** The one question that is open, if any. */
export const RequestDialogs: React.FC<RequestDialogsProps> = (props) => {
  const { open, fulfil, now, keys, onRequest, onLease, assignSeveral, onClose } = props;
  const { request } = fulfil;
  switch (open?.kind) {
    case 'help':
      return <HelpOverlay keys={keys} onClose={onClose} />;
    case 'several':
      return (
        <AssignSeveralDialog
          fulfil={fulfil}
          accounts={open.accounts}
          now={now}
          assign={() => {
            assignSeveral(open.accounts);
            return Promise.resolve({ done: true, answer: {} });
          }}
          onClose={onClose}
        />
      );
    case 'closeShort':
      return (
        <CloseShortDialog
          fulfil={fulfil}
          close={(answer) => onRequest('closePartial', { ...answer, version: request.version })}
          onClose={onClose}
        />
      );
    case 'reject':
      return (
        <RejectDialog
          fulfil={fulfil}
          close={(answer) => onRequest('reject', { ...answer, version: request.version })}
          onClose={onClose}
        />
      );
    case 'takeOver':
      return (
        <TakeOverDialog request={request} takeOver={() => onRequest('claim', { takeOver: true })} onClose={onClose} />
      );
    case 'map':
      return (
        <MapVerticalDialog
          request={request}
          vertical={open.vertical}
          map={() => onRequest('mapVertical', { vertical: open.vertical })}
          onClose={onClose}
        />
      );
    case 'undo':
      return (
        <UndoDialog
          account={open.account}
          fulfil={fulfil}
          undo={(reason) => onRequest('undoAssign', { socialAccountId: open.account.socialAccountId, reason })}
          onClose={onClose}
        />
      );
    case 'replace':
      return (
        <ReplaceDialog
          account={open.account}
          choice={props.choice}
          search={props.search}
          onSearch={props.onSearch}
          now={now}
          replace={(answer) => onRequest('replace', { socialAccountId: open.account.socialAccountId, ...answer })}
          onClose={onClose}
        />
      );
    case 'disconnect':
      return (
        <DisconnectDialog
          handle={open.account.handle}
          priceCents={open.account.priceCents}
          isMonthOver={isMonthOver(open.account.nextRenewalAt)}
          disconnect={(answer) => onLease(open.account.leaseId, 'disconnect', answer)}
          onClose={onClose}
        />
      );
    case 'release':
      return (
        <ReleaseDialog
          handle={open.account.handle}
          partner={request.partner.name}
          release={(reason) => onLease(open.account.leaseId, 'release', { reason })}
          onClose={onClose}
        />
      );
    case 'withdraw':
      return (
        <WithdrawDialog
          note={open.note}
          withdraw={() => onRequest('withdrawNote', { noteId: open.note.id })}
          onClose={onClose}
        />
      );
    default:
      return null;
  }
};
