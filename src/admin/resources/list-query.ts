import { ValidationFailed, type FieldError } from '../../core/errors.js';
import { MAX_COUNTED, type ReadOnlyResource } from './read-only-resource.js';

export const ROWS_PER_PAGE = 25;
const MAX_ROWS = 500;
/** No list counts further, and PostgreSQL would read every row before it. */
const MAX_OFFSET = MAX_COUNTED + 1;
const FILTER = /^filters\.([A-Za-z]+)(?:~~(from|to))?$/;

type Query = Record<string, string>;

/**
 * The query of a list, a search or an export: `page`, `perPage`, `sortBy`, `direction`, `searchProperty` and
 * `filters.<property>`, for ranges `filters.<property>~~from` and `~~to`. An empty filter is none.
 * @throws ValidationFailed with an error for each unknown name and each value that the column cannot hold
 */
export function readListQuery(search: URLSearchParams, resource: ReadOnlyResource): Query {
  const query: Query = {};
  const errors: FieldError[] = [];
  for (const [name, value] of search) {
    const message =
      search.getAll(name).length > 1 ? 'must be given once' : findQueryError(name, value, search, resource);
    if (message) errors.push({ path: `query.${[...name].slice(0, 60).join('')}`, message });
    else if (!name.startsWith('filters.') || value !== '') query[name] = value;
  }
  if (errors.length > 0) throw new ValidationFailed(errors);
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
  if (end && search.get(`filters.${property}`)) return `cannot be combined with filters.${property}`;
  return resource.findFilterError(property, value.trim(), end !== undefined);
}

function isWholeNumber(text: string, max: number): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max;
}
