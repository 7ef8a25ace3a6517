import React, { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router-dom';
import type { Command } from '../../lib/commands.js';
import { useTitle } from '../../lib/use-title.js';
import { CommandBar } from '../../ui/command-bar.js';
import { SearchBox } from './search-box.js';
import { searchCommand } from './search-commands.js';

/** The search as a page, with the text in its address. */
const SearchPage: React.FC = () => {
  useTitle('Search');
  const [search, setSearch] = useSearchParams();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const commands: Command[] = [
    { ...searchCommand, run: () => field.current?.focus() },
    { id: 'choose', keys: ['ArrowUp', 'ArrowDown'], label: 'choose' },
    { id: 'open', keys: ['Enter'], label: 'open' },
    { id: 'empty', keys: ['Escape'], label: 'empty the field' },
  ];
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Search</h1>
          <p>A request, partner, note, handle, key, payment or page: by ID, amount, or part of its text</p>
        </div>
      </header>
      <SearchBox
        field={field}
        isInline
        showsAll
        showsKey
        initialText={search.get('q') ?? ''}
        onChange={(q) => setSearch(q.trim() === '' ? {} : { q }, { replace: true })}
      />
      <CommandBar commands={commands} />
    </main>
  );
};

export default SearchPage;
