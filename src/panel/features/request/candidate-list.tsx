import React, { useState, type ReactNode } from 'react';
import type { Command } from '../../lib/commands.js';
import { formatBoundedCount, formatCount, formatHandle } from '../../lib/format.js';
import { EmptyState, LoadingState } from '../../ui/states.js';
import { CandidateDetails } from './candidate-details.js';
import { PoolSearch } from './pool-search.js';
import type { Candidate } from './types.js';
import { wasWithPartner } from './warnings.js';

interface RowsProps {
  selectedId: string | null;
  onSelect: (id: string) => void;
  markedIds: ReadonlySet<string>;
  onMark: (id: string) => void;
  onAssign: (candidate: Candidate) => void;
  /** False for those who may not assign: there is nothing to select. */
  isSelectable: boolean;
  isDisabled: boolean;
  now: number;
}

interface CandidateListProps extends RowsProps {
  /** Those that fit, best first, then a few that nearly do, then what this partner has given back before. */
  candidates: Candidate[];
  /** How many of them are left after earlier requests; null where those want none of them. */
  leftCount: number | null;
  /** What the search over the whole pool found; undefined while it is read. */
  found: Candidate[] | undefined;
  search: string;
  /** Another one empties the search field. */
  searchKey: number;
  onSearch: (text: string) => void;
  searchField: React.RefObject<HTMLInputElement | null>;
  searchCommand: Command;
  /** Actions where nothing fits. */
  emptyHint: ReactNode;
}

const SHOWN_AT_FIRST = 10;
/** The server offers no more of those that fit. */
const MAX_FITTING = 100;

/** The free accounts that fit, best first, and the whole pool behind a search. */
export const CandidateList: React.FC<CandidateListProps> = (props) => {
  const {
    candidates,
    leftCount,
    found,
    search,
    searchKey,
    onSearch,
    searchField,
    searchCommand,
    emptyHint,
    ...rowsProps
  } = props;
  const isSearching = search !== '';
  const released = candidates.filter(wasWithPartner);
  const releasedFitting = released.filter(({ fits }) => fits).length;
  const fitting = candidates.filter((candidate) => candidate.fits && !wasWithPartner(candidate));
  const near = candidates.filter((candidate) => !candidate.fits && !wasWithPartner(candidate));
  const isCut = fitting.length + releasedFitting >= MAX_FITTING;
  return (
    <section className="lc-card" aria-label="Accounts to choose from">
      <header>
        <h2>{isSearching ? getFoundTitle(found) : getFittingTitle(fitting.length, isCut)}</h2>
        <span className="lc-faint">
          {isSearching
            ? 'in the whole pool'
            : joinWithDots(fitting.length > 1 && 'best first', describeLeft(leftCount))}
        </span>
        <span className="lc-grow" />
        <PoolSearch key={searchKey} search={search} onSearch={onSearch} field={searchField} command={searchCommand} />
      </header>
      {isSearching ? (
        <FoundCandidates found={found} {...rowsProps} />
      ) : (
        <>
          {fitting.length === 0 && (
            <EmptyState
              title={
                releasedFitting > 0
                  ? 'Only accounts that this partner had before fit; see below.'
                  : 'No free account fits.'
              }
            >
              {emptyHint}
            </EmptyState>
          )}
          {fitting.length > 0 && (
            <CandidateRows label="Accounts that fit" candidates={fitting} isCut={isCut} {...rowsProps} />
          )}
          {near.length > 0 && (
            <>
              <div className="lc-divider">Same vertical, partial match</div>
              <CandidateRows label="Partial matches" candidates={near} {...rowsProps} />
            </>
          )}
          {released.length > 0 && (
            <>
              <div className="lc-divider">This partner had them before</div>
              <CandidateRows label="Accounts that this partner had before" candidates={released} {...rowsProps} />
            </>
          )}
        </>
      )}
    </section>
  );
};

function joinWithDots(...parts: (string | false | null)[]): string {
  return parts.filter(Boolean).join(' · ');
}

function describeLeft(count: number | null): string | null {
  return count === null
    ? null
    : `${count === 0 ? 'none' : formatBoundedCount(count, MAX_FITTING)} after earlier requests`;
}

function getFittingTitle(count: number, isCut: boolean): string {
  if (isCut) return `${count}+ accounts fit`;
  return count === 0 ? 'Accounts that fit' : `${formatCount(count, 'account')} ${count === 1 ? 'fits' : 'fit'}`;
}

function getFoundTitle(found: Candidate[] | undefined): string {
  return found ? `${formatCount(found.length, 'account')} found` : 'Searching…';
}

const FoundCandidates: React.FC<RowsProps & { found: Candidate[] | undefined }> = ({ found, ...rowsProps }) => {
  if (!found) return <LoadingState what="accounts" lines={4} />;
  if (found.length === 0) {
    return (
      <EmptyState title="No free account matches this search.">
        Search by handle, vertical, language or country, for example “coffee en US”.
      </EmptyState>
    );
  }
  return <CandidateRows label="Accounts found" candidates={found} {...rowsProps} />;
};

interface CandidateRowsProps extends RowsProps {
  label: string;
  candidates: Candidate[];
  isCut?: boolean;
}

const CandidateRows: React.FC<CandidateRowsProps> = ({ label, candidates, isCut = false, ...rowsProps }) => {
  const { selectedId, markedIds } = rowsProps;
  const [showsAll, setShowsAll] = useState(false);
  const isChosen = ({ socialAccountId: id }: Candidate) => id === selectedId || markedIds.has(id);
  // The list is never folded again: everything below it would move.
  if (!showsAll && candidates.slice(SHOWN_AT_FIRST).some(isChosen)) setShowsAll(true);
  const shown = showsAll ? candidates : candidates.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ul aria-label={label}>
        {shown.map((candidate) => (
          <CandidateRow key={candidate.socialAccountId} candidate={candidate} {...rowsProps} />
        ))}
      </ul>
      {shown.length < candidates.length && (
        <button type="button" className="lc-show-all" onClick={() => setShowsAll(true)}>
          {isCut ? `Show the best ${candidates.length}` : `Show all ${candidates.length}`}
        </button>
      )}
    </>
  );
};

const CandidateRow: React.FC<RowsProps & { candidate: Candidate }> = (props) => {
  const { candidate, selectedId, markedIds, onSelect, onMark, onAssign, isSelectable, isDisabled, now } = props;
  const id = candidate.socialAccountId;
  const isSelected = isSelectable && id === selectedId;
  if (!isSelectable) {
    return (
      <li className="lc-candidate">
        <CandidateDetails candidate={candidate} now={now} />
      </li>
    );
  }
  return (
    // The click is an addition for the mouse: the keyboard selects by j and k, and marks by the checkbox.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <li
      id={id}
      className={`lc-candidate lc-opens ${isSelected ? 'on' : ''}`}
      aria-current={isSelected ? 'true' : undefined}
      onClick={({ target }) => {
        if (!(target instanceof Element && target.closest('button, input'))) onSelect(id);
      }}
    >
      <input
        type="checkbox"
        aria-label={`Mark ${formatHandle(candidate.handle)}`}
        checked={markedIds.has(id)}
        onChange={() => onMark(id)}
      />
      <CandidateDetails candidate={candidate} now={now} />
      <button
        type="button"
        className="lc-btn small"
        aria-label={`Assign ${formatHandle(candidate.handle)}`}
        disabled={isDisabled}
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
