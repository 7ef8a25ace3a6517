import React from 'react';

/** The first stop of the Tab key on every page: past the menu, to the page itself. */
export const SkipLink: React.FC = () => (
  <a
    className="lc-skip"
    href="#page"
    onClick={(event) => {
      // No step in the history.
      event.preventDefault();
      const page = document.querySelector('main');
      if (!page) return;
      page.tabIndex = -1;
      page.focus();
    }}
  >
    Skip to the page
  </a>
);
