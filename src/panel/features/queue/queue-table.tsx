import React from 'react';
import { Link } from 'react-router-dom';
import { Due } from '../../ui/due.js';
import { Bar, Chip } from '../../ui/elements.js';
import type { QueueRow } from '../../lib/types.js';
import { initials } from '../../lib/staff.js';
import { clock, inUtc, Moment, moment, span } from '../../ui/times.js';
import { blockerNames, toneOf, wakeNames } from '../../lib/format.js';

interface QueueTableProps {
  rows: QueueRow[];
  selectedId: string | null;
  marked: ReadonlySet<string>;
  now: number;
  /** Those who may act on requests mark rows. */
  markable: boolean;
  hrefOf: (row: QueueRow) => string;
  onMark: (row: QueueRow) => void;
  /** Called before any way into a row, its own link too. */
  onLeave: (row: QueueRow) => void;
  onOpen: (row: QueueRow) => void;
}

export const QueueTable: React.FC<QueueTableProps> = (props) => (
  <section className="lc-card lc-scroll">
    <table className="lc-table lc-queue" aria-label="Open requests, the most urgent first">
      <thead>
        <tr>
          {props.markable && (
            <th scope="col" className="lc-mark">
              <span className="lc-unseen">Marked</span>
            </th>
          )}
          <th scope="col" className="lc-col-due">
            Due
          </th>
          <th scope="col" className="lc-col-partner">
            Partner · project
          </th>
          <th scope="col">Asked for</th>
          <th scope="col" className="lc-col-assigned">
            Assigned
          </th>
          <th scope="col" className="lc-col-wallet">
            Wallet covers
          </th>
          <th scope="col" className="lc-col-fits">
            Pool fits
          </th>
          <th scope="col" className="lc-col-blocker">
            Blocker<span className="lc-narrow-only"> · last note</span>
          </th>
          <th scope="col" className="lc-col-holder">
            Held by
          </th>
          <th scope="col" className="lc-col-note lc-wide-only">
            Last note
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <Row key={row.id} row={row} {...props} />
        ))}
      </tbody>
    </table>
  </section>
);

const Row: React.FC<QueueTableProps & { row: QueueRow }> = (props) => {
  const { row, selectedId, marked, now, markable, hrefOf, onMark, onLeave, onOpen } = props;
  const wanted = row.count - row.assignedCount;
  return (
    <tr
      id={row.id}
      className={row.id === selectedId ? 'on' : ''}
      aria-current={row.id === selectedId ? 'true' : undefined}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('.lc-mark')) return;
        onLeave(row);
        if (!(event.target instanceof Element && event.target.closest('a'))) onOpen(row);
      }}
    >
      {markable && (
        <td className="lc-mark">
          <input
            type="checkbox"
            aria-label={`Mark ${row.partner}, ${row.vertical}`}
            checked={marked.has(row.id)}
            onChange={() => onMark(row)}
          />
        </td>
      )}
      <td className="lc-nowrap">
        <Due clock={row} now={now} />
      </td>
      <td className="lc-partner">
        <Link to={hrefOf(row)} title={`${row.requestId} · asked ${moment(row.submittedAt, now)}`}>
          <b className="lc-ellipsis" dir="auto">
            {row.partner}
          </b>
          <span className="lc-faint lc-ellipsis" dir="auto">
            {row.partnerSuspended && (
              <bdi>
                <Chip tone="bad" title={`${row.partner} is suspended: no new assignments until it is resumed.`}>
                  suspended
                </Chip>{' '}
              </bdi>
            )}
            {row.project}
          </span>
        </Link>
      </td>
      <td>
        <AskedFor row={row} />
      </td>
      <td className="lc-nowrap">
        <div className="lc-progress">
          <span>
            {row.assignedCount} / {row.count}
          </span>
          <Bar part={row.assignedCount} whole={row.count} />
        </div>
      </td>
      <td className="lc-nowrap">
        <Cover wanted={wanted} covers={row.walletCovers} />{' '}
        {row.lowBalance && (
          <Chip tone="warn" title="The wallet holds less than its threshold">
            low
          </Chip>
        )}
      </td>
      <td className="lc-nowrap">
        <Fits wanted={wanted} fits={row.poolFits} />
      </td>
      <td className="lc-nowrap">
        <BlockerChip row={row} wanted={wanted} now={now} />
        {row.lastNote && <NoteInShort note={row.lastNote} />}
      </td>
      <td className="lc-nowrap">
        <HeldBy row={row} now={now} />
      </td>
      <td className="lc-wide-only">
        <LastNote note={row.lastNote} now={now} />
      </td>
    </tr>
  );
};

