import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../../src/authorization/roles.js';
import { toForbiddenMessage } from '../../../src/authorization/permissions.js';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { allowBookingAhead, setClock } from '../../support/ledger.js';
import { aPartner } from '../../support/makers.js';
import { aWaitingPayout } from './money-actions.js';
import { everything, signedIn, type Person } from './panel.js';

const roles = ['viewer', 'operator', 'finance', 'admin'] as const;
let service: TestApp;
const people = {} as Record<Role, Person>;
beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role);
  setClock(service, new Date('2027-01-20T10:00:00Z'));
  await allowBookingAhead(service, new Date('2027-01-20T10:00:00Z'));
  await aPartner(service, { walletCents: 12_345 });
});
afterAll(() => service.close());

const path = '/admin/api/resources/ledger-transfers/actions/closeMonth';
const close = (person: Person, body: object = { month: '2027-01' }) => person.browser.post(path).send(body);

describe('The page month', () => {
  it.each(roles)('shows the books to the role %s, the present month first', async (role) => {
    const { body } = await people[role].get('/pages/month');
    expect(body).toMatchObject({
      month: '2027-01',
      months: ['2027-01'],
      closedAt: null,
      isClosable: false,
      closableFrom: '2027-02-01T01:00:00.000Z',
      wallets: [{ openingCents: 0, topUpCents: 12_345, closingCents: 12_345 }],
      waiting: [],
    });
    expect((await people[role].get('/pages/month?month=2026-12')).body).toMatchObject({
      month: '2026-12',
      wallets: [],
    });
  });

  it.each(['month=2027-13', 'month=x', 'month=%00', 'month=1999-01', 'month=2027-01&month=2027-02', 'moth=2027-01'])(
    'refuses %s',
    async (query) => {
      const answer = await people.viewer.get(`/pages/month?${query}`);
      expect([answer.status, answer.notice?.type]).toEqual([422, 'error']);
    },
  );

  it('shows what waits for a second person, and a fault of the books on every page', async () => {
    const { organizationId, proposalId } = await aWaitingPayout(service);
    const waiting = [{ proposalId, organizationId, kind: 'payout', amountCents: -100_001, isOwn: false }];
    expect((await people.finance.get('/pages/month')).body).toMatchObject({ waiting });
    const { body } = await people.viewer.get(`/resources/wallets/records/${organizationId}/overview`);
    expect(body).toMatchObject({ waiting });

    const proof = service.app.get(LedgerVerificationJob, { strict: false });
    const set = (cents: number) =>
      service.dataSource.query(
        `UPDATE ledger_account SET balance_cents = balance_cents + $2 WHERE id = 'wallet:' || $1`,
        [organizationId, cents],
      );
    await set(1);
    await proof.verifyWhenDue();
    await set(-1);
    const fault = expect.stringContaining(`wallet of ${organizationId} holds`);
    expect((await people.viewer.get('/pages/month')).body).toMatchObject({
      proved: { faults: 1, named: [fault] },
    });
    expect((await people.viewer.get('/pages/queue')).body).toMatchObject({ booksFaults: [fault] });
  });
});

describe('Closing a month from the panel', () => {
  it('is refused while it runs, to those who may not, and by GET', async () => {
    const before = await everything(service);
    for (const role of ['viewer', 'operator'] as const) {
      const { body } = await close(people[role]);
      expect(body.notice).toEqual({ type: 'error', message: toForbiddenMessage(role) });
    }
    const { body } = await close(people.finance);
    expect(body.notice).toEqual({ type: 'error', message: '2027-01 can be closed from 2027-02-01 01:00 UTC.' });
    expect((await people.finance.browser.get(`${path}?month=2026-11`)).body.notice?.type).not.toBe('success');
    for (const bad of [{}, { month: 5 }, { month: '2027-01', also: 1 }, []]) {
      expect((await close(people.finance, bad)).body.notice).toMatchObject({ type: 'error' });
    }
    expect(await everything(service)).toBe(before);
  });

  it('ends it for good; its files can be taken away from then on', async () => {
    const file = (name: string, month = '2027-01') =>
      people.finance.browser.get(`/admin/api/exports/months/${month}/${name}`);
    expect((await file('wallets.csv')).status).toBe(409);
    setClock(service, new Date('2027-02-01T01:00:00Z'));
    const { body } = await close(people.finance);
    expect(body.notice).toEqual({
      type: 'success',
      message: '2027-01 is closed: nothing can be booked in it any more.',
    });
    expect((await close(people.admin)).body.notice.message).toBe('2027-01 was already closed.');
    expect((await people.viewer.get('/pages/month?month=2027-01')).body).toMatchObject({
      closedAt: '2027-02-01T01:00:00.000Z',
      closedBy: people.finance.caller.name,
      isClosable: false,
    });
    expect((await people.viewer.get('/pages/month?month=2027-02')).body).toMatchObject({ openBefore: [] });
    const wallets = await file('wallets.csv');
    expect(wallets.headers['content-disposition']).toBe('attachment; filename="2027-01-wallets.csv"');
    expect(parse(wallets.text, { columns: true, record_delimiter: '\r\n' })).toContainEqual(
      expect.objectContaining({ opening_cents: '0', top_up_cents: '12345', closing_cents: '12345' }),
    );
    expect((await file('nothing.csv')).status).toBe(404);
    expect((await file('wallets.csv', '2027-1')).status).toBe(422);
  });
});
