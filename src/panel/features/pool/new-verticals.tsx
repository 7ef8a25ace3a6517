import React from 'react';
import { formatCount, formatNumber } from '../../lib/format.js';
import { DataTable } from '../../ui/data-table.js';
import type { ImportPreview } from './types.js';

/** The verticals that a file brings into the pool: accounts of a misspelt one would fit no request. */
export const NewVerticals: React.FC<{ preview: ImportPreview }> = ({ preview: { newVerticals, newVerticalCount } }) => {
  if (newVerticalCount === 0) return null;
  const title = `${formatCount(newVerticalCount, 'vertical')} new to the pool`;
  return (
    <section className="lc-card" aria-labelledby="new-verticals-title">
      <header>
        <h2 id="new-verticals-title">{title}</h2>
        <span className="lc-faint">misspelt? fix the file and choose it again</span>
      </header>
      <DataTable
        label={title}
        className="lc-lines"
        scrolls={false}
        rows={newVerticals}
        getRowKey={({ vertical }) => vertical}
        columns={[
          { id: 'vertical', header: 'Vertical', cell: ({ vertical }) => vertical },
          { id: 'accounts', header: 'Accounts', isNumber: true, cell: ({ accounts }) => formatNumber(accounts) },
          {
            id: 'similar',
            header: 'Close to',
            cell: ({ closeTo }) => closeTo ?? <span className="lc-faint">no similar vertical</span>,
          },
        ]}
      />
      {newVerticalCount > newVerticals.length && (
        <footer className="lc-foot">
          <span className="lc-muted">
            {formatNumber(newVerticals.length)} of {formatNumber(newVerticalCount)}, those of most accounts first
          </span>
        </footer>
      )}
    </section>
  );
};