/** Vertical, language and countries as chips; many countries become a number with the rest on hover. */
export const AskedFor: React.FC<{ row: Pick<QueueRow, 'vertical' | 'language' | 'geo'> }> = ({ row }) => {
  const geo = row.geo ?? [];
  const shown = geo.slice(0, 3).join(' ');
  return (
    <span className="lc-chips">
      <Chip title={row.vertical}>{row.vertical}</Chip>
      <Chip title={row.language ? undefined : 'any language'}>{row.language ?? 'any language'}</Chip>
      <Chip title={geo.join(', ') || 'any country'}>
        {geo.length === 0 ? 'any' : geo.length > 3 ? `${shown} +${geo.length - 3}` : shown}
      </Chip>
    </span>
  );
};

const Cover: React.FC<{ wanted: number; covers: number }> = ({ wanted, covers }) => {
  if (covers >= wanted) return <span className="lc-muted">all {wanted}</span>;
  if (covers <= 0) return <Chip tone="bad">none</Chip>;
  return (
    <Chip tone="warn">
      {covers} of {wanted}
    </Chip>
  );
};

const Fits: React.FC<{ wanted: number; fits: number }> = ({ wanted, fits }) => {
  if (fits === 0) return <Chip tone="bad">none</Chip>;
  const shown = fits > 100 ? '100+' : fits;
  return fits < wanted ? <Chip tone="warn">{shown}</Chip> : <>{shown}</>;
};

const BlockerChip: React.FC<{ row: QueueRow; wanted: number; now: number }> = ({ row, wanted, now }) => {
  if (row.blocker) {
    const { kind, since, lookAgainOn } = row.blocker;
    const again = lookAgainOn ? ` · look again on ${lookAgainOn}` : '';
    return (
      <Chip tone={toneOf(kind)} title={`holds up ${wanted} since ${moment(since, now)} · ${inUtc(since)}${again}`}>
        <span className="lc-ellipsis">{blockerNames[kind]}</span>
        <span className="lc-stays"> · {wanted}</span>
      </Chip>
    );
  }
  if (row.wokeBecause) {
    const woke = `Woke: ${wakeNames[row.wokeBecause]}`;
    return (
      <Chip tone="blue" title={woke}>
        {woke}
      </Chip>
    );
  }
  return null;
};

const HeldBy: React.FC<{ row: QueueRow; now: number }> = ({ row: { claimedBy }, now }) => {
  if (!claimedBy || Date.parse(claimedBy.until) <= now) return <span className="lc-faint">—</span>;
  const { name, mine, until } = claimedBy;
  return (
    <span className="lc-held" title={`${name}, until ${clock(Date.parse(until))} · ${inUtc(until)}`}>
      <span className="lc-who" aria-hidden="true">
        {initials(name)}
      </span>
      <span className="lc-faint lc-ellipsis">{mine ? 'you' : firstName(name)}</span>
      <span className="lc-faint lc-nowrap">, {span(Date.parse(until) - now)}</span>
    </span>
  );
};

/** Who has no name is called by the part of the address before the `@`. */
function firstName(name: string): string {
  return name.split(/[\s@]/)[0] ?? name;
}

/** Where there is no room for a column of notes: what the last one says, below the blocker that it may explain. */
const NoteInShort: React.FC<{ note: NonNullable<QueueRow['lastNote']> }> = ({ note }) => (
  <span
    className="lc-narrow-only lc-note-in-short lc-faint lc-ellipsis"
    dir="auto"
    title={`${note.body} — ${note.author}`}
  >
    {note.body}
  </span>
);

const LastNote: React.FC<{ note: QueueRow['lastNote']; now: number }> = ({ note, now }) => {
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
