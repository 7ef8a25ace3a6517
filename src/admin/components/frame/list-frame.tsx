import React, { type ComponentType } from 'react';

/** The same space around lists, which AdminJS frames by other means. */
const ListFrame: React.FC<{ OriginalComponent: ComponentType }> = ({ OriginalComponent }) => (
  <main className="lc-page lc-list-page">
    <OriginalComponent />
  </main>
);

export default ListFrame;
