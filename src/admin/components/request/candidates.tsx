import React, { useEffect, useRef, useState, type ReactNode } from 'react';
import { Chip, Empty, Loading } from '../kit/parts.js';
import type { Candidate } from '../kit/shapes.js';
import { at, followersInWords, howMany, type Tone } from '../kit/words.js';

interface CandidatesProps {
  /** Those that fit, best first, then a few that nearly do. */
  candidates: Candidate[];
  /** What the search over the whole pool found; undefined while it is being looked up. */
  found: Candidate[] | undefined;
  search: string;
  /** Another one empties the search field. */
  searchTurn: number;
  onSearch: (text: string) => void;
  selectedId: string | null;
  onSelect: (id: string) => void;
  /** Whether one may assign; else there is nothing to select. */
  selectable: boolean;
  searchField: React.RefObject<HTMLInputElement | null>;
  /** What to offer when nothing fits. */
  whenNoneFits: ReactNode;
}

const shownAtFirst = 10;

/** The free accounts that fit, best first, and the rest of the pool behind a search. One of them is selected. */
export const Candidates: React.FC<CandidatesProps> = (props) => {
  const { candidates, found, search, searchTurn, onSearch, selectedId, onSelect, selectable, searchField } = props;
  const searching = search !== '';
  const fitting = candidates.filter((candidate) => candidate.fits);
  const near = candidates.filter((candidate) => !candidate.fits);
  const rows = { selectedId, onSelect, selectable };
  return (
    <section className="lc-card" aria-label="Accounts to choose from">
      <header>
        <h2>{searching ? foundTitle(found) : fitTitle(fitting.length)}</h2>
        <span className="lc-faint">{searching ? 'in the whole pool' : fitting.length > 1 && 'best first'}</span>
        <span className="lc-grow" />
        <PoolSearch key={searchTurn} search={search} onSearch={onSearch} field={searchField} />
      </header>
      {searching ? (
        <>
          {!found && <Loading what="accounts" lines={4} />}
          {found?.length === 0 && (
            <Empty title="No free account matches this search.">
              Search by handle, vertical, language or country, for example “coffee en US”.
            </Empty>
          )}
          {found && found.length > 0 && <CandidateRows label="Accounts found" list={found} {...rows} />}
        </>
      ) : (
        <>
          {fitting.length === 0 && <Empty title="No free account fits.">{props.whenNoneFits}</Empty>}
          {fitting.length > 0 && <CandidateRows label="Accounts that fit" list={fitting} {...rows} />}
          {near.length > 0 && (
            <>
              <div className="lc-divider">Same vertical, but fall short elsewhere</div>
              <CandidateRows label="Accounts that fall short" list={near} {...rows} />
            </>
          )}
        </>
      )}
    </section>
  );
};

function fitTitle(count: number): string {
  return count === 0 ? 'Accounts that fit' : `${howMany(count, 'account')} ${count === 1 ? 'fits' : 'fit'}`;
}

function foundTitle(found: Candidate[] | undefined): string {
  return found ? `${howMany(found.length, 'account')} found` : 'Searching…';
}

const PoolSearch: React.FC<{
  search: string;
  onSearch: (text: string) => void;
  field: React.RefObject<HTMLInputElement | null>;
}> = ({ search, onSearch, field }) => {
  const [typed, setTyped] = useState(search);
  const tell = useRef(onSearch);
  tell.current = onSearch;
  useEffect(() => {
    const timer = setTimeout(() => tell.current(typed.trim()), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <span className="lc-search">
      <input
        ref={field as React.RefObject<HTMLInputElement>}
        type="search"
        value={typed}
        maxLength={100}
        placeholder="Search the whole pool"
        aria-label="Search the whole pool by handle, vertical, language or country"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          setTyped('');
          event.currentTarget.blur();
        }}
      />
      {typed === '' && <kbd aria-hidden="true">/</kbd>}
    </span>
  );
};

interface CandidateRowsProps {
  list: Candidate[];
  label: string;
  selectedId: string | null;
  onSelect: (id: string) => void;
  selectable: boolean;
}

const CandidateRows: React.FC<CandidateRowsProps> = ({ list, label, selectedId, onSelect, selectable }) => {
  const [all, setAll] = useState(false);
  const selectedIsHidden = list.findIndex((candidate) => candidate.socialAccountId === selectedId) >= shownAtFirst;
  const shown = all || selectedIsHidden ? list : list.slice(0, shownAtFirst);
  return (
    <>
      <div role={selectable ? 'radiogroup' : 'list'} aria-label={label}>
        {shown.map((candidate) =>
          selectable ? (
            <CandidateRow
              key={candidate.socialAccountId}
              candidate={candidate}
              selected={candidate.socialAccountId === selectedId}
              onSelect={onSelect}
            />
          ) : (
            <div key={candidate.socialAccountId} className="lc-candidate" role="listitem">
              <Described candidate={candidate} />
            </div>
          ),
        )}
      </div>
      {shown.length < list.length && (
        <button type="button" className="lc-show-all" onClick={() => setAll(true)}>
          Show all {list.length}
        </button>
      )}
    </>
  );
};

const CandidateRow: React.FC<{ candidate: Candidate; selected: boolean; onSelect: (id: string) => void }> = (props) => {
  const { candidate, selected, onSelect } = props;
  return (
    <label className={`lc-candidate ${selected ? 'on' : ''}`} id={candidate.socialAccountId}>
      <input
        type="radio"
        name="account"
        checked={selected}
        onChange={() => onSelect(candidate.socialAccountId)}
        value={candidate.socialAccountId}
      />
      <Described candidate={candidate} />
    </label>
  );
};

const Described: React.FC<{ candidate: Candidate }> = ({ candidate }) => (
  <span className="lc-grow">
    <b>{at(candidate.handle)}</b> <span className="lc-muted">{followersInWords(candidate.followers)} followers</span>
    <span className="lc-why">
      {candidate.reasons.map((reason) => (
        <ReasonChip key={reason} reason={reason} />
      ))}
    </span>
  </span>
);

const marks: Record<string, { tone: Tone; word: string }> = {
  '✓': { tone: 'ok', word: 'met' },
  '~': { tone: 'warn', word: 'partly met' },
  '✕': { tone: 'bad', word: 'not met' },
};

const ReasonChip: React.FC<{ reason: string }> = ({ reason }) => {
  const sign = reason.charAt(0);
  const mark = marks[sign];
  if (!mark) return <Chip>{reason}</Chip>;
  return (
    <Chip tone={mark.tone}>
      <span aria-hidden="true">{sign} </span>
      {reason.slice(1).trim()}
      <span className="lc-unseen">, {mark.word}</span>
    </Chip>
  );
};
