import React from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'react-router-dom';
import { useQueryParams, useTranslation, type BasePropertyJSON, type ResourceJSON } from 'adminjs';
import { formatCountry, formatLanguage, toCountryCode, toLanguageTag } from '../../../core/display-names.js';
import { formatCode, shortenId } from '../../lib/format.js';
import { toRecordKey, type RecordAnswer } from '../../lib/queries.js';
import { formatMoment, isTimestamp } from '../../lib/times.js';
import { getLabel } from './labels.js';
import { isCountries } from './property-kinds.js';

const endNames: Record<string, string> = { from: ' from', to: ' up to' };

/** What the address of a list filters by, each with the link that leaves it out. */
export const AppliedFilters: React.FC<{ resource: ResourceJSON }> = ({ resource }) => {
  const { filters = {} } = useQueryParams<Record<string, unknown>, Record<string, string>>();
  const { search } = useLocation();
  const { translateProperty } = useTranslation();
  const toSearchWithout = (name: string) => {
    const query = new URLSearchParams(search);
    query.delete(`filters.${name}`);
    query.delete('page');
    return query.toString();
  };
  return (
    <ul className="lc-applied" aria-label="Filtered by">
      {Object.entries(filters).map(([name, value]) => {
        const [path, end = ''] = name.split('~~');
        const property = resource.filterProperties.find(({ propertyPath }) => propertyPath === path);
        const label = (property ? getLabel(property, translateProperty) : formatCode(name)) + (endNames[end] ?? '');
        return (
          <li key={name} className="lc-chip blue">
            {label}: <FilterValue property={property} value={value} />
            <Link to={{ search: toSearchWithout(name) }} aria-label={`Remove filter: ${label}`}>
              ✕
            </Link>
          </li>
        );
      })}
    </ul>
  );
};

const FilterValue: React.FC<{ property: BasePropertyJSON | undefined; value: string }> = ({ property, value }) => {
  const reference = property?.reference ?? null;
  const { data } = useQuery<RecordAnswer>({
    queryKey: toRecordKey(reference ?? '', value, 'show'),
    enabled: reference !== null,
  });
  const choice = property?.availableValues?.find((option) => String(option.value) === value);
  const isMoment = property?.type === 'datetime' && isTimestamp(value);
  const getText = () => {
    if (isMoment) return formatMoment(value);
    if (choice) return formatCode(choice.label ?? value);
    if (property?.type === 'boolean') return value === 'true' ? 'yes' : 'no';
    if (property?.propertyPath === 'language') return formatLanguage(toLanguageTag(value));
    if (property && isCountries(property.propertyPath)) return formatCountry(toCountryCode(value).toUpperCase());
    return value;
  };
  return (
    <b dir="auto" title={value}>
      {data?.record?.title || shortenId(getText())}
    </b>
  );
};
