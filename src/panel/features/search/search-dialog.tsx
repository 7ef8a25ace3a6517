import React, { useEffect, useRef, useState } from 'react';
import { formatKey, isModKey, useCommandKeys } from '../../lib/commands.js';
import { Icon } from '../../ui/icons.js';
import { ModalBox } from '../../ui/modal-box.js';
import { SearchBox } from './search-box.js';
import { searchAnywhereCommand, searchCommand } from './search-commands.js';

/** The button of the menu that opens the search over any page. */
export const SearchLauncher: React.FC = () => {
  const [isOpen, setIsOpen] = useState(false);
  const open = () => setIsOpen(true);
  useCommandKeys([{ ...searchCommand, run: open }], { scope: 'frame' });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isModKey(event, 'k') || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setIsOpen(true);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <button type="button" className="lc-nav-search" data-name="Search" onClick={open}>
        <Icon name="search" />
        <span className="lc-name">Search</span>
        <kbd aria-hidden="true">{formatKey(searchAnywhereCommand.keys[0]!)}</kbd>
      </button>
      {isOpen && <SearchDialog onClose={() => setIsOpen(false)} />}
    </>
  );
};

const SearchDialog: React.FC<{ onClose: () => void }> = ({ onClose }) => {
  const field = useRef<HTMLInputElement>(null);
  const hasNavigated = useRef(false);
  return (
    <ModalBox
      title="Search"
      hidesTitle
      className="lc-search-dialog"
      closesOutside
      focusFirst={() => field.current}
      restoresFocus={() => !hasNavigated.current}
      onClose={onClose}
    >
      <SearchBox
        field={field}
        isInline
        onNavigate={() => {
          hasNavigated.current = true;
          onClose();
        }}
      />
      <p className="lc-faint">
        <kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> open · <kbd>Esc</kbd> close
      </p>
    </ModalBox>
  );
};
