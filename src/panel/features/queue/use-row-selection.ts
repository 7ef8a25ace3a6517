import { useState } from 'react';
import type { QueueRow } from '../../lib/types.js';

/** The row that the keys act on. Where it leaves the queue, the row that moves up into its place is selected. */
export function useRowSelection(rows: QueueRow[], initialId: string | null) {
  const [position, setPosition] = useState({ id: initialId, index: 0 });
  const found = rows.findIndex(({ id }) => id === position.id);
  if (found >= 0 && found !== position.index) setPosition({ ...position, index: found });
  const index = found >= 0 ? found : Math.min(position.index, rows.length - 1);
  return {
    selected: rows[index] ?? null,
    select: (row: QueueRow) => setPosition({ id: row.id, index: Math.max(0, rows.indexOf(row)) }),
    /** The row so many places below, or above; the last or first one where there are no more. */
    getNeighbour: (by: number) => rows[Math.min(rows.length - 1, Math.max(0, index + by))],
    isBeyondEnd: (by: number) => index + by >= rows.length,
  };
}
