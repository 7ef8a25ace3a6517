import React, { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { isComposing } from '../../lib/composing.js';
import { formatKey, type Command } from '../../lib/commands.js';

const DEBOUNCE_MS = 250;

interface PoolSearchProps {
  search: string;
  onSearch: (text: string) => void;
  field?: React.RefObject<HTMLInputElement | null>;
  /** The command that leads to the field; its key shows in the empty field. */
  command?: Command;
}

/** Searches the whole pool once one stops typing. */
export const PoolSearch: React.FC<PoolSearchProps> = ({ search, onSearch, field, command }) => {
  const [text, setText] = useState(search);
  const latestOnSearch = useRef(onSearch);
  useLayoutEffect(() => {
    latestOnSearch.current = onSearch;
  });
  useEffect(() => {
    const timer = setTimeout(() => latestOnSearch.current(text.trim()), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <span className="lc-search">
      <input
        ref={field as React.RefObject<HTMLInputElement>}
        type="search"
        value={text}
        maxLength={100}
        placeholder="Search the whole pool"
        aria-label="Search the whole pool by handle, vertical, language or country"
        onChange={(event) => setText(event.target.value)}
        onBlur={() => onSearch(text.trim())}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key !== 'Escape' && event.key !== 'Enter') return;
          event.preventDefault();
          if (event.key === 'Escape') setText('');
          else onSearch(text.trim());
          event.currentTarget.blur();
        }}
      />
      {text === '' && command && <kbd aria-hidden="true">{formatKey(command.keys[0]!)}</kbd>}
    </span>
  );
};
