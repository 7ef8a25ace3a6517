import React, { useEffect, useState } from 'react';
import type { RecordJSON } from 'adminjs';
import { search, titleOf } from '../../lib/api.js';

interface RecordPickerProps {
  id: string;
  resourceId: string;
  chosen: string;
  chosenName: string | null;
  onChoose: (id: string) => void;
}

/** Chooses another record by its name: type, then arrows and Enter, or click. */
export const RecordPicker: React.FC<RecordPickerProps> = ({ id, resourceId, chosen, chosenName, onChoose }) => {
  const [typed, setTyped] = useState(chosenName ?? chosen);
  const [found, setFound] = useState<RecordJSON[] | null>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const listId = `${id}-list`;

  useEffect(() => {
    if (chosen === '' || chosenName !== null) return;
    titleOf(resourceId, chosen).then(setTyped, () => undefined);
    // Only what was chosen before this field showed has to be looked up.
  }, []);
  useEffect(() => {
    if (!open) return;
    let current = true;
    const timer = setTimeout(() => {
      search(resourceId, typed.trim()).then(
        (records) => {
          if (!current) return;
          setFound(records);
          setActive(0);
        },
        () => current && setFound([]),
      );
    }, 200);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed, open, resourceId]);

  const choose = (record: RecordJSON | undefined) => {
    if (!record) return;
    onChoose(record.id);
    setTyped(record.title);
    setOpen(false);
  };
  const shown = open ? (found ?? []) : [];

  return (
    <span className="lc-picker">
      <input
        id={id}
        className="lc-input"
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown[active] ? `${listId}-${active}` : undefined}
        autoComplete="off"
        placeholder="Type a name"
        value={typed}
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          setTyped(event.target.value);
          setOpen(true);
          if (chosen !== '') onChoose('');
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            if (!open) setOpen(true);
            else setActive(Math.min(active + 1, shown.length - 1));
          } else if (event.key === 'ArrowUp') {
            event.preventDefault();
            setActive(Math.max(active - 1, 0));
          } else if (event.key === 'Enter' && open) {
            event.preventDefault();
            choose(shown[active]);
          } else if (event.key === 'Escape' && open) {
            event.preventDefault();
            setOpen(false);
          }
        }}
      />
      {open && (
        <ul id={listId} role="listbox">
          {found === null && <li className="lc-muted">Looking…</li>}
          {found?.length === 0 && <li className="lc-muted">Nothing of that name</li>}
          {shown.map((record, index) => (
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
