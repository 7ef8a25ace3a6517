import React, { useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RecordJSON } from 'adminjs';
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

/** Chooses another record by its name: type, then arrows and Enter, or click. */
export const RecordPicker: React.FC<RecordPickerProps> = ({ id, resourceId, chosenId, chosenName, onChoose }) => {
  /** Null until something is typed or chosen here. */
  const [typed, setTyped] = useState<string | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(0);
  const listId = `${id}-list`;
  const initialName = useTitleOf(resourceId, chosenId, chosenName, typed === null);
  const text = typed ?? initialName;
  const { data, isError } = useRecordSearch(resourceId, text.trim(), isOpen);
  const records = isOpen && !isError ? (data?.records ?? []) : [];

  const choose = (record: RecordJSON | undefined) => {
    if (!record) return;
    onChoose(record.id);
    setTyped(record.title);
    setIsOpen(false);
  };

  return (
    <span className="lc-picker">
      <input
        id={id}
        className="lc-input"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={records[active] ? `${listId}-${active}` : undefined}
        autoComplete="off"
        placeholder="Type a name"
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
          setIsOpen(true);
          if (chosenId !== '') onChoose('');
        }}
        onClick={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            if (!isOpen) setIsOpen(true);
            else setActive(Math.min(active + 1, records.length - 1));
          } else if (event.key === 'ArrowUp') {
            event.preventDefault();
            setActive(Math.max(active - 1, 0));
          } else if (event.key === 'Enter' && isOpen) {
            event.preventDefault();
            choose(records[active]);
          } else if (event.key === 'Escape' && isOpen) {
            event.preventDefault();
            setIsOpen(false);
          }
        }}
      />
      {isOpen && (
        <ul id={listId} role="listbox">
          {!data && !isError && <li className="lc-muted">Looking…</li>}
          {(isError || data?.records.length === 0) && <li className="lc-muted">Nothing of that name</li>}
          {records.map((record, index) => (
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
    </span>
  );
};

function useRecordSearch(resourceId: string, text: string, isEnabled: boolean) {
  return useQuery<RecordsAnswer>({
    queryKey: toSearchKey(resourceId, useDebounced(text, DEBOUNCE_MS)),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}

/** The name of the chosen record; its id until, or where, that cannot be read. */
function useTitleOf(resourceId: string, recordId: string, name: string | null, isEnabled: boolean): string {
  const { data } = useQuery<RecordAnswer>({
    queryKey: toRecordKey(resourceId, recordId, 'show'),
    enabled: isEnabled && recordId !== '' && name === null,
  });
  return name ?? (data?.record?.title || recordId);
}
