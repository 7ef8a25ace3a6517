import React from 'react';
import { Link } from 'react-router-dom';
import { dueInWords, dueTitle } from '../../ui/due.js';
import { ActionButton, Chip, CopyButton } from '../../ui/elements.js';
import type { Fulfil, RequestStatus, WakeReason } from '../../lib/types.js';
import { clock, inUtc, Moment, span } from '../../ui/times.js';
import { howMany, inWords, outcomeNames, toneOf, wakeNames } from '../../lib/format.js';
import { closeShortHindrance, holderOf, rejectHindrance } from './availability.js';

interface RequestHeadProps {
  fulfil: Fulfil;
  role: string;
  now: number;
  busy: boolean;
  queuePath: string;
  resourcesPath: string;
  onNote: () => void;
  onCloseShort: () => void;
  onReject: () => void;
  onNext: () => void;
  onClaim: () => void;
  onLetGo: () => void;
  onTakeOver: () => void;
}

const endings: Record<RequestStatus, string> = {
  requested: 'open since',
  assigned: 'complete',
  partial: 'closed short',
  rejected: 'rejected',
};

/** Who asked for what, how it stands, and the buttons that end it. */
export const RequestHead: React.FC<RequestHeadProps> = (props) => {
  const { fulfil, role, now, busy, queuePath, resourcesPath } = props;
  const { request, may } = fulfil;
  const open = request.status === 'requested';
  return (
    <header className="lc-head">
      <div className="lc-grow">
        <nav className="lc-crumbs" aria-label="Where this is">
          <Link to={queuePath}>Queue</Link>
          <span aria-hidden="true"> › </span>
          <Link to={`${resourcesPath}/organizations/records/${request.partner.id}/show`}>{request.partner.name}</Link>
          <span aria-hidden="true"> › </span>
          <span className="lc-mono-like">{request.id}</span> <CopyButton text={request.id} />
        </nav>
        <div className="lc-title">
          <h1>
            {request.count} × {request.vertical} for {request.partner.name}
          </h1>
          <Chip tone={open ? '' : toneOf(request.status)}>{request.status}</Chip>
          {open && <DueChip {...props} />}
          {open && <ClaimState {...props} />}
          {request.partner.suspended && <Chip tone="bad">partner suspended</Chip>}
        </div>
        <p>
          {request.project.name} · asked <Moment iso={request.submittedAt} now={now} /> with key “{request.apiKeyName}”
          {request.requestId !== request.id && (
            <>
              {' '}
              · their id {request.requestId} <CopyButton text={request.requestId} />
            </>
          )}
          {open && <DueLine {...props} />}
          {request.closedAt && (
            <>
              {' '}
              · {endings[request.status]} <Moment iso={request.closedAt} now={now} />
              {request.outcomeReason && ` (${outcomeNames[request.outcomeReason].toLowerCase()})`}
            </>
          )}
        </p>
      </div>
      <div className="lc-row lc-head-actions">
        {may.note && (
          <ActionButton onClick={props.onNote}>
            Note <kbd>n</kbd>
          </ActionButton>
        )}
        {open && may.note && (
          <>
            <ActionButton onClick={props.onCloseShort} unavailable={closeShortHindrance(fulfil, role)} busy={busy}>
              Close short… {request.assignedCount > 0 && <kbd>e</kbd>}
            </ActionButton>
            <ActionButton onClick={props.onReject} unavailable={rejectHindrance(fulfil, role)} busy={busy}>
              Reject… {request.assignedCount === 0 && <kbd>e</kbd>}
            </ActionButton>
          </>
        )}
        <ActionButton onClick={props.onNext}>
          Next <kbd>]</kbd>
        </ActionButton>
      </div>
    </header>
  );
};

const DueChip: React.FC<RequestHeadProps> = ({ fulfil: { request }, now }) => {
  const { words, haste } = dueInWords(request, now);
  return (
    <Chip tone={haste} title={dueTitle(request, now)}>
      {haste === 'bad' && '▲ '}
      {request.pausedAt ? 'clock paused' : words}
    </Chip>
  );
};

const DueLine: React.FC<RequestHeadProps> = ({ fulfil: { request }, now }) => {
  const { dueAt, pausedAt, pausedMs } = request;
  if (!dueAt) return null;
  if (pausedAt) {
    return (
      <>
        {' '}
        · the clock stands still since <Moment iso={pausedAt} now={now} />
      </>
    );
  }
  return (
    <>
      {' '}
      · due <Moment iso={dueAt} now={now} />
      {pausedMs >= 60_000 && ` (clock paused ${span(pausedMs)})`}
    </>
  );
};

/** Who holds the request until when, and what one can do about it. */
const ClaimState: React.FC<RequestHeadProps> = (props) => {
  const { fulfil, now, onClaim, onLetGo, onTakeOver } = props;
  const { claim } = fulfil.request;
  const holder = holderOf(fulfil, now);
  if (holder) {
    return (
      <>
        <Chip tone="warn" title={inUtc(holder.until)}>
          {holder.name} holds it until {clock(Date.parse(holder.until))}
        </Chip>
        {fulfil.may.claim && (
          <button type="button" className="lc-link" onClick={onTakeOver}>
            Take over…
          </button>
        )}
      </>
    );
  }
  if (claim?.mine && Date.parse(claim.until) > now) {
    return (
      <>
        <Chip tone="blue" title={inUtc(claim.until)}>
          you hold it until {clock(Date.parse(claim.until))}
        </Chip>
        <button type="button" className="lc-link" onClick={onLetGo}>
          Let go
        </button>
      </>
    );
  }
  if (!fulfil.may.claim) return null;
  return (
    <button type="button" className="lc-btn small" onClick={onClaim}>
      Claim <kbd>c</kbd>
    </button>
  );
};

/** Why the request woke, for as long as one looks at it. */
export const WokeStrip: React.FC<{ because: WakeReason }> = ({ because }) => (
  <section className="lc-strip woke" aria-label="Woke">
    <b>It can go on</b>
    <span>The blocker ended by itself: {wakeNames[because]}.</span>
  </section>
);

/** What the request waits for, with the note that says so. */
export const BlockerStrip: React.FC<{
  fulfil: Fulfil;
  now: number;
  busy: boolean;
  onClear: () => void;
}> = ({ fulfil: { request, notes, may }, now, busy, onClear }) => {
  if (!request.blocker) return null;
  const { kind, since, lookAgainOn } = request.blocker;
  const note = [...notes]
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
    .find((one) => one.blocker === kind && one.retiredAt === null && one.withdrawnAt === null);
  return (
    <section className={`lc-strip ${toneOf(kind)}`} aria-label="Blocker">
      <b>▲ {inWords(kind)}</b>
      <span className="lc-nowrap">
        since <Moment iso={since} now={now} /> · holds up {howMany(request.count - request.assignedCount, 'account')}
        {lookAgainOn && ` · look again on ${dayInWords(lookAgainOn)}`}
      </span>
      <span className="lc-grow lc-ellipsis" title={note?.body}>
        {note && `“${note.body}”`}
      </span>
      {note && (
        <span className="lc-nowrap">{note.visibility === 'partner' ? 'the partner reads this' : 'internal'}</span>
      )}
      {may.clearBlocker && (
        <button type="button" className="lc-btn small" onClick={onClear} disabled={busy}>
          Clear blocker
        </button>
      )}
    </section>
  );
};

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

function dayInWords(day: string): string {
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}
