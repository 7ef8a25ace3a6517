import React, { type ReactNode } from 'react';

/** The space around every plain page. */
const PageFrame: React.FC<{ children: ReactNode }> = ({ children }) => <main className="lc-page">{children}</main>;

export default PageFrame;
