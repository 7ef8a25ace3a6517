import React from 'react';
import { Link } from 'react-router-dom';
import { getTone, outcomeNames } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { formatClockTime, formatDuration, formatUtc } from '../../lib/times.js';
import type { LeaseRequestStatus } from '../../lib/types.js';
import { CommandButton } from '../../ui/command-bar.js';
import { formatDue, formatDueTitle } from '../../ui/due.js';
import { Chip, CopyButton } from '../../ui/elements.js';
import { Moment } from '../../ui/times.js';
import { getQueuePath } from '../queue/saved-position.js';
import { findOtherClaim, findOwnClaim } from './disabled-reasons.js';
import type { RequestCommands } from './request-commands.js';
import type { RequestView } from './types.js';

interface RequestHeadProps {
  view: RequestView;
  commands: RequestCommands;
  now: number;
  isBusy: boolean;
  onUnclaim: () => void;
  onTakeOver: () => void;
}

const closingNames: Record<LeaseRequestStatus, string> = {
  requested: 'open since',
  assigned: 'complete',
  partial: 'closed short',
  rejected: 'rejected',
};

/** Who asked for what, its state, and the buttons that end it. */
export const RequestHead: React.FC<RequestHeadProps> = (props) => {
  const { view, commands, isBusy } = props;
  const { request, may } = view;
  const { partner } = request;
  const isOpen = request.status === 'requested';
  return (
    <header className="lc-head">
      <div className="lc-grow">
        <nav className="lc-crumbs" aria-label="Breadcrumb">
          <Link to={getQueuePath()}>Queue</Link>
          <span aria-hidden="true"> › </span>
          <Link to={toRecordPath('organizations', partner.id)}>
            <bdi>{partner.name}</bdi>
          </Link>
          <span aria-hidden="true"> › </span>
          <span className="lc-mono-like">{request.id}</span> <CopyButton text={request.id} />
        </nav>
        <div className="lc-title">
          <h1>
            {request.count} × <bdi>{request.vertical}</bdi> for <bdi>{partner.name}</bdi>
          </h1>
          <Chip tone={isOpen ? '' : getTone(request.status)}>{request.status}</Chip>
          {isOpen && <DueChip {...props} />}
          {isOpen && <ClaimState {...props} />}
          {partner.suspended && <Chip tone="bad">partner suspended</Chip>}
        </div>
        <Origin {...props} />
      </div>
      <div className="lc-row lc-head-actions">
        {may.note && <CommandButton command={commands.note}>Note</CommandButton>}
        {isOpen && may.note && (
          <>
            <CommandButton command={commands.closeShort} busy={isBusy}>
              Close short…
            </CommandButton>
            <CommandButton command={commands.reject} busy={isBusy}>
              Reject…
            </CommandButton>
          </>
        )}
        <CommandButton command={commands.next}>Next</CommandButton>
      </div>
    </header>
  );
};

/** By whom and when it was asked, when it is due, and when it was closed. */
const Origin: React.FC<RequestHeadProps> = ({ view: { request }, now }) => (
  <p>
    <bdi>{request.project.name}</bdi> · submitted <Moment iso={request.submittedAt} now={now} /> with key “
    <bdi>{request.apiKeyName}</bdi>”
    {request.requestId !== request.id && (
      <>
        {' '}
        · partner’s ID {request.requestId} <CopyButton text={request.requestId} />
      </>
    )}
    {request.status === 'requested' && <DueTime request={request} now={now} />}
    {request.closedAt && (
      <>
        {' '}
        · {closingNames[request.status]} <Moment iso={request.closedAt} now={now} />
        {request.outcomeReason && ` (${outcomeNames[request.outcomeReason].toLowerCase()})`}
      </>
    )}
  </p>
);

const DueChip: React.FC<RequestHeadProps> = ({ view: { request }, now }) => {
  const { text, tone } = formatDue(request, now);
  return (
    <Chip tone={tone} title={formatDueTitle(request, now)}>
      {tone === 'bad' && '▲ '}
      {request.pausedAt ? 'SLA paused' : text}
    </Chip>
  );
};

const DueTime: React.FC<{ request: RequestView['request']; now: number }> = ({ request, now }) => {
  const { dueAt, pausedAt, pausedMs } = request;
  if (!dueAt) return null;
  if (pausedAt) {
    return (
      <>
        {' '}
        · SLA paused since <Moment iso={pausedAt} now={now} />
      </>
    );
  }
  return (
    <>
      {' '}
      · due <Moment iso={dueAt} now={now} />
      {pausedMs >= 60_000 && ` (SLA was paused for ${formatDuration(pausedMs)})`}
    </>
  );
};

/** Who holds the request until when, and the way to change that. */
const ClaimState: React.FC<RequestHeadProps> = ({ view, commands, now, onUnclaim, onTakeOver }) => {
  const otherClaim = findOtherClaim(view, now);
  if (otherClaim) {
    return (
      <>
        <Chip tone="warn" title={formatUtc(otherClaim.until)}>
          claimed by <bdi>{otherClaim.name}</bdi> until {formatClockTime(Date.parse(otherClaim.until))}
        </Chip>
        {view.may.claim && (
          <button type="button" className="lc-link" onClick={onTakeOver}>
            Take over…
          </button>
        )}
      </>
    );
  }
  const ownClaim = findOwnClaim(view, now);
  if (ownClaim) {
    return (
      <>
        <Chip tone="blue" title={formatUtc(ownClaim.until)}>
          claimed by you until {formatClockTime(Date.parse(ownClaim.until))}
        </Chip>
        <button type="button" className="lc-link" onClick={onUnclaim}>
          Unclaim
        </button>
      </>
    );
  }
  if (!view.may.claim) return null;
  return (
    <CommandButton command={commands.claim} className="small">
      Claim
    </CommandButton>
  );
};
