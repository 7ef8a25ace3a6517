import type { BaseResource } from 'adminjs';

const MOST_ROWS = 500;
/** Nobody reads further, and PostgreSQL would walk over every row before. */
const DEEPEST_ROW = 100_000;

type Query = Record<string, string>;

/** What a list or a search was asked, with everything gone that AdminJS would stumble over. */
export function listQuery(search: URLSearchParams, resource: BaseResource): Query {
  const known = new Set(resource.properties().map((property) => property.path()));
  const perPage = wholeNumber(search.get('perPage'), 1, MOST_ROWS);
  const query: Query = {};
  if (perPage) query.perPage = String(perPage);
  const page = wholeNumber(search.get('page'), 1, Math.floor(DEEPEST_ROW / (perPage ?? MOST_ROWS)));
  if (page) query.page = String(page);
  const direction = search.get('direction');
  if (direction === 'asc' || direction === 'desc') query.direction = direction;
  for (const name of ['sortBy', 'searchProperty']) {
    const property = search.get(name);
    if (property && known.has(property)) query[name] = property;
  }
  for (const [name, value] of search) {
    const [, property, end] = /^filters\.([A-Za-z]+)(~~from|~~to)?$/.exec(name) ?? [];
    if (property && known.has(property) && value !== '') query[`filters.${property}${end ?? ''}`] = value;
  }
  return withoutContradictions(query);
}

/** `filters.x` beside `filters.x~~from` cannot both be meant. */
function withoutContradictions(query: Query): Query {
  const ranges = Object.keys(query).filter((name) => name.includes('~~'));
  for (const name of ranges) delete query[name.split('~~')[0]!];
  return query;
}

function wholeNumber(text: string | null, least: number, most: number): number | null {
  if (text === null || !/^\d{1,15}$/.test(text)) return null;
  return Math.min(Math.max(Number(text), least), most);
}
