import React from 'react';
import { formatBoundedCount } from '../../lib/format.js';
import { EmptyState } from '../../ui/states.js';
import type { QueueAddress } from './queue-address.js';
import { emptyViewTitles } from './queue-texts.js';

/** Why no row is shown, and what leads to those that are there. */
export const EmptyQueue: React.FC<{ address: QueueAddress; openCount: number }> = ({ address, openCount }) => {
  const { view, isFiltered, clear } = address;
  if (openCount === 0) {
    return (
      <section className="lc-card" role="status" aria-label="The queue">
        <EmptyState title="The queue is empty.">
          No request is open. New requests appear here automatically, within ten seconds.
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="lc-card" role="status" aria-label="The queue">
      <EmptyState title={isFiltered ? 'No request matches these filters.' : emptyViewTitles[view]}>
        {isFiltered && (
          <>
            <button type="button" className="lc-link" onClick={() => clear()}>
              Clear the filters
            </button>{' '}
            ·{' '}
          </>
        )}
        {formatBoundedCount(openCount)} {openCount === 1 ? 'is' : 'are'} open in all.{' '}
        <button type="button" className="lc-link" onClick={() => clear({ view: 'all' })}>
          Show {openCount === 1 ? 'it' : 'them all'}
        </button>
      </EmptyState>
    </section>
  );
};
