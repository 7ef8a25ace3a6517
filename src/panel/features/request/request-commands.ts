import type { Command } from '../../lib/commands.js';
import { useStaff } from '../../lib/staff.js';
import {
  getAssignDisabledReason,
  getCloseShortDisabledReason,
  getNotAllowedReason,
  getRejectDisabledReason,
} from './disabled-reasons.js';
import type { AssignedAccount, Candidate, RequestView } from './types.js';

interface RequestHandlers {
  move: (by: number) => void;
  toggleMark: () => void;
  markBest: () => void;
  assign: () => void;
  toggleClaim: () => void;
  note: () => void;
  readReply: () => void;
  undo: (account: AssignedAccount) => void;
  closeShort: () => void;
  reject: () => void;
  searchPool: () => void;
  goToNext: () => void;
  goBack: () => void;
}

export interface RequestCommands {
  /** In the order of the bar at the foot. */
  all: Command[];
  assign: Command;
  claim: Command;
  note: Command;
  readReply: Command;
  closeShort: Command;
  reject: Command;
  searchPool: Command;
  next: Command;
}

/**
 * @param view undefined while it is read
 * @param chosen what is assigned next
 * @param noBestReason why the best accounts cannot be marked; null where some can be, or are
 */
export function useRequestCommands(
  view: RequestView | undefined,
  chosen: Candidate[],
  noBestReason: string | null,
  handlers: RequestHandlers,
): RequestCommands {
  const { role } = useStaff();
  const isOpen = view?.request.status === 'requested';
  const assignedCount = view?.request.assignedCount ?? 0;
  const mayAssign = isOpen && view.may.assign;
  const mayClose = isOpen && view.may.note;
  const undoable = view && findNewestUndoable(view);

  const assign: Command = {
    id: 'assign',
    keys: ['a'],
    label: 'assign',
    enabled: mayAssign,
    disabledReason:
      (view && getAssignDisabledReason(view, role)) ?? (chosen.length > 0 ? null : 'Choose an account first.'),
    run: handlers.assign,
  };
  const claim: Command = {
    id: 'claim',
    keys: ['c'],
    label: 'claim',
    enabled: view?.may.claim ?? false,
    disabledReason: view && !view.may.claim ? getNotAllowedReason(view, role) : null,
    run: handlers.toggleClaim,
  };
  const note: Command = {
    id: 'note',
    keys: ['n'],
    label: 'note',
    description: 'write a note; again, after Esc: who reads it',
    enabled: view?.may.note ?? false,
    disabledReason: view && !view.may.note ? getNotAllowedReason(view, role) : null,
    run: handlers.note,
  };
  const readReply: Command = {
    id: 'read-reply',
    keys: ['r'],
    label: 'reply is read',
    enabled: (view?.may.note ?? false) && view?.request.unreadReplyId != null,
    run: handlers.readReply,
  };
  const closeShort: Command = {
    id: 'close-short',
    keys: ['e'],
    label: 'close short',
    enabled: mayClose && assignedCount > 0,
    disabledReason: view && getCloseShortDisabledReason(view, role),
    run: handlers.closeShort,
  };
  const reject: Command = {
    id: 'reject',
    keys: ['e'],
    label: 'reject',
    enabled: mayClose && assignedCount === 0,
    disabledReason: view && getRejectDisabledReason(view, role),
    run: handlers.reject,
  };
  const searchPool: Command = {
    id: 'search-pool',
    keys: ['/'],
    label: 'search the pool',
    description: 'search the pool; Esc empties the field and leaves it',
    enabled: isOpen,
    run: handlers.searchPool,
  };
  const next: Command = { id: 'next', keys: [']'], label: 'next request', run: handlers.goToNext };
  const all: Command[] = [
    {
      id: 'move',
      keys: ['j', 'k'],
      aliases: ['ArrowDown', 'ArrowUp'],
      label: 'move',
      enabled: view && isSelectable(view),
      repeats: true,
      run: (key) => handlers.move(key === 'j' || key === 'ArrowDown' ? 1 : -1),
    },
    {
      id: 'mark',
      keys: [' '],
      label: 'mark',
      enabled: mayAssign,
      disabledReason: view && !mayAssign ? getAssignDisabledReason(view, role) : null,
      run: handlers.toggleMark,
    },
    {
      id: 'mark-best',
      keys: ['m'],
      label: 'mark best',
      description: 'mark the best accounts: as many as are wanted, the wallet covers and the pool has',
      enabled: mayAssign,
      disabledReason: (view && getAssignDisabledReason(view, role)) ?? noBestReason,
      run: handlers.markBest,
    },
    readReply,
    assign,
    claim,
    note,
    {
      id: 'undo',
      keys: ['u'],
      label: 'undo',
      enabled: undoable !== undefined,
      disabledReason: view && !undoable ? 'No assignment of this request can be undone.' : null,
      run: () => undoable && handlers.undo(undoable),
    },
    closeShort,
    reject,
    searchPool,
    next,
    { id: 'back', keys: ['Escape'], label: 'back to the queue', run: handlers.goBack },
  ];
  return { all, assign, claim, note, readReply, closeShort, reject, searchPool, next };
}

/**
 * Whether accounts can be selected. Nothing is assigned to a suspended partner, but those who could assign otherwise see the
 * button, and why it is disabled.
 */
export function isSelectable({ request, may }: RequestView): boolean {
  return may.assign || (request.status === 'requested' && request.partner.suspended && may.note);
}

function findNewestUndoable({ assigned }: RequestView): AssignedAccount | undefined {
  return assigned
    .filter(({ canUndo, status }) => canUndo && status !== 'undone' && status !== 'ended')
    .sort((a, b) => Date.parse(b.assignedAt) - Date.parse(a.assignedAt))[0];
}
