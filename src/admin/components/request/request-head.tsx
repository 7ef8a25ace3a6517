import React from 'react';
import { Link } from 'react-router-dom';
import { ActionButton, Chip, CopyButton } from '../kit/parts.js';
import type { Fulfil, RequestStatus } from '../kit/shapes.js';
import { Moment } from '../kit/times.js';
import { inWords, outcomeNames, toneOf } from '../kit/words.js';
import { closeShortHindrance, rejectHindrance } from './availability.js';

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
              Close short…
            </ActionButton>
            <ActionButton onClick={props.onReject} unavailable={rejectHindrance(fulfil, role)} busy={busy}>
              Reject…
            </ActionButton>
          </>
        )}
      </div>
    </header>
  );
};

/** What the request waits for, with the note that says so. */
export const BlockerStrip: React.FC<{
  fulfil: Fulfil;
  now: number;
  busy: boolean;
  onClear: () => void;
}> = ({ fulfil: { request, notes, may }, now, busy, onClear }) => {
  if (!request.blocker) return null;
  const { kind, since } = request.blocker;
  const note = [...notes]
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
    .find((one) => one.blocker === kind && one.retiredAt === null && one.withdrawnAt === null);
  return (
    <section className={`lc-strip ${toneOf(kind)}`} aria-label="Blocker">
      <b>▲ {inWords(kind)}</b>
      <span className="lc-nowrap">
        since <Moment iso={since} now={now} />
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
