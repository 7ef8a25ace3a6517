import React from 'react';
import { Link } from 'react-router-dom';
import { sentence } from '../../../core/sentence.js';
import { toRequestPath } from '../../lib/paths.js';
import { formatMoment } from '../../lib/times.js';
import type { QueueRow } from '../../lib/types.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Due } from '../../ui/due.js';
import { Chip, ProgressBar } from '../../ui/elements.js';
import { BlockerChip, ClaimHolder, Coverage, LastNote, PoolFits, ShortNote, WishChips } from './queue-cells.js';

interface QueueTableProps {
  rows: QueueRow[];
  selectedId: string | null;
  markedIds: ReadonlySet<string>;
  now: number;
  isMarkable: boolean;
  onMark: (row: QueueRow) => void;
  /** Before a row is opened in any way, also by its link. */
  onLeave: (row: QueueRow) => void;
  onOpen: (row: QueueRow) => void;
}

export const QueueTable: React.FC<QueueTableProps> = (props) => {
  const { rows, selectedId, onLeave, onOpen } = props;
  return (
    <section className="lc-card lc-scroll">
      <DataTable
        label="Open requests, the most urgent first"
        className="lc-queue"
        scrolls={false}
        rows={rows}
        columns={getColumns(props)}
        getRowKey={({ id }) => id}
        getRowProps={(row) => ({
          id: row.id,
          className: row.id === selectedId ? 'on' : '',
          'aria-current': row.id === selectedId ? 'true' : undefined,
          onClick: ({ target }) => {
            if (!(target instanceof Element) || target.closest('.lc-mark')) return;
            onLeave(row);
            if (!target.closest('a')) onOpen(row);
          },
        })}
      />
    </section>
  );
};

function getColumns({ isMarkable, markedIds, onMark, now }: QueueTableProps): Column<QueueRow>[] {
  const markColumn: Column<QueueRow> = {
    id: 'mark',
    header: <span className="lc-visually-hidden">Marked</span>,
    headerClassName: 'lc-mark',
    cellClassName: 'lc-mark',
    cell: (row) => (
      <input
        type="checkbox"
        aria-label={sentence`Mark ${row.partner}, ${row.vertical}`}
        checked={markedIds.has(row.id)}
        onChange={() => onMark(row)}
      />
    ),
  };
  return [
    ...(isMarkable ? [markColumn] : []),
    {
      id: 'due',
      header: 'Due',
      headerClassName: 'lc-col-due',
      cellClassName: 'lc-nowrap',
      cell: (row) => <Due clock={row} now={now} />,
    },
    {
      id: 'partner',
      header: 'Partner · project',
      headerClassName: 'lc-col-partner',
      cellClassName: 'lc-partner',
      cell: (row) => <PartnerLink row={row} now={now} />,
    },
    { id: 'wish', header: 'Asked for', cell: (row) => <WishChips row={row} /> },
    {
      id: 'assigned',
      header: 'Assigned',
      headerClassName: 'lc-col-assigned',
      cellClassName: 'lc-nowrap',
      cell: ({ assignedCount, count }) => (
        <div className="lc-progress">
          <span>
            {assignedCount} / {count}
          </span>
          <ProgressBar part={assignedCount} whole={count} />
        </div>
      ),
    },
    {
      id: 'wallet',
      header: 'Wallet covers',
      headerClassName: 'lc-col-wallet',
      cellClassName: 'lc-nowrap',
      cell: (row) => (
        <Coverage wanted={row.count - row.assignedCount} net={row.walletCovers} alone={row.walletCoversAlone}>
          {row.lowBalance && (
            <Chip
              tone="bad"
              title="The wallet holds less than its low-balance threshold, or than one month of its leases"
            >
              low
            </Chip>
          )}
        </Coverage>
      ),
    },
    {
      id: 'fits',
      header: 'Pool fits',
      headerClassName: 'lc-col-fits',
      cellClassName: 'lc-nowrap',
      cell: (row) => <PoolFits wanted={row.count - row.assignedCount} net={row.poolFits} alone={row.poolFitsAlone} />,
    },
    {
      id: 'blocker',
      header: (
        <>
          Blocker<span className="lc-narrow-only"> · last note</span>
        </>
      ),
      headerClassName: 'lc-col-blocker',
      cellClassName: 'lc-nowrap',
      cell: (row) => (
        <>
          <BlockerChip row={row} now={now} />
          {row.lastNote && <ShortNote note={row.lastNote} />}
        </>
      ),
    },
    {
      id: 'holder',
      header: 'Claimed by',
      headerClassName: 'lc-col-holder',
      cellClassName: 'lc-nowrap',
      cell: ({ claimedBy }) => <ClaimHolder claim={claimedBy} now={now} />,
    },
    {
      id: 'note',
      header: 'Last note',
      headerClassName: 'lc-col-note lc-wide-only',
      cellClassName: 'lc-wide-only',
      cell: ({ lastNote }) => <LastNote note={lastNote} now={now} />,
    },
  ];
}

const PartnerLink: React.FC<{ row: QueueRow; now: number }> = ({ row, now }) => (
  <Link to={toRequestPath(row.id)} title={`${row.requestId} · submitted ${formatMoment(row.submittedAt, now)}`}>
    <b className="lc-ellipsis" dir="auto">
      {row.partner}
    </b>
    <span className="lc-faint lc-ellipsis" dir="auto">
      {row.partnerSuspended && (
        <bdi>
          <Chip tone="bad" title={sentence`${row.partner} is suspended: no new assignments until it is resumed.`}>
            suspended
          </Chip>{' '}
        </bdi>
      )}
      {row.project}
    </span>
  </Link>
);
