import { expect } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { everything, type Answer, type Person } from './panel.js';

/** What every role reads. */
export const business = [
  ...['organizations', 'projects', 'api-keys', 'wallets', 'ledger-transfers', 'social-accounts', 'lease-requests'],
  ...['request-notes', 'leases', 'verticals', 'audit-events', 'webhook-endpoints', 'webhook-deliveries', 'calls'],
];

export const oddValues = [
  ...[' ', '%', '\\', "'", 'null', '-1', '5.5', '1e400', '9'.repeat(30), '{}', 'a\0b', '💸', 'x'.repeat(2_000)],
  ...['2026-13-45', '+275760-09-13', '-271821-04-20', '2026-01-01'],
];

export const list = (person: Person, resource: string, query = ''): Promise<Answer> =>
  person.get(`/resources/${resource}/actions/list${query}`);

export const errorCodeOf = ({ body }: Pick<Answer, 'body'>): string | undefined =>
  (body.error as { code?: string } | undefined)?.code;

/**
 * Every column's filter, and both bounds of a time, take a value or refuse it by name.
 * @param valuesOf what the filter with that number is asked; all of it for each is asked by `list-filters.prove.ts`
 */
export async function expectFiltersAnswered(
  service: TestApp,
  person: Person,
  resource: string,
  valuesOf: (place: number) => string[],
): Promise<void> {
  const before = await everything(service);
  const described = (await describedResources(person)).find(({ id }) => id === resource)!;
  const names = Object.entries(described.properties).flatMap(([property, { type }]) =>
    type === 'datetime' ? [property, `${property}~~from`, `${property}~~to`] : [property],
  );
  expect(names.length).toBeGreaterThan(3);
  for (const [place, name] of names.entries()) {
    await Promise.all(valuesOf(place).map((value) => expectAnswer(`filters.${name}=${encodeURIComponent(value)}`)));
  }
  for (const property of Object.keys(described.properties)) {
    await expectAnswer(`filters.${property}~~from=5&filters.${property}~~to=x`);
  }
  expect(await everything(service)).toBe(before);

  async function expectAnswer(query: string): Promise<void> {
    const answer = await list(person, resource, `?perPage=1&${query}`);
    const told = answer.status === 200 ? answer.notice : errorCodeOf(answer);
    expect([query.slice(0, 60), told]).toEqual([query.slice(0, 60), answer.status === 200 ? undefined : 'VALIDATION']);
  }
}

/** As the panel's page gets them. */
async function describedResources(person: Person) {
  const page = await person.browser.get('/admin');
  const state = JSON.parse(/window\.REDUX_STATE = (.*);\n/.exec(page.text)![1]!);
  return state.resources as { id: string; properties: Record<string, { type: string }> }[];
}
