import React, { type ReactNode } from 'react';

/** A region that scrolls by the keyboard too. */
export const ScrollRegion: React.FC<{ label: string; className?: string; children: ReactNode }> = (props) => (
  <div className={`lc-scroll ${props.className ?? ''}`} tabIndex={0} role="region" aria-label={props.label}>
    {props.children}
  </div>
);
