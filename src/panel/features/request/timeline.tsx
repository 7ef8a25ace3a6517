import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import { Card, Chip } from '../../ui/elements.js';
import type { AssignedAccount, Fulfil, NoteView, TrailEvent } from '../../lib/types.js';
import { nameOrYou, type Staff } from '../../lib/staff.js';
import { Moment, span } from '../../ui/times.js';
import { at, blockerNames, formatDollars, howMany, toneOf } from '../../lib/format.js';
import { entriesOf, type Entry } from './timeline-entries.js';

export interface TimelineActions {
  onUndo: (account: AssignedAccount) => void;
  onDisconnect: (account: AssignedAccount) => void;
  onRelease: (account: AssignedAccount) => void;
  onReplace: (account: AssignedAccount) => void;
  onWithdraw: (note: NoteView) => void;
}

interface WhatHappenedProps extends TimelineActions {
  fulfil: Fulfil;
  staff: Staff;
  now: number;
  resourcesPath: string;
}

/** The request's story, newest first, with what can still be taken back. */
export const WhatHappened: React.FC<WhatHappenedProps> = (props) => {
  const [onlyNotes, setOnlyNotes] = useState(false);
  const entries = entriesOf(props.fulfil).filter((entry) => !onlyNotes || entry.kind === 'note');
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
      <ol className="lc-times">
        {entries.map((entry) => (
          <EntryLine key={entry.key} entry={entry} {...props} />
        ))}
      </ol>
    </Card>
  );
};

const EntryLine: React.FC<WhatHappenedProps & { entry: Entry }> = (props) => {
  const { entry, now, staff } = props;
  const when = <Moment iso={entry.at} now={now} age className="lc-faint" />;
  switch (entry.kind) {
    case 'asked':
      return (
        <li className="ask">
          <b>Partner</b> asked for {entry.request.count} {when}
        </li>
      );
    case 'note':
      return <NoteLine {...props} note={entry.note} when={when} />;
    case 'assigned':
      return <AssignedLine {...props} account={entry.account} when={when} />;
    case 'event':
      return (
        <li>
          <b>{entry.event.actorKind === 'partner_api' ? 'Partner' : nameOrYou(entry.event.actorName, staff)}</b>{' '}
          {entry.event.text} {when} <EventLinks event={entry.event} resourcesPath={props.resourcesPath} />
        </li>
      );
  }
};

/** To the lease that an event is about, and to the money that came back. */
const EventLinks: React.FC<{ event: TrailEvent; resourcesPath: string }> = ({ event, resourcesPath }) => (
  <>
    {event.leaseId && <Link to={`${resourcesPath}/leases/records/${event.leaseId}/show`}>lease</Link>}
    {event.leaseId && event.transactionId && ' · '}
    {event.transactionId && (
      <Link to={`${resourcesPath}/ledger-transfers/records/${event.transactionId}/show`}>refund</Link>
    )}
  </>
);

const NoteLine: React.FC<WhatHappenedProps & { note: NoteView; when: React.ReactNode }> = (props) => {
  const { note, when, staff, onWithdraw } = props;
  const fromPartner = note.author.kind === 'partner';
  const forPartner = note.visibility === 'partner';
  return (
    <li className={fromPartner ? 'ask' : ''}>
      <b>{fromPartner ? 'Partner' : nameOrYou(note.author.name, staff)}</b>{' '}
      {fromPartner ? 'replied' : forPartner ? 'wrote to the partner' : 'added an internal note'} {when}
      {note.blocker && (
        <>
          {' '}
          <Chip tone={note.retiredAt ? '' : toneOf(note.blocker)}>
            {note.retiredAt ? 'was blocking: ' : ''}
            {blockerNames[note.blocker].toLowerCase()}
          </Chip>
        </>
      )}
      <div className={`lc-quote ${forPartner || fromPartner ? 'partner' : ''} ${note.withdrawnAt ? 'gone' : ''}`}>
        <span className="lc-prose">{note.body}</span>
        {forPartner && !fromPartner && (
          <div className="lc-quote-foot">
            {note.withdrawnAt ? (
              <>
                withdrawn <Moment iso={note.withdrawnAt} now={props.now} />, the partner reads it no more
              </>
            ) : note.retiredAt ? (
              'retired with its blocker, the partner reads it no more'
            ) : (
              <>
                the partner reads this
                {note.canWithdraw && (
                  <>
                    {' · '}
                    <button type="button" className="lc-link" onClick={() => onWithdraw(note)}>
                      Withdraw…
                    </button>
                  </>
                )}
              </>
            )}
          </div>
        )}
      </div>
    </li>
  );
};

