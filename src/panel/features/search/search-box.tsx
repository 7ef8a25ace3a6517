import React, { useEffect, useId, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router-dom';
import type { SearchAnswer, SearchKind } from '../../../search/search.service.js';
import { isComposing } from '../../lib/composing.js';
import { formatKey } from '../../lib/commands.js';
import { formatCount, formatHandle } from '../../lib/format.js';
import { toPagePath, toRecordPath, toRequestPath } from '../../lib/paths.js';
import { toPageKey } from '../../lib/queries.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { useMenu, type MenuEntry } from '../../ui/menu.js';
import { searchCommand } from './search-commands.js';

const kinds: { kind: SearchKind; label: string }[] = [
  { kind: 'requests', label: 'request' },
  { kind: 'partners', label: 'partner' },
  { kind: 'notes', label: 'note' },
  { kind: 'accounts', label: 'account' },
  { kind: 'keys', label: 'API key' },
  { kind: 'calls', label: 'call' },
  { kind: 'endpoints', label: 'webhook' },
  { kind: 'deliveries', label: 'delivery' },
  { kind: 'transfers', label: 'transaction' },
  { kind: 'staff', label: 'staff' },
];
/** The server counts the matches of a kind no further. */
const MAX_COUNTED = 50;

/** A line of the list. */
interface Hit {
  label: string;
  title: string;
  about: string;
  href: string;
}

const DEBOUNCE_MS = 200;

interface SearchBoxProps {
  field: React.RefObject<HTMLInputElement | null>;
  initialText?: string;
  /** Whether the hits stand on the page, instead of lying over it while one types. */
  isInline?: boolean;
  /** Whether the empty field shows the key that leads to it. */
  showsKey?: boolean;
  /** Whether all hits are shown, instead of the first of each kind with a way to all of them. */
  showsAll?: boolean;
  onChange?: (text: string) => void;
  /** A hit was opened. */
  onNavigate?: () => void;
}

/** Finds pages and records by id, text or amount; arrows choose, Enter opens. */
export const SearchBox: React.FC<SearchBoxProps> = (props) => {
  const { field, initialText = '', isInline, showsKey, showsAll = false, onChange, onNavigate } = props;
  const [text, setText] = useState(initialText);
  const [givenText, setGivenText] = useState(initialText);
  if (initialText !== givenText) {
    setGivenText(initialText);
    if (initialText !== text) setText(initialText);
  }
  const [hasFocus, setHasFocus] = useState(false);
  const { data, isError } = useSearch(text.trim(), showsAll);
  const [active, setActive] = useActiveIndex(data?.q);
  const navigate = useNavigate();
  const listId = useId();
  const pages = useMenu().flat();
  const hits = data && data.q !== '' ? toHits(data, pages) : [];
  const isShown = (isInline || hasFocus) && text.trim() !== '';
  const hasList = isShown && hits.length > 0;
  useEffect(() => {
    if (isShown) document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [isShown, listId, active]);

  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    setText('');
    field.current?.blur();
    navigate(hit.href);
    onNavigate?.();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      setText('');
      onChange?.('');
      if (!isInline) field.current?.blur();
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
        aria-label="Search for a request, partner, note, handle, key, amount or page"
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
          <div role="status" className={hits.length > 0 ? 'lc-hits-count' : 'lc-hits-none'}>
            {describeHits(data, isError, hits)}
          </div>
          {hasList && (
            <ul id={listId} role="listbox" aria-label="Search results">
              {hits.map((hit, index) => (
                <li
                  key={`${index} ${hit.href}`}
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
                  <b className="lc-ellipsis" dir="auto">
                    {hit.title}
                  </b>
                  <span className="lc-muted lc-ellipsis" dir="auto">
                    {hit.about}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
};

/** The pages of that name, the hits of each kind, and the way to all of them where there are more. */
function toHits(answer: SearchAnswer, pages: MenuEntry[]): Hit[] {
  const asked = answer.q.toLowerCase();
  const found = kinds.flatMap(({ kind, label }) =>
    answer[kind].map(({ resource, id, title, about }): Hit => ({
      label,
      title: kind === 'accounts' ? formatHandle(title) : title,
      about,
      href: resource === 'lease-requests' ? toRequestPath(id) : toRecordPath(resource, id),
    })),
  );
  const hits: Hit[] = [
    ...pages
      .filter(({ label }) => label.toLowerCase().startsWith(asked))
      .map(({ label, href }) => ({ label: 'page', title: label, about: 'opens the page', href })),
    ...found,
  ];
  if (isAll(answer)) return hits;
  const isBounded = kinds.every(({ kind }) => answer.counts[kind] <= MAX_COUNTED);
  const title = isBounded ? `All ${countMatches(answer)} matches` : 'More matches';
  const href = `${toPagePath('search')}?${new URLSearchParams({ q: answer.q })}`;
  return [...hits, { label: 'more', title, about: 'on the search page', href }];
}

/** Whether more cannot be shown: of each kind all, or as many as are read. */
function isAll(answer: SearchAnswer): boolean {
  return kinds.every(({ kind }) => answer[kind].length >= Math.min(answer.counts[kind], MAX_COUNTED));
}

function countMatches({ counts }: SearchAnswer): number {
  return kinds.reduce((sum, { kind }) => sum + counts[kind], 0);
}

function describeHits(answer: SearchAnswer | undefined, isError: boolean, hits: Hit[]): string {
  if (isError) return 'The search failed; try again in a moment.';
  if (!answer || answer.q === '') return 'Searching…';
  if (hits.length === 0) return 'No results. Try an ID, a handle, a name, an amount or a reference.';
  const many = kinds.filter(({ kind }) => answer.counts[kind] > MAX_COUNTED).map(({ label }) => label);
  const shown = kinds.reduce((sum, { kind }) => sum + answer[kind].length, 0);
  if (many.length > 0) return `More than ${MAX_COUNTED} matches of one type (${many.join(', ')}); ${shown} shown.`;
  const count = countMatches(answer);
  return shown < count ? `${shown} of ${formatCount(count, 'match', 'matches')} shown` : `${hits.length} found`;
}

function useSearch(text: string, showsAll: boolean) {
  const q = useDebounced(text, DEBOUNCE_MS);
  return useQuery<SearchAnswer>({
    queryKey: toPageKey('search', showsAll ? { q, all: 'on' } : { q }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
}

/** The chosen hit; another answer begins at its first. */
function useActiveIndex(answered: string | undefined): [number, (index: number) => void] {
  const [active, setActive] = useState({ answered, index: 0 });
  return [active.answered === answered ? active.index : 0, (index) => setActive({ answered, index })];
}
