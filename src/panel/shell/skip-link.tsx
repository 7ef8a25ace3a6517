import React from 'react';

/** The first stop of the Tab key on every page: past the menu, to what the page itself is about. */
export const SkipLink: React.FC = () => (
  <a
    className="lc-skip"
    href="#page"
    onClick={(event) => {
      // A step of its own in the history would only be in the way of going back.
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
