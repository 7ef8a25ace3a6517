import React from 'react';
import { Field } from './dialog.js';

/** A confirmation by typing what a thing is called, so that it is never the wrong one by a slip. */
export const TypedName: React.FC<{
  /** For example `the prefix of the key`. */
  what: string;
  name: string;
  typed: string;
  onChange: (typed: string) => void;
}> = ({ what, name, typed, onChange }) => (
  <Field
    label={
      <>
        Type {what} to confirm: <code>{name}</code>
      </>
    }
  >
    {(id) => (
      <input
        id={id}
        className="lc-input"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
);

/** Why it is not confirmed yet, or null. */
export function typedFault(what: string, name: string, typed: string): string | null {
  const given = typed.trim();
  if (given === '') return `Type ${what} first`;
  return given === name.trim() ? null : `This is not ${what}`;
}
