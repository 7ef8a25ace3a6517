import React, { useState, type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { blockerNames, formatBalance, formatCount, formatHandle, getTone } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { toNameOrYou, useStaff } from '../../lib/staff.js';
import { Card, Chip } from '../../ui/elements.js';
import { Moment } from '../../ui/times.js';
import { LeaseActions, type LeaseHandlers } from './lease-actions.js';
import { getTimelineEntries, type TimelineEntry } from './timeline-entries.js';
import type { AssignedAccount, RequestEvent, RequestNote, RequestView } from './types.js';

interface TimelineProps extends LeaseHandlers {
  view: RequestView;
  now: number;
  onWithdraw: (note: RequestNote) => void;
  onShow: (note: RequestNote) => void;
}

/** What happened to the request, newest first, with what can still be undone. */
export const Timeline: React.FC<TimelineProps> = (props) => {
  const [onlyNotes, setOnlyNotes] = useState(false);
  const entries = getTimelineEntries(props.view).filter(({ kind }) => !onlyNotes || kind === 'note');
  return (
    <Card
      title="What happened"
      aside={
        <button type="button" className="lc-link" aria-pressed={onlyNotes} onClick={() => setOnlyNotes(!onlyNotes)}>
          {onlyNotes ? 'everything' : 'only notes'}
        </button>
      }
    >
      {entries.length === 0 && <div className="lc-muted">No notes yet.</div>}
      <ol className="lc-timeline">
        {entries.map((entry) => (
          <Entry key={entry.key} entry={entry} {...props} />
        ))}
      </ol>
    </Card>
  );
};

const Entry: React.FC<TimelineProps & { entry: TimelineEntry }> = (props) => {
  const { entry, now } = props;
  const age = <Moment iso={entry.at} now={now} age className="lc-faint" />;
  switch (entry.kind) {
    case 'asked':
      return (
        <li className="ask">
          <b>Partner</b> asked for {formatCount(entry.request.count, 'account')} · {age}
        </li>
      );
    case 'note':
      return <NoteEntry {...props} note={entry.note} age={age} />;
    case 'assigned':
      return <AssignmentEntry {...props} account={entry.account} age={age} />;
    case 'event':
      return <EventEntry event={entry.event} age={age} />;
  }
};

const EventEntry: React.FC<{ event: RequestEvent; age: ReactNode }> = ({ event, age }) => {
  const staff = useStaff();
  const { actorKind, actorName, text, leaseId, transactionId } = event;
  return (
    <li>
      <b>{actorKind === 'partner_api' ? 'Partner' : toNameOrYou(actorName, staff)}</b> {text} · {age}
      {leaseId && ' · '}
      {leaseId && <Link to={toRecordPath('leases', leaseId)}>lease</Link>}
      {transactionId && ' · '}
      {transactionId && <Link to={toRecordPath('ledger-transfers', transactionId)}>refund</Link>}
    </li>
  );
};

const NoteEntry: React.FC<TimelineProps & { note: RequestNote; age: ReactNode }> = (props) => {
  const { note, age, onShow } = props;
  const staff = useStaff();
  const isFromPartner = note.author.kind === 'partner';
  const isForPartner = note.visibility === 'partner';
  return (
    <li className={isFromPartner ? 'ask' : ''}>
      <b>{isFromPartner ? 'Partner' : toNameOrYou(note.author.name, staff)}</b>{' '}
      {isFromPartner ? 'replied' : isForPartner ? 'added a note visible to the partner' : 'added an internal note'} ·{' '}
      {age}
      {note.blocker && (
        <>
          {' '}
          <Chip tone={note.retiredAt ? '' : getTone(note.blocker)}>
            {note.retiredAt ? 'was blocking: ' : ''}
            {blockerNames[note.blocker].toLowerCase()}
          </Chip>
        </>
      )}
      <div className={`lc-quote ${isForPartner || isFromPartner ? 'partner' : ''} ${note.withdrawnAt ? 'gone' : ''}`}>
        <span className="lc-prose">{note.body}</span>
        {isForPartner && !isFromPartner && (
          <div className="lc-quote-foot">
            <PartnerVisibility {...props} />
          </div>
        )}
        {note.canShow && (
          <div className="lc-quote-foot">
            internal ·{' '}
            <button type="button" className="lc-link" onClick={() => onShow(note)}>
              Make visible…
            </button>
          </div>
        )}
      </div>
    </li>
  );
};

/** Whether the partner still reads a note. */
const PartnerVisibility: React.FC<Pick<TimelineProps, 'now' | 'onWithdraw'> & { note: RequestNote }> = (props) => {
  const { note, now, onWithdraw } = props;
  if (note.withdrawnAt) {
    return (
      <>
        withdrawn <Moment iso={note.withdrawnAt} now={now} />; no longer visible to the partner
      </>
    );
  }
  if (note.retiredAt) return <>retired with its blocker; no longer visible to the partner</>;
  return (
    <>
      visible to partner
      {note.canWithdraw && (
        <>
          {' · '}
          <button type="button" className="lc-link" onClick={() => onWithdraw(note)}>
            Withdraw…
          </button>
        </>
      )}
    </>
  );
};

const AssignmentEntry: React.FC<TimelineProps & { account: AssignedAccount; age: ReactNode }> = (props) => {
  const { account, age } = props;
  const staff = useStaff();
  const { leaseId, socialAccountId, handle, status, assignedBy, transactionId, priceCents } = account;
  return (
    <li className={status === 'undone' ? 'paid gone' : 'paid'}>
      <b>{toNameOrYou(assignedBy, staff)}</b> assigned{' '}
      <Link to={toRecordPath('social-accounts', socialAccountId)}>{formatHandle(handle)}</Link>
      {' · '}
      <Link className="lc-nowrap" to={toRecordPath('ledger-transfers', transactionId)}>
        {formatBalance(-priceCents)}
      </Link>
      {' · '}
      {age} · <Link to={toRecordPath('leases', leaseId)}>lease</Link>
      <div>
        <LeaseActions {...props} />
      </div>
    </li>
  );
};
