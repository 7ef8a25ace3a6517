import React, { type ReactNode } from 'react';
import { formatCountry, formatLanguage } from '../../../core/display-names.js';
import { sentence } from '../../../core/sentence.js';
import { blockerNames, formatBoundedCount, formatPart, getTone, unblockReasonNames } from '../../lib/format.js';
import { getInitials } from '../../lib/staff.js';
import { formatClockTime, formatDuration, formatMoment, formatUtc } from '../../lib/times.js';
import type { QueueRow } from '../../lib/types.js';
import { Chip } from '../../ui/elements.js';
import { Moment } from '../../ui/times.js';

const MAX_COUNTRIES = 2;

/** Vertical, language and countries; many countries become a number with the rest on hover. */
export const WishChips: React.FC<{ row: Pick<QueueRow, 'vertical' | 'language' | 'geo'> }> = ({ row }) => {
  const countries = (row.geo ?? []).map(formatCountry);
  const shown = countries.slice(0, MAX_COUNTRIES).join(', ');
  const more = countries.length - MAX_COUNTRIES;
  return (
    <span className="lc-chips">
      <Chip title={row.vertical}>
        <bdi>{row.vertical}</bdi>
      </Chip>
      <Chip title={row.language ?? undefined}>{row.language ? formatLanguage(row.language) : 'any language'}</Chip>
      <Chip title={countries.join(', ') || undefined}>
        {countries.length === 0 ? 'any country' : more > 0 ? `${shown} +${more}` : shown}
      </Chip>
    </span>
  );
};

interface NetFigure {
  wanted: number;
  /** After earlier requests. */
  net: number;
  /** If there were no other request. */
  alone: number;
}

/** How many of the wanted accounts the wallet pays for, after the partner's earlier requests; `children` stand beside it. */
export const Coverage: React.FC<NetFigure & { children?: ReactNode }> = ({ wanted, net, alone, children }) => {
  const covers = formatPart(net, wanted);
  const coversAlone = formatPart(alone, wanted);
  const title = `The wallet covers ${covers} after this partner’s earlier requests, ${coversAlone} alone`;
  return (
    <span title={net < alone ? title : undefined}>
      {net >= wanted ? (
        <span className="lc-muted">{covers}</span>
      ) : (
        <Chip tone={net === 0 ? 'bad' : 'warn'}>{covers}</Chip>
      )}{' '}
      {children}
      {net < alone && <Alone>{coversAlone} alone</Alone>}
    </span>
  );
};

export const PoolFits: React.FC<NetFigure> = ({ wanted, net, alone }) => {
  const differs = net < alone;
  const shown = net === 0 ? 'none' : formatFits(net);
  const title = `${shown} after earlier requests for the same accounts, ${formatFits(alone)} alone`;
  return (
    <span title={differs ? title : undefined}>
      {net === 0 ? <Chip tone="bad">none</Chip> : net < wanted ? <Chip tone="warn">{shown}</Chip> : shown}
      {differs && <Alone>{formatFits(alone)} alone</Alone>}
    </span>
  );
};

/** The server counts up to 101. */
const formatFits = (fits: number) => formatBoundedCount(fits, 100);

const Alone: React.FC<{ children: ReactNode }> = ({ children }) => (
  <small className="lc-faint lc-alone">{children}</small>
);

/** What holds the request up, or why nothing does any more. */
export const BlockerChip: React.FC<{ row: QueueRow; now: number }> = ({ row, now }) => {
  if (row.blocker) {
    const { kind, since, lookAgainOn } = row.blocker;
    const wanted = row.count - row.assignedCount;
    const again = lookAgainOn ? ` · look again on ${lookAgainOn}` : '';
    const title = `${wanted} waiting since ${formatMoment(since, now)} · ${formatUtc(since)}${again}`;
    return (
      <Chip tone={getTone(kind)} title={title}>
        <span className="lc-ellipsis">{blockerNames[kind]}</span>
        <span className="lc-stays"> · {wanted}</span>
      </Chip>
    );
  }
  if (row.wokeBecause) {
    const text = `Unblocked: ${unblockReasonNames[row.wokeBecause]}`;
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
    <span className="lc-held" title={sentence`${name}, until ${formatClockTime(untilMs)} · ${formatUtc(until)}`}>
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
    title={sentence`${note.body} — ${note.author}`}
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
        <bdi>{note.author}</bdi> · <Moment iso={note.at} now={now} age />
      </span>
    </span>
  );
};
