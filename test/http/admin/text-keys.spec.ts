import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../../src/database/migrate.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount, aPartner, aRequest, type TestPartner, type TestRequest } from '../../support/makers.js';
import { aColleague, signedIn, type Person } from './panel.js';

const CAFE_NFD = 'Cafe\u0301';

/** The database that we ship, and one where a capital i is another letter. */
describe.each(['C', 'Turkish, of ICU'] as const)('Names and words in a database of the locale %s', (locale) => {
  let database: TestDatabase | null = null;
  let service: TestApp;
  let [operator, finance, admin]: Person[] = [];
  let moscow: TestPartner;
  let request: TestRequest;
  beforeAll(async () => {
    if (locale !== 'C') {
      database = await createEmptyDatabase(locale);
      await migrate({ databaseUrl: database.url, preparedStatements: true });
    }
    service = await startTestApp({}, database?.url);
    [operator, finance, admin] = [
      await signedIn(service, 'operator'),
      await signedIn(service, 'finance', 'Инна Ли'),
      await signedIn(service, 'admin', 'IDA ILIC'),
    ];
    moscow = await aPartner(service, { name: 'Кофе  Москва' });
    request = await aRequest(service, moscow, { vertical: `${CAFE_NFD} ДОМА`, requestId: 'ID-Ili', language: 'id-ID' });
    for (const name of ['Zoe Tea', 'adam tea', 'Élan tea', 'IRIS TEA', 'ивы tea']) await aPartner(service, { name });
    await anAccount(service, { handle: 'IBIS.Inn', verticals: ['café дома'], language: 'id-ID' });
    await anAccount(service, { handle: 'ada.1', verticals: ['кофейня'], language: 'id' });
  });
  afterAll(async () => {
    await service.close();
    await database?.drop();
  });

  const list = async (person: Person, resource: string, search: Record<string, string>) => {
    const { records } = await person.get(
      `/resources/${resource}/actions/list?${new URLSearchParams(search).toString()}`,
    );
    return records!.map(({ params }) => params);
  };
  const names = async (person: Person, resource: string, search: Record<string, string>) =>
    (await list(person, resource, search)).map(({ name, handle }) => name ?? handle);

  it.each(['кофе москва', 'КОФЕ МОСКВА', 'ко\u200bфе\u00a0 моск', '  мОСК '])(
    'are found as %j by the search',
    async (q) => {
      const { body } = await operator!.get(`/pages/search?${new URLSearchParams({ q }).toString()}`);
      expect(body).toMatchObject({ partners: [{ title: 'Кофе  Москва' }], requests: [{ id: request.id }] });
    },
  );

  it.each(['CAFÉ дома', `${CAFE_NFD} дома`, 'id-ili', 'ID-ILI'])('find a request and its accounts as %j', async (q) => {
    const { body } = await operator!.get(`/pages/search?${new URLSearchParams({ q }).toString()}`);
    expect(body.requests).toMatchObject([{ id: request.id }]);
  });

  it('find an account by its handle in any case', async () => {
    for (const q of ['ibis.inn', '@IBIS.INN', 'ＩＢＩＳ', 'is.in']) {
      const { body } = await operator!.get(`/pages/search?${new URLSearchParams({ q }).toString()}`);
      expect([q, body.accounts]).toMatchObject([q, [{ title: 'IBIS.Inn' }]]);
      expect([q, await names(operator!, 'social-accounts', { 'filters.handle': q })]).toEqual([q, ['IBIS.Inn']]);
    }
  });

  it.each<Record<string, string>>([
    { q: 'КОФЕ МОСКВА' },
    { q: `${CAFE_NFD} ДОМА` },
    { q: 'ID-ILI' },
    { partner: 'кофе москва' },
    { vertical: 'CAFÉ  дома' },
    { language: 'ID-id' },
    { language: 'ID' },
  ])('filter the queue by %j', async (asked) => {
    const { body } = await operator!.get(`/pages/queue?${new URLSearchParams(asked).toString()}`);
    expect((body.rows as { id: string }[]).map(({ id }) => id)).toEqual([request.id]);
  });

  it('filter every list', async () => {
    expect(await names(operator!, 'organizations', { 'filters.name': 'кофе МОСКВА' })).toEqual(['Кофе  Москва']);
    expect(await list(operator!, 'wallets', { 'filters.organizationName': 'кофе мос' })).toHaveLength(1);
    expect(await list(operator!, 'lease-requests', { 'filters.vertical': 'CAFÉ' })).toHaveLength(1);
    expect(await list(operator!, 'lease-requests', { 'filters.requestId': 'id-ili' })).toHaveLength(1);
    expect(await list(operator!, 'lease-requests', { 'filters.language': 'ID-ID' })).toHaveLength(1);
    expect(await names(operator!, 'social-accounts', { 'filters.verticals': `${CAFE_NFD}  дома` })).toEqual([
      'IBIS.Inn',
    ]);
    expect(await names(admin!, 'staff', { 'filters.name': 'ида', 'filters.email': 'STAFF' })).toEqual([]);
    expect(await names(admin!, 'staff', { 'filters.name': 'инна' })).toEqual(['Инна Ли']);
    expect(await names(admin!, 'staff', { 'filters.name': 'ilic' })).toEqual(['IDA ILIC']);
  });

  it('sort lists in the same order, exports too', async () => {
    const sorted = ['adam tea', 'IRIS TEA', 'Zoe Tea', 'Élan tea', 'ивы tea'];
    const search = { 'filters.name': 'tea', sortBy: 'name', direction: 'asc' };
    expect(await names(operator!, 'organizations', search)).toEqual(sorted);
    expect(await names(operator!, 'social-accounts', { sortBy: 'handle', direction: 'desc' })).toEqual([
      'IBIS.Inn',
      'ada.1',
    ]);
    const { text } = await operator!.browser.get(
      `/admin/api/exports/organizations?${new URLSearchParams(search).toString()}`,
    );
    expect(
      text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[0]),
    ).toEqual(sorted);
  });

  it('are taken once', async () => {
    for (const name of ['КОФЕ МОСКВА', 'Кофе\u00a0Москва\u200b', 'iris tea', 'E\u0301LAN TEA']) {
      const { notice } = await admin!.create('organizations', { name });
      expect([name, notice]).toEqual([
        name,
        { type: 'error', message: expect.stringMatching(/^A partner with this name already exists/) },
      ]);
    }
    const { notice } = await admin!.act('organizations', moscow.organizationId, 'edit', { name: 'КОФЕ МОСКВА' });
    expect(notice!.type).toBe('success');
  });

  it('take an account once', async () => {
    const account = { followers: 1, verticals: ['tea'], language: 'en', countries: [] };
    const { notice } = await operator!.create('social-accounts', { ...account, handle: 'ibis.inn' });
    expect(notice).toEqual({ type: 'error', message: expect.stringMatching(/^This handle is already in the pool/) });
  });

  it('fit whatever the case and the composition, and suggest verticals of similar spelling', async () => {
    const { body } = await operator!.get(`/resources/lease-requests/records/${request.id}/fulfil`);
    expect(body.fulfil).toMatchObject({ candidates: [{ handle: 'IBIS.Inn', fits: true }] });
    const misspelled = await aRequest(service, moscow, { vertical: 'КОФЕИНЯ' });
    const other = await operator!.get(`/resources/lease-requests/records/${misspelled.id}/fulfil`);
    expect(other.body.fulfil).toMatchObject({
      request: { closeVerticals: [{ vertical: 'кофейня', accounts: 1 }] },
    });
  });

  it('book a payment once, however its reference is typed', async () => {
    const topUp = (reference: string) =>
      finance!.act('wallets', moscow.organizationId, 'topUp', { amountCents: 1_000, reference });
    expect((await topUp('Счёт  INV-7')).notice!.type).toBe('success');
    const before = await list(finance!, 'ledger-transfers', { 'filters.kind': 'top_up' });
    await topUp('счёт inv-7');
    await topUp('СЧЕ\u0308Т Inv-7');
    expect(await list(finance!, 'ledger-transfers', { 'filters.kind': 'top_up' })).toHaveLength(before.length);
    expect(await list(finance!, 'ledger-transfers', { 'filters.reference': 'СЧЁТ inv' })).toHaveLength(1);
  });

  it('sign a colleague in by the email in any case, and take it once', async () => {
    const colleague = await aColleague(service, 'viewer');
    const answer = await admin!.create('staff', { email: colleague.email.toUpperCase(), role: 'viewer' });
    expect(answer.notice!.message).toMatch(/^A staff member with this email already exists/);
    const { status } = await admin!.browser
      .post('/admin/login')
      .type('form')
      .send({ ...colleague, email: colleague.email.toUpperCase() });
    expect(status).toBe(302);
  });
});
