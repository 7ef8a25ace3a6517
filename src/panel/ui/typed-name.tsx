import React from 'react';
import { Field } from './fields.js';

/** Confirms a dangerous action by typing the name of what it is about. */
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
        Type {what} to confirm:{' '}
        <code>
          <bdi>{name}</bdi>
        </code>
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
