import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { OrganizationsService } from '../../../src/partners/organizations.service.js';
import type { Role } from '../../../src/authorization/roles.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount, aPartner, theSystem } from '../../support/makers.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;
const lists = ['organizations', 'projects', 'api-keys', 'wallets', 'ledger-transfers', 'social-accounts'];
lists.push('lease-requests', 'request-notes', 'leases', 'verticals', 'audit-events');

beforeAll(async () => {
  service = await startTestApp({ poolSize: 4 });
  for (const role of roles) people[role] = await signedIn(service, role);
});
afterAll(() => service.close());

const fetched = (person: Person, path: string) => person.browser.get(`/admin/api/exports/${path}`);

async function rowsOf(person: Person, path: string): Promise<Record<string, string>[]> {
  const answer = await fetched(person, path);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  // Without it Excel takes UTF-8 for something else.
  expect(answer.text.startsWith('\ufeff')).toBe(true);
  return parse(answer.text, { columns: true, bom: true, record_delimiter: '\r\n' });
}

/** What the trail keeps of somebody's exports. */
async function trailOf(staffId: string): Promise<{ list: string; rows: number; complete: boolean; asked: object }[]> {
  const events = await service.dataSource.query(
    "SELECT internal FROM audit_event WHERE type = 'data.exported' AND actor_id = $1 ORDER BY occurred_at, id",
    [staffId],
  );
  return events.map(({ internal }: { internal: object }) => internal);
}

/** Of so many exports at once, nothing but the head is read. */
async function openedAndNotRead(times: number, { email, password }: Person): Promise<IncomingMessage[]> {
  const signIn = { method: 'POST', redirect: 'manual', body: new URLSearchParams({ email, password }) } as const;
  const cookies = (await fetch(`${service.baseUrl}/admin/login`, signIn)).headers.getSetCookie();
  const headers = { cookie: cookies.map((one) => one.split(';')[0]).join('; ') };
  const url = `${service.baseUrl}/admin/api/exports/social-accounts?filters.handle=slow_`;
  const opened: IncomingMessage[] = [];
  while (opened.length < times) {
    const [response] = (await once(get(url, { agent: false, headers }), 'response')) as [IncomingMessage];
    opened.push(response.pause().on('error', () => undefined));
  }
  return opened;
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
    expect(await ask('filters.countries=ca&filters.verticals=%20TEA&filters.handle=@brew')).toEqual(['brew.one']);
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
    for (const sort of ['followers&direction=desc', 'updatedAt&direction=desc', 'handle&direction=asc']) {
      const found = await rowsOf(people.viewer, `social-accounts?filters.handle=many_&sortBy=${sort}`);
      expect([sort, found.length, new Set(found.map(({ id }) => id)).size]).toEqual([sort, 5_000, 5_000]);
      if (!sort.startsWith('followers')) continue;
      const followers = found.map((row) => Number(row.followers));
      expect([...followers].sort((a, b) => b - a)).toEqual(followers);
    }
  });

  it('runs nothing in a spreadsheet: texts that begin like formulas are preceded by an apostrophe', async () => {
    const formulas = ['=HYPERLINK("http://evil","x")', '+1', '-1', '@SUM(A1)', '\tx', '\ry', ' =1+1', '"=1+1"', "'@x"];
    formulas.push('\u00a0-2', '＝2+1');
    const inside = { 'tea;=1+1': "tea;'=1+1", 'tea\n @SUM(A1)': "tea\n '@SUM(A1)", 'tea\t-1': "tea\t'-1" };
    const plain = ['milk; - honey', 'plain, "quoted"\nline', "5 o'clock = tea", '"quoted"'];
    for (const name of [...formulas, ...plain, ...Object.keys(inside)])
      await aPartner(service, { name, walletCents: 0 });
    const found = (await rowsOf(people.viewer, 'organizations')).map(({ name }) => name);
    for (const name of formulas) expect(found).toContain(`'${name}`);
    for (const name of [...plain, ...Object.values(inside)]) expect(found).toContain(name);
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

  it('is on the trail: who took which rows of what, narrowed how', async () => {
    const someone = await signedIn(service, 'finance');
    for (const handle of ['trail.one', 'trail.two']) await anAccount(service, { handle });
    await rowsOf(someone, 'social-accounts?filters.handle=trail&sortBy=handle&direction=asc');
    const { organizationId } = await aPartner(service, { walletCents: 5 });
    const month = new Date().toISOString().slice(0, 7);
    await rowsOf(someone, `statements/${organizationId}?month=${month}`);
    expect(await trailOf(someone.staffId)).toEqual([
      {
        list: 'social-accounts',
        rows: 2,
        complete: true,
        asked: { 'filters.handle': 'trail', sortBy: 'handle', direction: 'asc' },
      },
      { list: 'statement', rows: 1, complete: true, asked: { month } },
    ]);
    const refused = await fetched(someone, 'social-accounts?page=x');
    expect([refused.status, (await trailOf(someone.staffId)).length]).toEqual([422, 2]);
  });

  it('waits for whoever reads slowly without holding the database, and ends with whoever goes away', async () => {
    await service.dataSource.query(
      `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, status_reason, created_at, updated_at)
       SELECT 'sa_' || gen_random_uuid(), 'slow_' || n, n, '{tea}', 'en', '{}', 'quarantined', repeat('x', 500), now(), now()
         FROM generate_series(1, 15000) AS n`,
    );
    const someone = await signedIn(service, 'operator');
    // More of them than connections to the database.
    const readers = await openedAndNotRead(service.settings.poolSize + 2, someone);
    expect(new Set(readers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    const list = await someone.get('/resources/social-accounts/actions/list?filters.handle=slow_1');
    expect(list.status).toBe(200);
    expect(await trailOf(someone.staffId)).toEqual([]);

    for (const reader of readers) reader.destroy();
    let events = await trailOf(someone.staffId);
    const latest = Date.now() + 60_000;
    while (events.length < readers.length && Date.now() < latest) events = await trailOf(someone.staffId);
    expect(events).toHaveLength(readers.length);
    for (const { complete, rows } of events) {
      expect(complete).toBe(false);
      expect(rows).toBeLessThan(15_000);
    }
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
