import React, { useEffect, useId, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router-dom';
import type { SearchAnswer, SearchHit } from '../../../search/search.service.js';
import { isComposing } from '../../lib/composing.js';
import { formatKey } from '../../lib/commands.js';
import { formatHandle, shortenId } from '../../lib/format.js';
import { toRecordPath, toRequestPath } from '../../lib/paths.js';
import { toPageKey } from '../../lib/queries.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { searchCommand } from './search-commands.js';

const kinds = [
  { kind: 'requests', label: 'request' },
  { kind: 'accounts', label: 'account' },
  { kind: 'partners', label: 'partner' },
  { kind: 'keys', label: 'API key' },
  { kind: 'transfers', label: 'transfer' },
] as const;

const DEBOUNCE_MS = 200;

interface SearchBoxProps {
  field: React.RefObject<HTMLInputElement | null>;
  initialText?: string;
  /** Whether the hits stand on the page, instead of lying over it while one types. */
  isInline?: boolean;
  /** Whether the empty field shows the key that leads to it. */
  showsKey?: boolean;
  onChange?: (text: string) => void;
  /** A hit was opened. */
  onNavigate?: () => void;
}

/** Finds a request, handle, partner, key prefix or transfer by its id or by text; arrows choose, Enter opens. */
export const SearchBox: React.FC<SearchBoxProps> = (props) => {
  const { field, initialText = '', isInline, showsKey, onChange, onNavigate } = props;
  const [text, setText] = useState(initialText);
  const [hasFocus, setHasFocus] = useState(false);
  const { data, isError } = useSearch(text.trim());
  const [active, setActive] = useActiveIndex(data?.q);
  const navigate = useNavigate();
  const listId = useId();
  const hits = data ? kinds.flatMap(({ kind, label }) => data[kind].map((hit) => ({ ...hit, label }))) : [];
  const isShown = (isInline || hasFocus) && text.trim() !== '';
  const hasList = isShown && hits.length > 0;
  useEffect(() => {
    if (isShown) document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [isShown, listId, active]);

  const open = (hit: SearchHit | undefined) => {
    if (!hit) return;
    setText('');
    field.current?.blur();
    navigate(hit.resource === 'lease-requests' ? toRequestPath(hit.id) : toRecordPath(hit.resource, hit.id));
    onNavigate?.();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Escape' && !isInline) {
      setText('');
      field.current?.blur();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive(Math.min(hits.length - 1, Math.max(0, active + step)));
    } else if (event.key === 'Enter' && data?.q === text.trim()) {
      open(hits[active]);
    }
  };

  return (
    <div className={`lc-search lc-find ${isInline ? 'stays' : ''}`}>
      <input
        ref={field as React.RefObject<HTMLInputElement>}
        type="search"
        role="combobox"
        aria-expanded={hasList}
        aria-controls={hasList ? listId : undefined}
        aria-activedescendant={hasList ? `${listId}-${active}` : undefined}
        aria-autocomplete="list"
        aria-label="Search for a request, handle, partner, key or transfer"
        placeholder="Search request, handle, partner…"
        autoComplete="off"
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChange?.(event.target.value);
        }}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        onKeyDown={onKeyDown}
      />
      {showsKey && text === '' && <kbd aria-hidden="true">{formatKey(searchCommand.keys[0]!)}</kbd>}
      {isShown && (
        <div className="lc-hits">
          <div role="status" className={hits.length > 0 ? 'lc-visually-hidden' : 'lc-hits-none'}>
            {describeHits(data, isError, hits.length)}
          </div>
          {hasList && (
            <ul id={listId} role="listbox" aria-label="What was found">
              {hits.map((hit, index) => (
                <li
                  key={`${hit.resource} ${hit.id}`}
                  id={`${listId}-${index}`}
                  role="option"
                  aria-selected={index === active}
                  className={index === active ? 'on' : ''}
                  onMouseDown={(event) => {
                    event.preventDefault();
                    open(hit);
                  }}
                >
                  <span className="lc-faint">{hit.label}</span>
                  <b className="lc-ellipsis">
                    {hit.resource === 'social-accounts' ? formatHandle(hit.title) : shortenId(hit.title)}
                  </b>
                  <span className="lc-muted lc-ellipsis">{hit.about}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
};

function describeHits(answer: SearchAnswer | undefined, isError: boolean, count: number): string {
  if (isError) return 'The search did not answer; try again in a moment.';
  if (!answer) return 'Searching…';
  if (count === 0) return 'Nothing is called that. Try an id, a handle, a name or a reference.';
  return `${count} found`;
}

function useSearch(text: string) {
  const q = useDebounced(text, DEBOUNCE_MS);
  return useQuery<SearchAnswer>({
    queryKey: toPageKey('search', { q }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
}

/** The chosen hit; another answer begins at its first. */
function useActiveIndex(answered: string | undefined): [number, (index: number) => void] {
  const [active, setActive] = useState({ answered, index: 0 });
  return [active.answered === answered ? active.index : 0, (index) => setActive({ answered, index })];
}
