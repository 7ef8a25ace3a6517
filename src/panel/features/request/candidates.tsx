import React, { useEffect, useRef, useState, type ReactNode } from 'react';
import { Chip, Empty, Loading } from '../../ui/elements.js';
import type { Candidate } from '../../lib/types.js';
import { inUtc, span } from '../../ui/times.js';
import { at, followersInWords, howMany, type Tone } from '../../lib/format.js';
import { releasedInWords } from './warnings.js';

interface RowsProps {
  /** The one that `a` assigns while none is marked. */
  selectedId: string | null;
  onSelect: (id: string) => void;
  marked: ReadonlySet<string>;
  onMark: (id: string) => void;
  onAssign: (candidate: Candidate) => void;
  /** Whether one may assign; else there is nothing to mark. */
  selectable: boolean;
  /** While something is being saved, or where nothing can be assigned. */
  shut: boolean;
  now: number;
}

interface CandidatesProps extends RowsProps {
  /** Those that fit, best first, then a few that nearly do, then what this partner has given back before. */
  candidates: Candidate[];
  /** What the search over the whole pool found; undefined while it is being looked up. */
  found: Candidate[] | undefined;
  search: string;
  /** Another one empties the search field. */
  searchTurn: number;
  onSearch: (text: string) => void;
  searchField: React.RefObject<HTMLInputElement | null>;
  /** What to offer when nothing fits. */
  whenNoneFits: ReactNode;
}

const shownAtFirst = 10;
/** The server offers no more of those that fit. */
const mostFitting = 100;

/** The free accounts that fit, best first, and the rest of the pool behind a search. One is selected, several can be marked. */
export const Candidates: React.FC<CandidatesProps> = (props) => {
  const { candidates, found, search, searchTurn, onSearch, searchField, whenNoneFits, ...rows } = props;
  const searching = search !== '';
  const back = candidates.filter((candidate) => candidate.releasedByPartnerAt);
  const backFitting = back.filter((candidate) => candidate.fits).length;
  const fitting = candidates.filter((candidate) => candidate.fits && !candidate.releasedByPartnerAt);
  const near = candidates.filter((candidate) => !candidate.fits && !candidate.releasedByPartnerAt);
  const isCut = fitting.length + backFitting >= mostFitting;
  return (
    <section className="lc-card" aria-label="Accounts to choose from">
      <header>
        <h2>{searching ? foundTitle(found) : fitTitle(fitting.length, isCut)}</h2>
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
          {fitting.length === 0 && (
            <Empty
              title={
                backFitting > 0 ? 'Nothing fits but what this partner released before, below.' : 'No free account fits.'
              }
            >
              {whenNoneFits}
            </Empty>
          )}
          {fitting.length > 0 && <CandidateRows label="Accounts that fit" list={fitting} isCut={isCut} {...rows} />}
          {near.length > 0 && (
            <>
              <div className="lc-divider">Same vertical, but fall short elsewhere</div>
              <CandidateRows label="Accounts that fall short" list={near} {...rows} />
            </>
          )}
          {back.length > 0 && (
            <>
              <div className="lc-divider">Released by this partner before</div>
              <CandidateRows label="Accounts that this partner released before" list={back} {...rows} />
            </>
          )}
        </>
      )}
    </section>
  );
};

function fitTitle(count: number, isCut: boolean): string {
  if (isCut) return `${count}+ accounts fit`;
  return count === 0 ? 'Accounts that fit' : `${howMany(count, 'account')} ${count === 1 ? 'fits' : 'fit'}`;
}

function foundTitle(found: Candidate[] | undefined): string {
  return found ? `${howMany(found.length, 'account')} found` : 'Searching…';
}

/** Tells what to look for once one stops typing. */
export const PoolSearch: React.FC<{
  search: string;
  onSearch: (text: string) => void;
  field?: React.RefObject<HTMLInputElement | null>;
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
          if (event.key !== 'Escape' && event.key !== 'Enter') return;
          event.preventDefault();
          if (event.key === 'Escape') setTyped('');
          else tell.current(typed.trim());
          event.currentTarget.blur();
        }}
      />
      {typed === '' && field && <kbd aria-hidden="true">/</kbd>}
    </span>
  );
};

