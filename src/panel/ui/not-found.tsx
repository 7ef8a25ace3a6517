import React from 'react';
import { Link } from 'react-router-dom';
import { panelPath } from '../lib/paths.js';
import { useTitle } from '../lib/use-title.js';
import { EmptyState } from './states.js';

/** For an address that leads nowhere, or that the role may not open. */
export const NotFoundPage: React.FC<{ message?: string }> = ({
  message = 'There is no such page, or your role does not allow it.',
}) => {
  useTitle('There is nothing here');
  return (
    <main className="lc-page">
      <h1 className="lc-visually-hidden">There is nothing here</h1>
      <section className="lc-card">
        <EmptyState title={message}>
          <Link to={panelPath} className="lc-link">
            Back to the queue
          </Link>
        </EmptyState>
      </section>
    </main>
  );
};
