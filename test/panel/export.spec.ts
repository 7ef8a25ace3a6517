import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { OrganizationsService } from '../../src/partners/organizations.service.js';
import type { Role } from '../../src/staff/permissions.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { anAccount, aPartner, theSystem } from '../support/makers.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;
const lists = ['organizations', 'projects', 'api-keys', 'wallets', 'ledger-transfers', 'social-accounts'];
lists.push('lease-requests', 'request-notes', 'leases', 'audit-events');

beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role);
});
afterAll(() => service.close());

const fetched = (person: Person, path: string) => person.browser.get(`/admin/api/exports/${path}`);

async function rowsOf(person: Person, path: string): Promise<Record<string, string>[]> {
  const answer = await fetched(person, path);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  return parse(answer.text, { columns: true, record_delimiter: '\r\n' });
}

describe('An export', () => {
  it('has the rows that the filters leave, and no others', async () => {
    await anAccount(service, {
      handle: 'brew.one',
      followers: 900,
      verticals: ['coffee', 'tea'],
      countries: ['US', 'CA'],
    });
    await anAccount(service, { handle: 'brew.two', followers: 1_000, status: 'quarantined' });
    await anAccount(service, { handle: 'other.one', followers: 5_000 });
    const ask = async (query: string) =>
      (await rowsOf(people.viewer, `social-accounts?${query}`)).map(({ handle }) => handle).sort();
    expect(await ask('filters.handle=brew')).toEqual(['brew.one', 'brew.two']);
    expect(await ask('filters.handle=brew&filters.status=available')).toEqual(['brew.one']);
    expect(await ask('filters.verticals=tea')).toEqual(['brew.one']);
    expect(await ask('filters.countries=CA&filters.language=en')).toEqual(['brew.one']);
    expect(await ask('filters.followers~~from=1000&filters.followers~~to=4999')).toEqual(['brew.two']);
    expect(await ask('filters.followers~~from=901')).toEqual(['brew.two', 'other.one']);
    expect(await ask('filters.followers~~to=9')).toEqual([]);
    const [one] = await rowsOf(people.viewer, 'social-accounts?filters.handle=brew.one');
    expect(one).toMatchObject({ verticals: 'coffee|tea', countries: 'US|CA', followers: '900', status: 'available' });
  });

  it('is named after its list and the day, and is kept nowhere', async () => {
    const { headers } = await fetched(people.viewer, 'social-accounts');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="social-accounts-\d{4}-\d\d-\d\d\.csv"$/);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('goes along its order beyond what is read at a time, each row once', async () => {
    await service.dataSource.query(
      `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
       SELECT 'sa_' || gen_random_uuid(), 'many_' || n, n % 7, '{tea}', 'en', '{}', 'warming', now(), now()
         FROM generate_series(1, 5000) AS n`,
    );
    for (const sort of [
      'followers&direction=desc',
      'updatedAt&direction=desc',
      'status&direction=asc',
      'statusReason',
    ]) {
      const found = await rowsOf(people.viewer, `social-accounts?filters.handle=many_&sortBy=${sort}`);
      expect([sort, found.length, new Set(found.map(({ id }) => id)).size]).toEqual([sort, 5_000, 5_000]);
      if (!sort.startsWith('followers')) continue;
      const followers = found.map((row) => Number(row.followers));
      expect([...followers].sort((a, b) => b - a)).toEqual(followers);
    }
  });

  it('runs nothing in a spreadsheet: texts that begin like formulas are preceded by an apostrophe', async () => {
    const names = ['=HYPERLINK("http://evil","x")', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'plain, "quoted"\nline'];
    for (const name of names) await aPartner(service, { name: `${name} `.trimEnd(), walletCents: 0 });
    const found = (await rowsOf(people.viewer, 'organizations')).map(({ name }) => name);
    for (const name of names.slice(0, 6)) expect(found).toContain(`'${name}`);
    expect(found).toContain(names[6]);
    const { organizationId } = await aPartner(service, { name: '=partner()', walletCents: 12_345 });
    const [moved] = await rowsOf(people.viewer, `ledger-transfers?filters.organizationId=${organizationId}`);
    expect(moved).toMatchObject({
      partner: "'=partner()",
      amountUsd: '123.45',
      balanceAfterUsd: '123.45',
      organizationId,
    });
  });

  it.each(roles)('of every list for %s, and of staff for admins alone', async (role) => {
    for (const list of lists) expect([list, (await fetched(people[role], list)).status]).toEqual([list, 200]);
    const staff = await fetched(people[role], 'staff');
    expect(staff.status).toBe(role === 'admin' ? 200 : 403);
    const text = [staff.text, (await fetched(people[role], 'api-keys')).text].join('\n');
    expect(text).not.toMatch(/digest|password_hash|argon2|secret/i);
  });

  it('shows what the role may see: what happened to colleagues is for admins', async () => {
    const types = async (role: Role) => (await rowsOf(people[role], 'audit-events')).map(({ type }) => type);
    expect(await types('admin')).toContain('staff.created');
    expect((await types('finance')).filter((type) => type!.startsWith('staff.'))).toEqual([]);
    expect(await rowsOf(people.operator, 'audit-events?filters.type=staff.created')).toEqual([]);
  });

  it('answers odd questions without a fault, and refuses what no list can hold', async () => {
    const statusOf = async (path: string) => [path, (await fetched(people.viewer, path)).status];
    const odd = ['filters.followers~~from=99999999999999', 'filters.verticals=%F0%9F%98%80'];
    for (const query of odd) expect(await statusOf(`social-accounts?${query}`)).toEqual([expect.anything(), 200]);
    const wrong = ['filters.followers=%00', 'sortBy=__proto__', 'page=-1', 'filters.updatedAt~~from=yesterday'];
    for (const query of wrong) expect(await statusOf(`social-accounts?${query}`)).toEqual([expect.anything(), 422]);
    expect((await fetched(people.viewer, 'lease-requests?filters.count~~from=999999999999')).status).toBe(200);
    for (const list of ['nothing', '__proto__', '%00']) expect((await fetched(people.viewer, list)).status).toBe(404);
  });

  it('is for nobody who is not signed in', async () => {
    expect((await fetch(`${service.baseUrl}/admin/api/exports/social-accounts`)).status).toBe(401);
  });
});

describe('A list', () => {
  it('shows a partner by its new name in the next export', async () => {
    const { organizationId } = await aPartner(service);
    const organizations = service.app.get(OrganizationsService, { strict: false });
    await organizations.update(theSystem(), { organizationId, name: 'Renamed Roasters' });
    const found = await rowsOf(people.finance, `wallets?filters.id=${organizationId}`);
    expect(found).toMatchObject([{ organizationName: 'Renamed Roasters', balanceUsd: '1000.00' }]);
  });
});