const CandidateRows: React.FC<RowsProps & { list: Candidate[]; label: string; isCut?: boolean }> = (props) => {
  const { list, label, isCut = false, ...rows } = props;
  const [all, setAll] = useState(false);
  const isChosen = ({ socialAccountId: id }: Candidate) => id === rows.selectedId || rows.marked.has(id);
  // What has been unfolded stays so: rows that fold back move everything below them under one's eyes.
  if (!all && list.slice(shownAtFirst).some(isChosen)) setAll(true);
  const shown = all ? list : list.slice(0, shownAtFirst);
  return (
    <>
      <ul aria-label={label}>
        {shown.map((candidate) => (
          <CandidateRow key={candidate.socialAccountId} candidate={candidate} {...rows} />
        ))}
      </ul>
      {shown.length < list.length && (
        <button type="button" className="lc-show-all" onClick={() => setAll(true)}>
          {isCut ? `Show the best ${list.length}` : `Show all ${list.length}`}
        </button>
      )}
    </>
  );
};

const CandidateRow: React.FC<RowsProps & { candidate: Candidate }> = (props) => {
  const { candidate, selectedId, marked, onSelect, onMark, onAssign, selectable, shut, now } = props;
  const id = candidate.socialAccountId;
  const on = selectable && id === selectedId;
  if (!selectable) {
    return (
      <li className="lc-candidate">
        <Described candidate={candidate} now={now} />
      </li>
    );
  }
  return (
    <li
      id={id}
      className={`lc-candidate lc-opens ${on ? 'on' : ''}`}
      aria-current={on ? 'true' : undefined}
      onClick={(event) => {
        if (!(event.target instanceof Element && event.target.closest('button, input'))) onSelect(id);
      }}
    >
      <input
        type="checkbox"
        aria-label={`Mark ${at(candidate.handle)}`}
        checked={marked.has(id)}
        onChange={() => onMark(id)}
      />
      <Described candidate={candidate} now={now} />
      <button
        type="button"
        className="lc-btn small"
        aria-label={`Assign ${at(candidate.handle)}`}
        disabled={shut}
        onClick={(event) => {
          // The second click of a double click must not reach the next account's button.
          if (event.detail < 2) onAssign(candidate);
        }}
      >
        Assign
      </button>
    </li>
  );
};

/** Who it is, and how it stands beside the wishes. */
export const Described: React.FC<{ candidate: Candidate; now: number }> = ({ candidate, now }) => {
  const released = releasedInWords(candidate, now);
  const { uncheckedSince } = candidate;
  return (
    <span className="lc-grow">
      <b>{at(candidate.handle)}</b> <span className="lc-muted">{followersInWords(candidate.followers)} followers</span>
      <span className="lc-why">
        {candidate.reasons.map((reason) => (
          <ReasonChip key={reason} reason={reason} />
        ))}
        {uncheckedSince && (
          <Chip title={inUtc(uncheckedSince)}>
            released {span(now - Date.parse(uncheckedSince))} ago, not yet checked
          </Chip>
        )}
        {released && <ReasonChip reason={`✕ ${released}`} word="speaks against it" />}
      </span>
    </span>
  );
};

const marks: Record<string, { tone: Tone; word: string }> = {
  '✓': { tone: 'ok', word: 'met' },
  '~': { tone: 'warn', word: 'partly met' },
  '✕': { tone: 'bad', word: 'not met' },
};

const ReasonChip: React.FC<{ reason: string; word?: string }> = ({ reason, word }) => {
  const sign = reason.charAt(0);
  const mark = marks[sign];
  if (!mark) return <Chip>{reason}</Chip>;
  return (
    <Chip tone={mark.tone} title={reason}>
      <span aria-hidden="true">{sign} </span>
      {reason.slice(1).trim()}
      <span className="lc-unseen">, {word ?? mark.word}</span>
    </Chip>
  );
};
