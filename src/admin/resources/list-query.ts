import { ValidationFailed, type FieldError } from '../../core/errors.js';
import { MAX_COUNTED, type ReadOnlyResource } from './read-only-resource.js';

/** Rows of a page where the address says nothing. */
export const ROWS_PER_PAGE = 25;
const MAX_ROWS = 500;
/** No list counts further, and PostgreSQL would walk over every row before. */
const MAX_OFFSET = MAX_COUNTED + 1;
const FILTER = /^filters\.([A-Za-z]+)(?:~~(from|to))?$/;

type Query = Record<string, string>;

/**
 * What a list, a search or an export was asked: `page`, `perPage`, `sortBy`, `direction`, `searchProperty` and
 * `filters.<property>`, a range's ends being `filters.<property>~~from` and `~~to`. An empty filter is none.
 * @throws ValidationFailed naming everything that such a list does not know or cannot hold
 */
export function readListQuery(search: URLSearchParams, resource: ReadOnlyResource): Query {
  const query: Query = {};
  const faults: FieldError[] = [];
  for (const [name, value] of search) {
    const fault = search.getAll(name).length > 1 ? 'must be given once' : findQueryError(name, value, search, resource);
    if (fault) faults.push({ path: `query.${[...name].slice(0, 60).join('')}`, message: fault });
    else if (!name.startsWith('filters.') || value !== '') query[name] = value;
  }
  if (faults.length > 0) throw new ValidationFailed(faults);
  return query;
}

function findQueryError(
  name: string,
  value: string,
  search: URLSearchParams,
  resource: ReadOnlyResource,
): string | null {
  switch (name) {
    case 'perPage':
      return isWholeNumber(value, MAX_ROWS) ? null : `must be a whole number from 1 to ${MAX_ROWS}`;
    case 'page': {
      const perPage = search.get('perPage') ?? '';
      const last = Math.ceil(MAX_OFFSET / (isWholeNumber(perPage, MAX_ROWS) ? Number(perPage) : ROWS_PER_PAGE));
      return isWholeNumber(value, last) ? null : `must be a whole number from 1 to ${last}; narrow the list instead`;
    }
    case 'direction':
      return value === 'asc' || value === 'desc' ? null : 'must be asc or desc';
    case 'sortBy':
      if (!resource.property(value)) return 'is no column of this list';
      return resource.decorate().getPropertyByKey(value)?.isSortable()
        ? null
        : 'is no column that this list is sorted by';
    case 'searchProperty':
      return resource.property(value) ? null : 'is no column of this list';
    default:
      return findFilterError(name, value, search, resource);
  }
}

function findFilterError(
  name: string,
  value: string,
  search: URLSearchParams,
  resource: ReadOnlyResource,
): string | null {
  const [, property, end] = FILTER.exec(name) ?? [];
  if (property === undefined) return 'is unknown here';
  if (end && search.get(`filters.${property}`)) return `cannot stand beside filters.${property}`;
  return resource.filterFault(property, value.trim(), end !== undefined);
}

function isWholeNumber(text: string, most: number): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
}
