import React from 'react';
import { Link } from 'react-router-dom';
import { Bar, Chip } from '../kit/parts.js';
import type { QueueRow } from '../kit/shapes.js';
import { briefSpan, inUtc, Moment, moment, span } from '../kit/times.js';
import { blockerNames, toneOf } from '../kit/words.js';

interface QueueTableProps {
  rows: QueueRow[];
  selectedId: string | null;
  now: number;
  hrefOf: (row: QueueRow) => string;
  /** Called before any way into a row, its own link too. */
  onLeave: (row: QueueRow) => void;
  onOpen: (row: QueueRow) => void;
}

export const QueueTable: React.FC<QueueTableProps> = ({ rows, selectedId, now, hrefOf, onLeave, onOpen }) => (
  <section className="lc-card">
    <table className="lc-table lc-queue" aria-label="Open requests, oldest first">
      <thead>
        <tr>
          <th scope="col">Age</th>
          <th scope="col">Partner · project</th>
          <th scope="col">Asked for</th>
          <th scope="col">Assigned</th>
          <th scope="col">Wallet covers</th>
          <th scope="col">Blocker</th>
          <th scope="col" className="lc-wide-only">
            Last note
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.id}
            id={row.id}
            className={row.id === selectedId ? 'on' : ''}
            aria-current={row.id === selectedId ? 'true' : undefined}
            onClick={(event) => {
              onLeave(row);
              if (!(event.target instanceof Element && event.target.closest('a'))) onOpen(row);
            }}
          >
            <td className="lc-nowrap">
              <time
                dateTime={row.submittedAt}
                title={`asked ${moment(row.submittedAt, now)} · ${inUtc(row.submittedAt)}`}
              >
                {span(now - Date.parse(row.submittedAt))}
              </time>
            </td>
            <td className="lc-partner">
              <Link to={hrefOf(row)} title={row.requestId}>
                <b>{row.partner}</b>
                <span className="lc-faint">{row.project}</span>
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
              <Cover wanted={row.count - row.assignedCount} covers={row.walletCovers} />
            </td>
            <td className="lc-nowrap">
              {row.blocker ? (
                <Chip tone={toneOf(row.blocker.kind)} title={`since ${moment(row.blocker.since, now)}`}>
                  {blockerNames[row.blocker.kind]} · {briefSpan(now - Date.parse(row.blocker.since))}
                </Chip>
              ) : (
                <span className="lc-faint">—</span>
              )}
            </td>
            <td className="lc-wide-only lc-note-cell">
              <LastNote note={row.lastNote} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

/** Vertical, language and countries as chips; many countries become a number with the rest on hover. */
export const AskedFor: React.FC<{ row: Pick<QueueRow, 'vertical' | 'language' | 'geo'> }> = ({ row }) => {
  const geo = row.geo ?? [];
  const shown = geo.slice(0, 4).join(' ');
  return (
    <span className="lc-chips">
      <Chip>{row.vertical}</Chip>
      <Chip title={row.language ? undefined : 'any language'}>{row.language ?? 'any language'}</Chip>
      <Chip title={geo.join(', ') || undefined}>
        {geo.length === 0 ? 'any country' : geo.length > 4 ? `${shown} +${geo.length - 4}` : shown}
      </Chip>
    </span>
  );
};

const Cover: React.FC<{ wanted: number; covers: number }> = ({ wanted, covers }) => {
  if (covers >= wanted) return <span className="lc-muted">{wanted === 1 ? 'the last one' : `all ${wanted}`}</span>;
  if (covers <= 0) return <Chip tone="bad">none of {wanted}</Chip>;
  return (
    <Chip tone="warn">
      {covers} of {wanted}
    </Chip>
  );
};

const LastNote: React.FC<{ note: QueueRow['lastNote']; now: number }> = ({ note, now }) => {
  if (!note) return <span className="lc-faint">—</span>;
  return (
    <span className="lc-last-note" title={note.body}>
      <span className="lc-ellipsis">{note.body}</span>
      <span className="lc-faint">
        {note.author} · <Moment iso={note.at} now={now} age />
      </span>
    </span>
  );
};
