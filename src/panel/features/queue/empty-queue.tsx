import React from 'react';
import { formatBoundedCount } from '../../lib/format.js';
import { EmptyState } from '../../ui/states.js';
import type { QueueAddress } from './queue-address.js';
import { emptyViewTitles } from './queue-texts.js';

export const EmptyQueue: React.FC<{ address: QueueAddress; openCount: number }> = ({ address, openCount }) => {
  const { view, isFiltered, clear } = address;
  if (openCount === 0) {
    return (
      <section className="lc-card">
        <EmptyState title={emptyViewTitles.all}>New requests appear here automatically, within ten seconds.</EmptyState>
      </section>
    );
  }
  return (
    <section className="lc-card">
      <EmptyState title={isFiltered ? 'No request matches these filters.' : emptyViewTitles[view]}>
        {formatBoundedCount(openCount)} {openCount === 1 ? 'is' : 'are'} open in all.{' '}
        <button type="button" className="lc-link" onClick={() => clear({ view: 'all' })}>
          Show {openCount === 1 ? 'it' : 'them all'}
        </button>
      </EmptyState>
    </section>
  );
};
