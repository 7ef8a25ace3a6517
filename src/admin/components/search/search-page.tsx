import React, { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useKeys } from '../kit/keys.js';
import { KeysBar, useTitle } from '../kit/parts.js';
import { SearchBox } from './search-box.js';

/** The search as a page of its own, with what is asked in its address. */
const SearchPage: React.FC = () => {
  useTitle('Search');
  const [search, setSearch] = useSearchParams();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useKeys({ '/': () => field.current?.focus() });
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
      <KeysBar
        keys={[
          [['/'], 'search'],
          [['↑', '↓'], 'choose'],
          [['Enter'], 'open'],
        ]}
      />
    </main>
  );
};

export default SearchPage;
