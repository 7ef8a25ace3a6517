import React from 'react';
import { postRecordAction } from '../../lib/actions.js';
import { formatCode, formatCount, getTone, unblockReasonNames } from '../../lib/format.js';
import type { UnblockReason } from '../../lib/types.js';
import type { Command } from '../../lib/commands.js';
import { CommandButton } from '../../ui/command-bar.js';
import { useAction } from '../../lib/use-action.js';
import { Moment } from '../../ui/times.js';
import type { RequestView } from './types.js';
import { getRequestMutationKey } from './use-request.js';
import { formatCalendarDay } from '../../lib/times.js';

export const UnblockedStrip: React.FC<{ reason: UnblockReason }> = ({ reason }) => (
  <section className="lc-strip woke" aria-label="Unblocked">
    <b>Unblocked</b>
    <span>The blocker was removed automatically: {unblockReasonNames[reason]}.</span>
  </section>
);

/** What the partner replied and nobody has read. Nothing is assigned before. */
export const ReplyStrip: React.FC<{ view: RequestView; command: Command; isBusy: boolean; now: number }> = (props) => {
  const { view, command, isBusy, now } = props;
  const replies = getUnreadReplies(view);
  if (replies.length === 0) return null;
  return (
    <section className="lc-reply" aria-labelledby="unread-reply">
      <h2 id="unread-reply">
        {replies.length === 1 ? 'The partner replied' : `The partner replied ${replies.length} times`}
      </h2>
      {replies.map(({ id, body, createdAt }) => (
        <div key={id} className="lc-quote partner">
          <Moment iso={createdAt} now={now} age className="lc-faint" />
          <div className="lc-prose" dir="auto">
            {body}
          </div>
        </div>
      ))}
      {command.enabled && (
        <CommandButton command={command} busy={isBusy}>
          I have read it
        </CommandButton>
      )}
    </section>
  );
};

/** Oldest first. */
export function getUnreadReplies({ request: { unreadReplyId }, notes }: RequestView) {
  return notes
    .filter(({ id, author }) => unreadReplyId !== null && author.kind === 'partner' && id >= unreadReplyId)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface BlockerStripProps {
  view: RequestView;
  now: number;
  isBusy: boolean;
  onError: (error: Error) => void;
}

/** The blocker, with the note that set it. */
export const BlockerStrip: React.FC<BlockerStripProps> = ({ view, now, isBusy, onError }) => {
  const { id, blocker, version, count, assignedCount } = view.request;
  const { run: clearBlocker } = useAction(() => postRecordAction('lease-requests', id, 'clearBlocker', { version }), {
    mutationKey: getRequestMutationKey(id),
    onError,
  });
  if (!blocker) return null;
  const { kind, since, lookAgainOn } = blocker;
  const note = findBlockingNote(view);
  return (
    <section className={`lc-strip ${getTone(kind)}`} aria-label="Blocker">
      <b>▲ {formatCode(kind)}</b>
      <span className="lc-nowrap">
        since <Moment iso={since} now={now} /> · {formatCount(count - assignedCount, 'account')} waiting
        {lookAgainOn && ` · look again on ${formatCalendarDay(lookAgainOn)}`}
      </span>
      <span className="lc-grow lc-ellipsis" title={note?.body}>
        {note && (
          <>
            “<bdi>{note.body}</bdi>”
          </>
        )}
      </span>
      {note && <span className="lc-nowrap">{note.visibility === 'partner' ? 'visible to partner' : 'internal'}</span>}
      {view.may.clearBlocker && (
        <button type="button" className="lc-btn small" onClick={() => clearBlocker()} disabled={isBusy}>
          Clear blocker
        </button>
      )}
    </section>
  );
};

/** The newest note that still blocks. */
function findBlockingNote({ request: { blocker }, notes }: RequestView) {
  return [...notes]
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
    .find((note) => note.blocker === blocker?.kind && note.retiredAt === null && note.withdrawnAt === null);
}
