import React, { useState } from 'react';
import { useQueryParams, useTranslation, type BasePropertyJSON, type ResourceJSON } from 'adminjs';
import { Field } from '../../ui/dialog.js';
import { Alert } from '../../ui/elements.js';
import { inWords } from '../../lib/format.js';
import { labelOf } from './labels.js';
import { isFigure } from './value.js';
import { RecordPicker } from './record-picker.js';

/** What one looks for, by property; of a time, its two ends as `x~~from` and `x~~to`, as AdminJS reads them. */
type Filters = Record<string, string>;
type Translate = Parameters<typeof labelOf>[1];

/** Narrows a list: what is chosen stands in the address, so that it can be passed on. */
export const FilterBar: React.FC<{ resource: ResourceJSON }> = ({ resource }) => {
  const { filters, storeParams } = useQueryParams<Record<string, unknown>, Filters>();
  const [wanted, setWanted] = useState<Filters>(filters ?? {});
  const [fault, setFault] = useState<string | null>(null);
  const { translateProperty } = useTranslation();
  const apply = (next: Filters) => {
    const filled = Object.fromEntries(Object.entries(next).filter(([, value]) => value.trim() !== ''));
    storeParams({ filters: filled, page: '1' });
  };
  return (
    <form
      className="lc-card lc-filters"
      aria-label="Filter"
      onSubmit={(event) => {
        event.preventDefault();
        const figures = resource.filterProperties.filter(isFigure);
        const faulty = faultyEnd(figures, wanted, translateProperty);
        setFault(faulty);
        if (faulty === null) apply({ ...wanted, ...plainEnds(figures, wanted) });
      }}
    >
      <div className="lc-filter-fields">
        {resource.filterProperties.map((property) => (
          <FilterField
            key={property.propertyPath}
            property={property}
            wanted={wanted}
            onChange={(path, value) => setWanted((before) => ({ ...before, [path]: value }))}
          />
        ))}
      </div>
      {fault && <Alert>{fault}</Alert>}
      <footer>
        <span className="lc-grow" />
        <button
          type="button"
          className="lc-btn"
          onClick={() => {
            setWanted({});
            setFault(null);
            apply({});
          }}
        >
          Clear
        </button>
        <button type="submit" className="lc-btn">
          Apply
        </button>
      </footer>
    </form>
  );
};

/** Both ends of what a figure is looked for between. */
function endsOf({ propertyPath }: BasePropertyJSON, label: string) {
  return [
    { path: `${propertyPath}~~from`, label: `${label} from` },
    { path: `${propertyPath}~~to`, label: `${label} up to` },
  ];
}

/** A whole number as lists write it or without its commas; empty for nothing, null for what is none. */
function wholeNumber(typed: string): string | null {
  const isOne = /^(\d*|\d{1,3}([,\s]\d{3})+)$/.test(typed.trim());
  return isOne ? typed.replaceAll(/[,\s]/g, '') : null;
}

/** What is wrong with the first end that is no number, or null. */
function faultyEnd(figures: BasePropertyJSON[], wanted: Filters, translate: Translate): string | null {
  const ends = figures.flatMap((property) => endsOf(property, labelOf(property, translate)));
  const faulty = ends.find(({ path }) => wholeNumber(wanted[path] ?? '') === null);
  return faulty ? `${faulty.label}: “${wanted[faulty.path]}” is not a whole number. Write it like 10,000.` : null;
}

/** The ends of figures without their commas. */
function plainEnds(figures: BasePropertyJSON[], wanted: Filters): Filters {
  const paths = figures.flatMap((property) => endsOf(property, '').map(({ path }) => path));
  return Object.fromEntries(paths.map((path) => [path, wholeNumber(wanted[path] ?? '') ?? '']));
}

const FilterField: React.FC<{
  property: BasePropertyJSON;
  wanted: Filters;
  onChange: (path: string, value: string) => void;
}> = ({ property, wanted, onChange }) => {
  const { translateProperty } = useTranslation();
  const path = property.propertyPath;
  const label = labelOf(property, translateProperty);
  if (property.type === 'datetime' || property.type === 'date') {
    return (
      <>
        <TimeField label={`${label} from`} path={`${path}~~from`} wanted={wanted} onChange={onChange} />
        <TimeField label={`${label} until`} path={`${path}~~to`} wanted={wanted} onChange={onChange} />
      </>
    );
  }
  if (isFigure(property)) {
    return (
      <>
        {endsOf(property, label).map((end) => (
          <NumberField key={end.path} {...end} wanted={wanted} onChange={onChange} />
        ))}
      </>
    );
  }
  const value = wanted[path] ?? '';
  const choices =
    property.availableValues ??
    (property.type === 'boolean'
      ? [
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ]
      : null);
  return (
    <Field label={label}>
      {(id) =>
        property.reference ? (
          <RecordPicker
            key={value === '' ? 'none' : 'one'}
            id={id}
            resourceId={property.reference}
            chosen={value}
            chosenName={null}
            onChoose={(chosen) => onChange(path, chosen)}
          />
        ) : choices ? (
          <select id={id} className="lc-input" value={value} onChange={(event) => onChange(path, event.target.value)}>
            <option value="">any</option>
            {choices.map((one) => (
              <option key={one.value} value={one.value}>
                {inWords(one.label ?? String(one.value))}
              </option>
            ))}
          </select>
        ) : (
          <input
            id={id}
            className="lc-input"
            autoComplete="off"
            value={value}
            onChange={(event) => onChange(path, event.target.value)}
          />
        )
      }
    </Field>
  );
};

const NumberField: React.FC<{
  label: string;
  path: string;
  wanted: Filters;
  onChange: (path: string, value: string) => void;
}> = ({ label, path, wanted, onChange }) => (
  <Field label={label}>
    {(id) => (
      <input
        id={id}
        className="lc-input"
        inputMode="numeric"
        autoComplete="off"
        value={wanted[path] ?? ''}
        aria-invalid={wholeNumber(wanted[path] ?? '') === null || undefined}
        onChange={(event) => onChange(path, event.target.value)}
      />
    )}
  </Field>
);

const TimeField: React.FC<{
  label: string;
  path: string;
  wanted: Filters;
  onChange: (path: string, value: string) => void;
}> = ({ label, path, wanted, onChange }) => (
  <Field label={label}>
    {(id) => (
      <input
        id={id}
        type="datetime-local"
        className="lc-input"
        value={localOf(wanted[path])}
        onChange={(event) =>
          onChange(path, event.target.value === '' ? '' : new Date(event.target.value).toISOString())
        }
      />
    )}
  </Field>
);

/** A moment as the browser's own field wants it, in the reader's time zone. */
function localOf(iso: string | undefined): string {
  if (!iso) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
