import React, { useId, type ReactNode } from 'react';
import { hasVisibleText } from '../../core/text-key.js';

/** A label, a control and a hint below it. */
export const Field: React.FC<{ label: ReactNode; hint?: ReactNode; children: (id: string) => ReactNode }> = (props) => {
  const id = useId();
  return (
    <div className="lc-field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
      {props.hint && <div className="lc-hint">{props.hint}</div>}
    </div>
  );
};

/** A text area that counts as the API does: code points, not UTF-16 units. */
export const TextField: React.FC<{
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  max: number;
  placeholder?: string;
  hint?: ReactNode;
}> = ({ label, value, onChange, max, placeholder, hint }) => {
  const left = max - [...value].length;
  return (
    <Field label={label} hint={left < 200 ? `${left} characters left` : hint}>
      {(id) => (
        <textarea
          id={id}
          className="lc-input"
          rows={3}
          value={value}
          placeholder={placeholder}
          aria-invalid={left < 0 || undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
};

/** Why a required text cannot be sent; null when it can. */
export function getTextError(name: string, value: string, max: number): string | null {
  if (!hasVisibleText(value)) return `${name} is missing`;
  return [...value].length > max ? `${name} is too long` : null;
}

interface SelectFieldProps<Value extends string> {
  label: ReactNode;
  value: Value | '';
  /** Shown for no choice. */
  placeholder: string;
  options: readonly (readonly [value: Value, label: string])[];
  onChange: (value: Value | '') => void;
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, value, placeholder, options, onChange } = props;
  return (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          className="lc-input"
          value={value}
          onChange={(event) => onChange(event.target.value as Value | '')}
        >
          <option value="">{placeholder}</option>
          {options.map(([option, name]) => (
            <option key={option} value={option}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
