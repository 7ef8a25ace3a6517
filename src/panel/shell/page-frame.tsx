import React, { type ReactNode } from 'react';

/** Around AdminJS's own pages. */
const PageFrame: React.FC<{ children: ReactNode }> = ({ children }) => <main className="lc-page">{children}</main>;

export default PageFrame;
