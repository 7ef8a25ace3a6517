import React from 'react';
import { blockerNames, getTone, unblockReasonNames } from '../../lib/format.js';
import { getInitials } from '../../lib/staff.js';
import { formatClockTime, formatDuration, formatMoment, formatUtc } from '../../lib/times.js';
import type { QueueRow } from '../../lib/types.js';
import { Chip } from '../../ui/elements.js';
import { Moment } from '../../ui/times.js';

const MAX_COUNTRIES = 3;

/** Vertical, language and countries; many countries become a number with the rest on hover. */
export const WishChips: React.FC<{ row: Pick<QueueRow, 'vertical' | 'language' | 'geo'> }> = ({ row }) => {
  const countries = row.geo ?? [];
  const shown = countries.slice(0, MAX_COUNTRIES).join(' ');
  const more = countries.length - MAX_COUNTRIES;
  return (
    <span className="lc-chips">
      <Chip title={row.vertical}>{row.vertical}</Chip>
      <Chip title={row.language ? undefined : 'any language'}>{row.language ?? 'any language'}</Chip>
      <Chip title={countries.join(', ') || 'any country'}>
        {countries.length === 0 ? 'any' : more > 0 ? `${shown} +${more}` : shown}
      </Chip>
    </span>
  );
};

/** How many of the wanted accounts the wallet pays for. */
export const Coverage: React.FC<{ wanted: number; covers: number }> = ({ wanted, covers }) => {
  if (covers >= wanted) return <span className="lc-muted">all {wanted}</span>;
  if (covers <= 0) return <Chip tone="bad">none</Chip>;
  return (
    <Chip tone="warn">
      {covers} of {wanted}
    </Chip>
  );
};

export const PoolFits: React.FC<{ wanted: number; fits: number }> = ({ wanted, fits }) => {
  if (fits === 0) return <Chip tone="bad">none</Chip>;
  const shown = fits > 100 ? '100+' : fits;
  return fits < wanted ? <Chip tone="warn">{shown}</Chip> : <>{shown}</>;
};

/** What holds the request up, or why nothing does any more. */
export const BlockerChip: React.FC<{ row: QueueRow; now: number }> = ({ row, now }) => {
  if (row.blocker) {
    const { kind, since, lookAgainOn } = row.blocker;
    const wanted = row.count - row.assignedCount;
    const again = lookAgainOn ? ` · look again on ${lookAgainOn}` : '';
    const title = `holds up ${wanted} since ${formatMoment(since, now)} · ${formatUtc(since)}${again}`;
    return (
      <Chip tone={getTone(kind)} title={title}>
        <span className="lc-ellipsis">{blockerNames[kind]}</span>
        <span className="lc-stays"> · {wanted}</span>
      </Chip>
    );
  }
  if (row.wokeBecause) {
    const text = `Woke: ${unblockReasonNames[row.wokeBecause]}`;
    return (
      <Chip tone="blue" title={text}>
        {text}
      </Chip>
    );
  }
  return null;
};

export const ClaimHolder: React.FC<{ claim: QueueRow['claimedBy']; now: number }> = ({ claim, now }) => {
  if (!claim || Date.parse(claim.until) <= now) return <span className="lc-faint">—</span>;
  const { name, mine, until } = claim;
  const untilMs = Date.parse(until);
  return (
    <span className="lc-held" title={`${name}, until ${formatClockTime(untilMs)} · ${formatUtc(until)}`}>
      <span className="lc-who" aria-hidden="true">
        {getInitials(name)}
      </span>
      <span className="lc-faint lc-ellipsis">{mine ? 'you' : getFirstName(name)}</span>
      <span className="lc-faint lc-nowrap">, {formatDuration(untilMs - now)}</span>
    </span>
  );
};

/** Of an email address, where there is no name, the part before the `@`. */
function getFirstName(name: string): string {
  return name.split(/[\s@]/)[0] ?? name;
}

type Note = NonNullable<QueueRow['lastNote']>;

/** The last note below the blocker, where there is no room for a column of notes. */
export const ShortNote: React.FC<{ note: Note }> = ({ note }) => (
  <span
    className="lc-narrow-only lc-note-in-short lc-faint lc-ellipsis"
    dir="auto"
    title={`${note.body} — ${note.author}`}
  >
    {note.body}
  </span>
);

export const LastNote: React.FC<{ note: Note | null; now: number }> = ({ note, now }) => {
  if (!note) return <span className="lc-faint">—</span>;
  return (
    <span className="lc-last-note" title={note.body}>
      <span className="lc-ellipsis" dir="auto">
        {note.body}
      </span>
      <span className="lc-faint lc-ellipsis">
        {note.author} · <Moment iso={note.at} now={now} age />
      </span>
    </span>
  );
};
