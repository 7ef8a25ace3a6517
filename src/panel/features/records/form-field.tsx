import React, { useId, useState } from 'react';
import { useTranslation, type BasePropertyJSON } from 'adminjs';
import { isComposing } from '../../lib/composing.js';
import { formatCode } from '../../lib/format.js';
import { Field } from '../../ui/fields.js';
import { DollarsField } from '../../ui/money-fields.js';
import { getFieldKind, type FieldValue } from './form-values.js';
import { getLabel } from './labels.js';
import { RecordPicker } from './record-picker.js';

interface FormFieldProps {
  property: BasePropertyJSON;
  value: FieldValue;
  /** Of a reference: the name of the chosen record. */
  name: string | null;
  onChange: (value: FieldValue) => void;
}

/** The control for a property: a choice, a list, an amount, yes or no, another record, or text. */
export const FormField: React.FC<FormFieldProps> = (props) => {
  const { property, value, name, onChange } = props;
  const { translateProperty, i18n } = useTranslation();
  const label = getLabel(property, translateProperty);
  const fullLabel = property.isRequired ? label : `${label} (optional)`;
  const hint = property.description ? i18n.t(property.description, property.description) : undefined;
  const disabled = property.isDisabled;

  if (Array.isArray(value)) {
    return property.availableValues ? (
      <CheckboxList label={fullLabel} hint={hint} property={property} value={value} onChange={onChange} />
    ) : (
      <ListField label={fullLabel} hint={hint} value={value} onChange={onChange} />
    );
  }
  if (typeof value === 'boolean') {
    return (
      <div className="lc-field lc-choices">
        <label>
          <input
            type="checkbox"
            checked={value}
            disabled={disabled}
            onChange={(event) => onChange(event.target.checked)}
          />{' '}
          {label}
        </label>
        {hint && <div className="lc-hint">{hint}</div>}
      </div>
    );
  }
  if (property.reference) {
    return (
      <Field label={fullLabel} hint={hint}>
        {(id) => (
          <RecordPicker
            id={id}
            resourceId={property.reference ?? ''}
            chosenId={value}
            chosenName={name}
            onChoose={onChange}
          />
        )}
      </Field>
    );
  }
  if (property.availableValues) {
    return (
      <Field label={fullLabel} hint={hint}>
        {(id) => (
          <select
            id={id}
            name={property.propertyPath}
            className="lc-input"
            value={value}
            disabled={disabled}
            required={property.isRequired}
            onChange={(event) => onChange(event.target.value)}
          >
            <option value="">{property.isRequired ? 'Choose…' : '—'}</option>
            {property.availableValues?.map((option) => (
              <option key={option.value} value={option.value}>
                {formatCode(option.label ?? String(option.value))}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  if (getFieldKind(property) === 'money') {
    return <DollarsField label={`${fullLabel}, in dollars`} typed={value} onChange={onChange} emptyHint={hint} />;
  }
  return (
    <Field label={fullLabel} hint={hint}>
      {(id) =>
        property.type === 'textarea' ? (
          <textarea
            id={id}
            name={property.propertyPath}
            className="lc-input"
            rows={4}
            value={value}
            disabled={disabled}
            required={property.isRequired}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            id={id}
            name={property.propertyPath}
            className="lc-input"
            type={property.type === 'password' ? 'password' : 'text'}
            autoComplete={property.type === 'password' ? 'new-password' : 'off'}
            inputMode={getFieldKind(property) === 'number' ? 'numeric' : undefined}
            value={value}
            disabled={disabled}
            required={property.isRequired}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
};

interface ListFieldProps {
  label: string;
  hint?: string;
  value: string[];
  onChange: (value: string[]) => void;
}

/** Words typed with commas between them, shown as chips. */
const ListField: React.FC<ListFieldProps> = ({ label, hint, value, onChange }) => {
  const [text, setText] = useState('');
  const add = () => {
    const words = text.split(',').map((word) => word.trim());
    const added = words.filter((word) => word !== '' && !value.includes(word));
    if (added.length > 0) onChange([...value, ...new Set(added)]);
    setText('');
  };
  return (
    <Field label={label} hint={hint ?? 'Enter or a comma adds one'}>
      {(id) => (
        <span className="lc-list-input">
          {value.map((word) => (
            <span key={word} className="lc-chip">
              {word}
              <button
                type="button"
                aria-label={`Remove ${word}`}
                onClick={() => onChange(value.filter((one) => one !== word))}
              >
                ✕
              </button>
            </span>
          ))}
          <input
            id={id}
            value={text}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (isComposing(event.nativeEvent)) return;
              if (event.key === 'Enter' || event.key === ',') {
                event.preventDefault();
                add();
              }
              if (event.key === 'Backspace' && text === '') onChange(value.slice(0, -1));
            }}
          />
        </span>
      )}
    </Field>
  );
};

const CheckboxList: React.FC<ListFieldProps & { property: BasePropertyJSON }> = (props) => {
  const { label, hint, property, value, onChange } = props;
  const name = useId();
  return (
    <fieldset className="lc-choices">
      <legend>{label}</legend>
      {property.availableValues?.map((option) => {
        const choice = String(option.value);
        return (
          <label key={choice}>
            <input
              type="checkbox"
              name={name}
              checked={value.includes(choice)}
              onChange={(event) =>
                onChange(event.target.checked ? [...value, choice] : value.filter((other) => other !== choice))
              }
            />{' '}
            {option.label ?? choice}
          </label>
        );
      })}
      {hint && <div className="lc-hint">{hint}</div>}
    </fieldset>
  );
};
