import React, { useEffect, useRef, useState } from 'react';
import { Icon } from '../../shell/icons.js';
import { isMac, searchKeys, useKeys } from '../../lib/keys.js';
import { SearchBox } from './search-box.js';

/**
 * The way to everything from every page: a button in the menu, `Ctrl K` (on a Mac `⌘ K`), and `/` where the page has no
 * search of its own.
 */
export const SearchEverywhere: React.FC = () => {
  const [open, setOpen] = useState(false);
  useKeys({ '/': () => setOpen(true) }, 'after the page');
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isOurs = (isMac ? event.metaKey : event.ctrlKey) && !event.shiftKey && !event.altKey && event.key === 'k';
      if (!isOurs || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <button type="button" className="lc-nav-search" data-name="Search" onClick={() => setOpen(true)}>
        <Icon name="search" />
        <span className="lc-name">Search</span>
        <kbd aria-hidden="true">{searchKeys}</kbd>
      </button>
      {open && <SearchDialog onClose={() => setOpen(false)} />}
    </>
  );
};

const SearchDialog: React.FC<{ onClose: () => void }> = ({ onClose }) => {
  const box = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const hasGone = useRef(false);
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    field.current?.focus();
    return () => {
      if (!hasGone.current && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className="lc-dialog lc-search-dialog"
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <SearchBox
        field={field}
        stays
        onGone={() => {
          hasGone.current = true;
          onClose();
        }}
      />
      <p className="lc-faint">
        <kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> open · <kbd>Esc</kbd> close
      </p>
    </dialog>
  );
};
