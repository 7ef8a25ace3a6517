import React from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { Empty, useTitle } from '../ui/elements.js';

/** An address that leads nowhere, or that the role may not open: said so, with the way back. */
export const NotHere: React.FC<{ sentence?: string }> = ({
  sentence = 'There is no such page, or your role does not allow it.',
}) => {
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  useTitle('There is nothing here');
  return (
    <main className="lc-page">
      <h1 className="lc-unseen">There is nothing here</h1>
      <section className="lc-card">
        <Empty title={sentence}>
          <Link to={rootPath} className="lc-link">
            Back to the queue
          </Link>
        </Empty>
      </section>
    </main>
  );
};