const AssignedLine: React.FC<WhatHappenedProps & { account: AssignedAccount; when: React.ReactNode }> = (props) => {
  const { account, when, staff, now, resourcesPath } = props;
  return (
    <li className={account.status === 'undone' ? 'paid gone' : 'paid'}>
      <b>{nameOrYou(account.assignedBy, staff)}</b> assigned{' '}
      <Link to={`${resourcesPath}/social-accounts/records/${account.socialAccountId}/show`}>{at(account.handle)}</Link>
      {' · '}
      <Charge account={account} resourcesPath={resourcesPath} /> {when}{' '}
      <Link to={`${resourcesPath}/leases/records/${account.leaseId}/show`}>lease</Link>
      <div>
        <TakeBack {...props} account={account} now={now} />
      </div>
    </li>
  );
};

const Charge: React.FC<{ account: AssignedAccount; resourcesPath: string }> = ({ account, resourcesPath }) => {
  const amount = `−${formatDollars(account.priceCents)}`;
  if (!account.transactionId) return <span className="lc-nowrap">{amount}</span>;
  return (
    <Link className="lc-nowrap" to={`${resourcesPath}/ledger-transfers/records/${account.transactionId}/show`}>
      {amount}
    </Link>
  );
};

/** What can still be done about one assignment, and for how long. */
export const TakeBack: React.FC<
  Pick<WhatHappenedProps, 'fulfil' | 'now' | 'onUndo' | 'onDisconnect' | 'onRelease' | 'onReplace'> & {
    account: AssignedAccount;
  }
> = ({ account, fulfil, now, onUndo, onDisconnect, onRelease, onReplace }) => {
  const live = account.status === 'active' || account.status === 'past_due';
  const left = account.undoUntil === null ? null : Date.parse(account.undoUntil) - now;
  const undoable = account.canUndo && live && (left === null || left > 0);
  const ends = live && fulfil.may.disconnect;
  const offered = [
    !live && <span className="lc-faint">{endOf(account)}</span>,
    undoable && (
      <span className="lc-nowrap">
        <Deed name="Undo" account={account} onClick={onUndo} />
        {left !== null && <span className="lc-faint"> for {moreTime(left)}</span>}
      </span>
    ),
    account.canReplace && <Deed name="Replace" account={account} onClick={onReplace} />,
    ends && <Deed name="Disconnect" account={account} onClick={onDisconnect} />,
    // Others release their accounts themselves.
    ends && fulfil.request.partner.suspended && <Deed name="Release" account={account} onClick={onRelease} />,
  ].filter((one) => one !== false);
  return (
    <>
      {offered.map((one, index) => (
        <React.Fragment key={index}>
          {index > 0 && ' · '}
          {one}
        </React.Fragment>
      ))}
    </>
  );
};

const Deed: React.FC<{ name: string; account: AssignedAccount; onClick: (account: AssignedAccount) => void }> = (
  props,
) => (
  <button
    type="button"
    className="lc-link"
    onClick={() => props.onClick(props.account)}
    aria-label={`${props.name} ${at(props.account.handle)}…`}
  >
    {props.name}…
  </button>
);

function moreTime(left: number): string {
  const minutes = Math.max(1, Math.round(left / 60_000));
  return minutes <= 60 ? howMany(minutes, 'more minute') : `${span(left)} more`;
}

const endings: Record<string, string> = {
  released_by_partner: 'released by the partner',
  billing_exhausted: 'ended: the wallet could not pay',
  removed_by_layers: 'disconnected by us',
  replaced: 'replaced',
};

export function endOf(account: AssignedAccount): string {
  if (account.status === 'undone') return 'undone, the charge was refunded';
  return account.endReason ? (endings[account.endReason] ?? account.endReason) : 'ended';
}
