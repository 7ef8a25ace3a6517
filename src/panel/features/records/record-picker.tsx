import React, { useEffect, useRef, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RecordJSON } from 'adminjs';
import { toTextKey } from '../../../core/text-key.js';
import { isComposing } from '../../lib/composing.js';
import { formatCount } from '../../lib/format.js';
import { toRecordKey, toSearchKey, type RecordAnswer, type RecordsAnswer } from '../../lib/queries.js';
import { useDebounced } from '../../lib/use-debounced.js';

interface RecordPickerProps {
  id: string;
  resourceId: string;
  chosenId: string;
  /** Null where it has to be looked up. */
  chosenName: string | null;
  onChoose: (id: string) => void;
}

const DEBOUNCE_MS = 200;
const NOT_CHOSEN = 'Choose one from the list, or clear the field.';

/**
 * Chooses another record by its name: type, then arrows and Enter, or click. A name that was typed but not chosen makes the field
 * invalid, so that its form sends nothing.
 */
export const RecordPicker: React.FC<RecordPickerProps> = ({ id, resourceId, chosenId, chosenName, onChoose }) => {
  /** Null until something is typed or chosen here. */
  const [typed, setTyped] = useState<string | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  /** The option that Enter takes. */
  const [active, setActive] = useState<number | null>(null);
  /** Why the text that was typed chooses nothing. */
  const [problem, setProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  /** What is asked for now, for answers that come later. */
  const question = useRef('');
  const listId = `${id}-list`;
  const problemId = `${id}-problem`;
  const initialName = useTitleOf(resourceId, chosenId, chosenName, typed === null);
  const text = typed ?? initialName;
  const { records, isError } = useRecordSearch(resourceId, text.trim(), isOpen);
  const isUnchosen = typed !== null && typed.trim() !== '' && chosenId === '';
  const settle = useSettle(resourceId);

  useEffect(() => input.current?.setCustomValidity(isUnchosen ? (problem ?? NOT_CHOSEN) : ''), [isUnchosen, problem]);

  const type = (next: string) => {
    question.current = next.trim();
    setTyped(next);
    setProblem(null);
    setActive(next.trim() === '' ? null : 0);
    setIsOpen(true);
    if (chosenId !== '') onChoose('');
  };
  const choose = (record: RecordJSON) => {
    question.current = record.title;
    onChoose(record.id);
    setTyped(record.title);
    setProblem(null);
    setIsOpen(false);
  };
  /** Enter before the answer, or leaving the field: takes the only match of what is typed, or says why there is none. */
  const takeOnlyMatch = async () => {
    const asked = question.current;
    const { match, why } = await settle(asked);
    if (question.current !== asked) return;
    if (match) choose(match);
    else setProblem(why);
  };

  return (
    <span className="lc-picker">
      <input
        ref={input}
        id={id}
        className="lc-input"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active !== null && records?.[active] ? `${listId}-${active}` : undefined}
        aria-invalid={problem !== null || undefined}
        aria-describedby={problem === null ? undefined : problemId}
        autoComplete="off"
        placeholder="Type a name"
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => type(event.target.value)}
        onClick={() => setIsOpen(true)}
        onBlur={() => {
          setIsOpen(false);
          if (isUnchosen) void takeOnlyMatch();
        }}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            setIsOpen(true);
            if (isOpen && records) setActive(moveActive(active, event.key, records.length));
          } else if (event.key === 'Enter' && isOpen && active !== null && records?.[active]) {
            event.preventDefault();
            choose(records[active]);
          } else if (event.key === 'Enter' && isUnchosen) {
            event.preventDefault();
            void takeOnlyMatch();
          } else if (event.key === 'Escape' && isOpen) {
            event.preventDefault();
            setIsOpen(false);
          }
        }}
      />
      {isOpen && (
        <ul id={listId} role="listbox">
          {!records && !isError && <li className="lc-muted">Searching…</li>}
          {(isError || records?.length === 0) && <li className="lc-muted">No match</li>}
          {records?.map((record, index) => (
            <li
              key={record.id}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              className={index === active ? 'on' : ''}
              onMouseDown={(event) => {
                event.preventDefault();
                choose(record);
              }}
            >
              {record.title}
            </li>
          ))}
        </ul>
      )}
      <span id={problemId} role="status" className={problem === null ? 'lc-visually-hidden' : 'lc-picker-problem'}>
        {problem}
      </span>
    </span>
  );
};

function moveActive(active: number | null, key: string, count: number): number {
  if (active === null) return key === 'ArrowDown' ? 0 : count - 1;
  return key === 'ArrowDown' ? Math.min(active + 1, count - 1) : Math.max(active - 1, 0);
}

/** Undefined until the answer to this text is there: options of another text are never shown. */
function useRecordSearch(resourceId: string, text: string, isEnabled: boolean) {
  const asked = useDebounced(text, DEBOUNCE_MS);
  const { data, isError } = useQuery<RecordsAnswer>({
    queryKey: toSearchKey(resourceId, asked),
    enabled: isEnabled,
  });
  const isAnswered = asked === text && !isError;
  return { records: isAnswered ? data?.records : undefined, isError };
}

interface Settlement {
  match: RecordJSON | null;
  /** Why there is none. */
  why: string;
}

/** Asks which record a text means: the only one that matches, or the only one of exactly that name. */
function useSettle(resourceId: string): (text: string) => Promise<Settlement> {
  const queryClient = useQueryClient();
  return async (text) => {
    try {
      const { records } = await queryClient.fetchQuery<RecordsAnswer>({ queryKey: toSearchKey(resourceId, text) });
      const named = records.filter(({ title }) => toNameKey(title) === toNameKey(text));
      const [match = null, ...others] = named.length > 0 ? named : records;
      if (match && others.length === 0) return { match, why: '' };
      if (!match) return { match: null, why: `No match for “${text}”. ${NOT_CHOSEN}` };
      return { match: null, why: `${formatCount(1 + others.length, 'match', 'match')} “${text}”. ${NOT_CHOSEN}` };
    } catch {
      return { match: null, why: 'The search failed. Type the name again in a moment.' };
    }
  };
}

/** Handles are titles with their sign, and typed without it. */
function toNameKey(name: string): string {
  return toTextKey(name).replace(/^@/, '');
}

/** The name of the chosen record; its id until, or where, that cannot be read. */
function useTitleOf(resourceId: string, recordId: string, name: string | null, isEnabled: boolean): string {
  const { data } = useQuery<RecordAnswer>({
    queryKey: toRecordKey(resourceId, recordId, 'show'),
    enabled: isEnabled && recordId !== '' && name === null,
  });
  return name ?? (data?.record?.title || recordId);
}
