import React, { useEffect, useId, useState } from 'react';
import type { QueuePage, QueueRow, QueueView } from '../../lib/types.js';
import { blockerNames, counted } from '../../lib/format.js';
import { isNarrowed, views, type Filters } from './queue-address.js';

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
        {counts && <i className={name === 'overdue' && counts.overdue > 0 ? 'bad' : ''}>{counted(counts[name])}</i>}
      </button>
    ))}
  </div>
);

interface FilterBarProps {
  filters: Filters;
  /** Of which the partners, verticals and languages are offered. */
  rows: QueueRow[];
  onChange: (change: Filters) => void;
  onClear: () => void;
}

/** What the rows are narrowed by; all of it combines. */
export const FilterBar: React.FC<FilterBarProps> = ({ filters, rows, onChange, onClear }) => {
  const seen = useSeen(rows);
  return (
    <div className="lc-filter-bar">
      <Typed
        label="Partner"
        value={filters.partner}
        seen={seen.partner}
        onChange={(partner) => onChange({ partner })}
      />
      <Typed
        label="Vertical"
        value={filters.vertical}
        seen={seen.vertical}
        onChange={(vertical) => onChange({ vertical })}
      />
      <Typed
        label="Language"
        value={filters.language}
        seen={seen.language}
        onChange={(language) => onChange({ language })}
        narrow
      />
      <label className={`lc-filter ${filters.blocker ? 'on' : ''}`}>
        <span>Blocker</span>
        <select value={filters.blocker ?? ''} onChange={(event) => onChange({ blocker: event.target.value })}>
          <option value="">any</option>
          {Object.entries(blockerNames).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className={`lc-filter ${filters.claimed ? 'on' : ''}`}>
        <span>Held</span>
        <select value={filters.claimed ?? ''} onChange={(event) => onChange({ claimed: event.target.value })}>
          <option value="">any</option>
          <option value="yes">by somebody</option>
          <option value="no">by nobody</option>
        </select>
      </label>
      <Typed label="Text" value={filters.q} seen={[]} onChange={(q) => onChange({ q })} />
      {isNarrowed(filters) ? (
        <button type="button" className="lc-link" onClick={onClear}>
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

/** A filter that takes what is typed and offers what has been seen; it counts on Enter, on a choice, and when one leaves it. */
const Typed: React.FC<{
  label: string;
  value: string | undefined;
  seen: string[];
  onChange: (value: string) => void;
  narrow?: boolean;
}> = ({ label, value = '', seen, onChange, narrow }) => {
  const [typed, setTyped] = useState(value);
  const listId = useId();
  useEffect(() => setTyped(value), [value]);
  const settle = (text: string) => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <label className={`lc-filter ${value ? 'on' : ''}`}>
      <span>{label}</span>
      <input
        type="text"
        className={narrow ? 'narrow' : ''}
        list={seen.length > 0 ? listId : undefined}
        value={typed}
        placeholder="any"
        maxLength={100}
        onChange={(event) => {
          setTyped(event.target.value);
          if (event.target.value === '' || seen.includes(event.target.value)) settle(event.target.value);
        }}
        onBlur={() => settle(typed)}
        onKeyDown={(event) => {
          // Back to the rows, where the keys work again; leaving the field settles it.
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      {seen.length > 0 && (
        <datalist id={listId}>
          {seen.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
};

type Seen = Record<'partner' | 'vertical' | 'language', string[]>;

/** Every partner, vertical and language that has stood in a row since the page was opened, whatever is narrowed now. */
function useSeen(rows: QueueRow[]): Seen {
  const [seen, setSeen] = useState<Seen>({ partner: [], vertical: [], language: [] });
  useEffect(() => {
    setSeen((before) => ({
      partner: both(before.partner, rows, ({ partner }) => partner),
      vertical: both(before.vertical, rows, ({ vertical }) => vertical),
      language: both(before.language, rows, ({ language }) => language),
    }));
  }, [rows]);
  return seen;
}

function both(before: string[], rows: QueueRow[], of: (row: QueueRow) => string | null): string[] {
  const values = rows.map(of).filter((value): value is string => value !== null);
  return [...new Set([...before, ...values])].sort((a, b) => a.localeCompare(b));
}
