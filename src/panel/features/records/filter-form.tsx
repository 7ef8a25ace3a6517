import React, { useState } from 'react';
import { useQueryParams, useTranslation, type BasePropertyJSON, type ResourceJSON } from 'adminjs';
import { getBusinessTimeZone } from '../../lib/business-clock.js';
import { formatCode } from '../../lib/format.js';
import { Alert } from '../../ui/elements.js';
import { Field } from '../../ui/fields.js';
import { getLabel } from './labels.js';
import { isFigure } from './property-kinds.js';
import { TimeField } from './time-field.js';
import { RecordPicker } from './record-picker.js';

/** Values by property; of a range, its two ends as `x~~from` and `x~~to`, as AdminJS reads them. */
type Filters = Record<string, string>;
type Translate = Parameters<typeof getLabel>[1];

/** Narrows a list by what stands in its address. */
export const FilterForm: React.FC<{ resource: ResourceJSON }> = ({ resource }) => {
  const { filters = {}, storeParams } = useQueryParams<Record<string, unknown>, Filters>();
  const applied = JSON.stringify(filters);
  const [{ address, values, error, clearCount }, setState] = useState({
    address: applied,
    values: filters,
    error: null as string | null,
    clearCount: 0,
  });
  // The address was changed, here or by Back or a link: the fields say what it says.
  if (address !== applied) setState({ address: applied, values: filters, error: null, clearCount });
  const setError = (next: string | null) => setState((before) => ({ ...before, error: next }));
  const { translateProperty } = useTranslation();
  const apply = (next: Filters) => storeParams({ filters: omitEmpty(next), page: '1' });
  return (
    <form
      className="lc-card lc-filters"
      aria-label="Filter"
      onSubmit={(event) => {
        event.preventDefault();
        const figures = resource.filterProperties.filter(isFigure);
        const invalid =
          findInvalidEnd(figures, values, translateProperty) ??
          findTimeWithoutDay(resource.filterProperties.filter(isTime), values, translateProperty);
        setError(invalid);
        if (invalid === null) apply({ ...values, ...toPlainEnds(figures, values) });
      }}
    >
      <div key={`${address} ${clearCount}`} className="lc-filter-fields">
        {resource.filterProperties.map((property) => (
          <FilterField
            key={property.propertyPath}
            property={property}
            values={values}
            onChange={(path, value) =>
              setState((before) => ({ ...before, values: { ...before.values, [path]: value } }))
            }
          />
        ))}
      </div>
      {error && <Alert>{error}</Alert>}
      <footer>
        {resource.filterProperties.some(isTime) && (
          <span className="lc-faint">
            Both ends are included. Days and times in {getBusinessTimeZone()}; without a time, the whole day counts.
          </span>
        )}
        {JSON.stringify(omitEmpty(values)) !== applied && (
          <span className="lc-faint">Not applied yet: the list and its export still use the previous filter.</span>
        )}
        <span className="lc-grow" />
        <button
          type="button"
          className="lc-btn"
          onClick={() => {
            setState({ address: applied, values: {}, error: null, clearCount: clearCount + 1 });
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

function omitEmpty(values: Filters): Filters {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
}

/** Both ends of a figure's range. */
function getEnds({ propertyPath }: BasePropertyJSON, label: string) {
  return [
    { path: `${propertyPath}~~from`, label: `${label} from` },
    { path: `${propertyPath}~~to`, label: `${label} up to` },
  ];
}

/** Both ends of a range of time. */
function getTimeEnds({ propertyPath }: BasePropertyJSON, label: string) {
  return [
    { path: `${propertyPath}~~from`, label: `${label} from` },
    { path: `${propertyPath}~~to`, label: `${label} until` },
  ];
}

/** A whole number without its commas; empty for nothing, null for what is none. */
function toWholeNumber(typed: string): string | null {
  const isNumber = /^(\d*|\d{1,3}([,\s]\d{3})+)$/.test(typed.trim());
  return isNumber ? typed.replaceAll(/[,\s]/g, '') : null;
}

/** An error for the first end that is no number; null where there is none. */
function findInvalidEnd(figures: BasePropertyJSON[], values: Filters, translate: Translate): string | null {
  const ends = figures.flatMap((property) => getEnds(property, getLabel(property, translate)));
  const invalid = ends.find(({ path }) => toWholeNumber(values[path] ?? '') === null);
  return invalid ? `${invalid.label}: “${values[invalid.path]}” is not a whole number. Write it like 10,000.` : null;
}

/** An error for the first end that is a time of no day; null where there is none. */
function findTimeWithoutDay(times: BasePropertyJSON[], values: Filters, translate: Translate): string | null {
  const ends = times.flatMap((property) => getTimeEnds(property, getLabel(property, translate)));
  const invalid = ends.find(({ path }) => values[path]?.startsWith('T'));
  return invalid ? `${invalid.label}: choose a day for ${values[invalid.path]!.slice(1)}.` : null;
}

/** The ends of figures without their commas. */
function toPlainEnds(figures: BasePropertyJSON[], values: Filters): Filters {
  const paths = figures.flatMap((property) => getEnds(property, '').map(({ path }) => path));
  return Object.fromEntries(paths.map((path) => [path, toWholeNumber(values[path] ?? '') ?? '']));
}

function isTime({ type }: BasePropertyJSON): boolean {
  return type === 'datetime' || type === 'date';
}

const FilterField: React.FC<{
  property: BasePropertyJSON;
  values: Filters;
  onChange: (path: string, value: string) => void;
}> = ({ property, values, onChange }) => {
  const { translateProperty } = useTranslation();
  const path = property.propertyPath;
  const label = getLabel(property, translateProperty);
  if (isTime(property)) {
    return (
      <>
        {getTimeEnds(property, label).map((end) => (
          <TimeField key={end.path} {...end} values={values} onChange={onChange} />
        ))}
      </>
    );
  }
  if (isFigure(property)) {
    return (
      <>
        {getEnds(property, label).map((end) => (
          <NumberField key={end.path} {...end} values={values} onChange={onChange} />
        ))}
      </>
    );
  }
  const value = values[path] ?? '';
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
            id={id}
            resourceId={property.reference}
            chosenId={value}
            chosenName={null}
            onChoose={(chosen) => onChange(path, chosen)}
          />
        ) : choices ? (
          <select id={id} className="lc-input" value={value} onChange={(event) => onChange(path, event.target.value)}>
            <option value="">any</option>
            {choices.map((option) => (
              <option key={option.value} value={option.value}>
                {formatCode(option.label ?? String(option.value))}
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
  values: Filters;
  onChange: (path: string, value: string) => void;
}> = ({ label, path, values, onChange }) => (
  <Field label={label}>
    {(id) => (
      <input
        id={id}
        className="lc-input"
        inputMode="numeric"
        autoComplete="off"
        value={values[path] ?? ''}
        aria-invalid={toWholeNumber(values[path] ?? '') === null || undefined}
        onChange={(event) => onChange(path, event.target.value)}
      />
    )}
  </Field>
);
