import React, { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { HelpOverlay, type KeyHelp } from '../../ui/help.js';
import { useKeys } from '../../lib/keys.js';
import { KeysBar, useTitle } from '../../ui/elements.js';
import { SearchBox } from './search-box.js';

const keys: KeyHelp[] = [
  [['/'], 'search'],
  [['↑', '↓'], 'choose'],
  [['Enter'], 'open'],
];

/** The search as a page of its own, with what is asked in its address. */
const SearchPage: React.FC = () => {
  useTitle('Search');
  const [search, setSearch] = useSearchParams();
  const field = useRef<HTMLInputElement>(null);
  const [helping, setHelping] = useState(false);
  useEffect(() => field.current?.focus(), []);
  useKeys({ '/': () => field.current?.focus(), '?': () => setHelping(true) });
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Search</h1>
          <p>A request, handle, partner, key or transfer: by its id, or by a part of what it is called</p>
        </div>
      </header>
      <SearchBox
        field={field}
        stays
        hint="/"
        initially={search.get('q') ?? ''}
        onTyped={(q) => setSearch(q.trim() === '' ? {} : { q }, { replace: true })}
      />
      {helping && <HelpOverlay keys={[...keys, [['?'], 'show these keys']]} onClose={() => setHelping(false)} />}
      <KeysBar keys={[...keys, [['?'], 'all keys']]} />
    </main>
  );
};

export default SearchPage;
