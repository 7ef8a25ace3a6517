import React, { useEffect, useId, useRef, useState } from 'react';
import { useSelector } from 'react-redux';
import { useNavigate } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { readPage } from '../../lib/api.js';
import { at, shortId } from '../../lib/format.js';

interface Found {
  resource: string;
  id: string;
  title: string;
  about: string;
}

type Kind = 'requests' | 'accounts' | 'partners' | 'keys' | 'transfers';
type Answer = Record<Kind, Found[]> & { q: string };

const kinds: { kind: Kind; one: string }[] = [
  { kind: 'requests', one: 'request' },
  { kind: 'accounts', one: 'account' },
  { kind: 'partners', one: 'partner' },
  { kind: 'keys', one: 'API key' },
  { kind: 'transfers', one: 'transfer' },
];

/** Waits this long after a keystroke before it asks. */
const settledAfterMs = 200;

interface SearchBoxProps {
  field: React.RefObject<HTMLInputElement | null>;
  /** What is asked for before anything is typed. */
  initially?: string;
  /** Whether what is found stands on the page, instead of lying over it for as long as one types. */
  stays?: boolean;
  /** The key that leads here, shown in the empty field. */
  hint?: string;
  onTyped?: (typed: string) => void;
  /** Something was found and opened. */
  onGone?: () => void;
}

/** Finds a request, handle, partner, key prefix or transfer by its id or by text; arrows choose, Enter opens. */
export const SearchBox: React.FC<SearchBoxProps> = ({ field, initially = '', stays, hint, onTyped, onGone }) => {
  const [typed, setTyped] = useState(initially);
  const [focused, setFocused] = useState(false);
  const [active, setActive] = useState(0);
  const { answer, failed } = useAnswer(typed.trim());
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const navigate = useNavigate();
  const listId = useId();
  const found = answer ? kinds.flatMap(({ kind, one }) => answer[kind].map((hit) => ({ ...hit, one }))) : [];
  const shown = (stays || focused) && typed.trim() !== '';
  const isListed = shown && found.length > 0;
  useEffect(() => setActive(0), [answer]);
  useEffect(() => {
    if (shown) document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [shown, listId, active]);

  const go = (hit: Found | undefined) => {
    if (!hit) return;
    setTyped('');
    field.current?.blur();
    const action = hit.resource === 'lease-requests' ? 'fulfil' : 'show';
    navigate(`${rootPath}/resources/${hit.resource}/records/${hit.id}/${action}`);
    onGone?.();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' && !stays) {
      setTyped('');
      field.current?.blur();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive(Math.min(found.length - 1, Math.max(0, active + step)));
    } else if (event.key === 'Enter' && answer?.q === typed.trim()) {
      go(found[active]);
    }
  };

  return (
    <div className={`lc-search lc-find ${stays ? 'stays' : ''}`}>
      <input
        ref={field as React.RefObject<HTMLInputElement>}
        type="search"
        role="combobox"
        aria-expanded={isListed}
        aria-controls={isListed ? listId : undefined}
        aria-activedescendant={isListed ? `${listId}-${active}` : undefined}
        aria-autocomplete="list"
        aria-label="Search for a request, handle, partner, key or transfer"
        placeholder="Search request, handle, partner…"
        autoComplete="off"
        maxLength={200}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          onTyped?.(event.target.value);
        }}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onKeyDown={onKeyDown}
      />
      {hint && typed === '' && <kbd aria-hidden="true">{hint}</kbd>}
      {shown && (
        <div className="lc-hits">
          <div role="status" className={found.length > 0 ? 'lc-unseen' : 'lc-hits-none'}>
            {sayHow(answer, failed, found.length)}
          </div>
          {isListed && (
            <ul id={listId} role="listbox" aria-label="What was found">
              {found.map((hit, index) => (
                <li
                  key={`${hit.resource} ${hit.id}`}
                  id={`${listId}-${index}`}
                  role="option"
                  aria-selected={index === active}
                  className={index === active ? 'on' : ''}
                  onMouseDown={(event) => {
                    event.preventDefault();
                    go(hit);
                  }}
                >
                  <span className="lc-faint">{hit.one}</span>
                  <b className="lc-ellipsis">
                    {hit.resource === 'social-accounts' ? at(hit.title) : shortId(hit.title)}
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

function sayHow(answer: Answer | null, failed: boolean, count: number): string {
  if (failed) return 'The search did not answer; try again in a moment.';
  if (!answer) return 'Searching…';
  if (count === 0) return 'Nothing is called that. Try an id, a handle, a name or a reference.';
  return `${count} found`;
}

function useAnswer(q: string): { answer: Answer | null; failed: boolean } {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failed, setFailed] = useState(false);
  const newest = useRef(0);
  useEffect(() => {
    const turn = ++newest.current;
    setFailed(false);
    if (q === '') return setAnswer(null);
    const timer = setTimeout(() => {
      readPage<Answer>('search', { q }).then(
        (fresh) => turn === newest.current && setAnswer(fresh),
        () => turn === newest.current && setFailed(true),
      );
    }, settledAfterMs);
    return () => clearTimeout(timer);
  }, [q]);
  return { answer, failed };
}
