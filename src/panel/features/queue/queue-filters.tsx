import React, { useId, useState } from 'react';
import { toLanguageOption, toLanguageTag } from '../../../core/display-names.js';
import { isComposing } from '../../lib/composing.js';
import { blockerOptions, formatBoundedCount } from '../../lib/format.js';
import type { QueuePage, QueueRow, QueueView } from '../../lib/types.js';
import { views, type QueueAddress } from './queue-address.js';

/** The views with how many requests each holds. */
export const ViewTabs: React.FC<{
  view: QueueView;
  counts: QueuePage['counts'] | null;
  onView: (view: QueueView) => void;
}> = ({ view, counts, onView }) => (
  <div className="lc-tabs" role="group" aria-label="Views of the queue">
    {views.map(({ name, label }) => (
      <button key={name} type="button" aria-pressed={name === view} onClick={() => onView(name)}>
        {label}
        {counts && (
          <i className={name === 'overdue' && counts.overdue > 0 ? 'bad' : ''}>{formatBoundedCount(counts[name])}</i>
        )}
      </button>
    ))}
  </div>
);

interface FilterBarProps {
  address: QueueAddress;
  /** Their partners, verticals and languages are suggested. */
  rows: QueueRow[];
}

/** The filters of the queue; all of them combine. */
export const FilterBar: React.FC<FilterBarProps> = ({ address, rows }) => {
  const { filters, isFiltered, change, clear } = address;
  const suggestions = useSuggestions(rows);
  return (
    <div className="lc-filter-bar">
      <TextFilter
        label="Partner"
        value={filters.partner}
        suggestions={suggestions.partner}
        onChange={(partner) => change({ partner })}
      />
      <TextFilter
        label="Vertical"
        value={filters.vertical}
        suggestions={suggestions.vertical}
        onChange={(vertical) => change({ vertical })}
      />
      <TextFilter
        label="Language"
        value={filters.language && toLanguageOption(filters.language)}
        suggestions={suggestions.language}
        onChange={(language) => change({ language: toLanguageTag(language) })}
        narrow
      />
      <label className={`lc-filter ${filters.blocker ? 'on' : ''}`}>
        <span>Blocker</span>
        <select value={filters.blocker ?? ''} onChange={(event) => change({ blocker: event.target.value })}>
          <option value="">any</option>
          {blockerOptions.map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className={`lc-filter ${filters.claimed ? 'on' : ''}`}>
        <span>Claimed</span>
        <select value={filters.claimed ?? ''} onChange={(event) => change({ claimed: event.target.value })}>
          <option value="">any</option>
          <option value="yes">yes</option>
          <option value="no">no</option>
        </select>
      </label>
      <TextFilter label="Search" value={filters.q} suggestions={[]} onChange={(q) => change({ q })} />
      {isFiltered ? (
        <button type="button" className="lc-link" onClick={() => clear()}>
          Clear filters
        </button>
      ) : (
        <>
          <span className="lc-grow" />
          <span className="lc-faint">Most urgent first</span>
        </>
      )}
    </div>
  );
};

interface TextFilterProps {
  label: string;
  value: string | undefined;
  suggestions: string[];
  onChange: (value: string) => void;
  narrow?: boolean;
}

/** A text with suggestions. It is applied on Enter, by a suggestion, and when the field is left. */
const TextFilter: React.FC<TextFilterProps> = ({ label, value = '', suggestions, onChange, narrow }) => {
  const [text, setText] = useState(value);
  const [appliedValue, setAppliedValue] = useState(value);
  const listId = useId();
  if (value !== appliedValue) {
    setAppliedValue(value);
    setText(value);
  }
  const apply = (typed: string) => {
    if (typed.trim() !== value) onChange(typed.trim());
  };
  return (
    <label className={`lc-filter ${value ? 'on' : ''}`}>
      <span>{label}</span>
      <input
        type="text"
        style={{ width: `${getWidth(text, narrow ? 7 : 12)}ch` }}
        title={text || undefined}
        list={suggestions.length > 0 ? listId : undefined}
        value={text}
        placeholder="any"
        maxLength={100}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value === '' || suggestions.includes(event.target.value)) apply(event.target.value);
        }}
        onBlur={() => apply(text)}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          // Back to the rows, where the keys work again; leaving the field applies it.
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      {suggestions.length > 0 && (
        <datalist id={listId}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </label>
  );
};

const MAX_WIDTH = 28;
/** For the arrow that opens the suggestions. */
const ARROW_WIDTH = 3;
/** Of a letter, for most are narrower than a digit. */
const LETTER_WIDTH = 0.9;

/** Of a field, in digits of its font. */
function getWidth(text: string, least: number): number {
  return Math.min(MAX_WIDTH, Math.max(least, text.length * LETTER_WIDTH + ARROW_WIDTH));
}

type Suggestions = Record<'partner' | 'vertical' | 'language', string[]>;

/** Every partner, vertical and language that was in a row since the page was opened, whatever is filtered now. */
function useSuggestions(rows: QueueRow[]): Suggestions {
  const [seen, setSeen] = useState<{ rows: QueueRow[]; suggestions: Suggestions }>(() => ({
    rows,
    suggestions: addValues({ partner: [], vertical: [], language: [] }, rows),
  }));
  if (seen.rows === rows) return seen.suggestions;
  const suggestions = addValues(seen.suggestions, rows);
  setSeen({ rows, suggestions });
  return suggestions;
}

function addValues({ partner, vertical, language }: Suggestions, rows: QueueRow[]): Suggestions {
  return {
    partner: mergeSorted(
      partner,
      rows.map((row) => row.partner),
    ),
    vertical: mergeSorted(
      vertical,
      rows.map((row) => row.vertical),
    ),
    language: mergeSorted(
      language,
      rows.flatMap((row) => (row.language ? toLanguageOption(row.language) : [])),
    ),
  };
}

function mergeSorted(before: string[], values: string[]): string[] {
  return [...new Set([...before, ...values])].sort((a, b) => a.localeCompare(b));
}
