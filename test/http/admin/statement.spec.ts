import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import type { Role } from '../../../src/authorization/roles.js';
import { getMonthForecasts } from '../../../src/forecast/wallet-outlook.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, aRequestThatFits, theSystem, topUp } from '../../support/makers.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;

beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role);
});
afterAll(() => service.close());

interface Line {
  walletSeq: number;
  kind: string;
  amountCents: number;
  balanceAfterCents: number;
  handle: string | null;
  leaseId: string | null;
  leaseRequestId: string | null;
  reversesId: string | null;
  transactionId: string;
  reference: string | null;
}

interface Overview {
  outlook: Record<string, unknown> & { monthsAhead: { renewals: number; dueCents: number }[]; months: string[] };
  statement: { lines: Line[]; nextCursor: string | null };
}

async function overviewOf(person: Person, organizationId: string, query = ''): Promise<Overview> {
  const { status, body } = await person.get(`/resources/wallets/records/${organizationId}/overview${query}`);
  expect([status, body.notice]).toEqual([200, undefined]);
  return body as unknown as Overview;
}

describe('The page of a wallet', () => {
  it.each(roles)('tells %s what it holds, how long it lasts, and what caused each movement', async (role) => {
    const { partner, request, account, accounts } = await aRequestThatFits(service, { walletCents: 100_000, count: 2 });
    const { organizationId } = partner;
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    const first = await fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
    await fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: accounts[1]!.id });
    const leases = service.app.get(LeasesService, { strict: false });
    await leases.disconnect(theSystem(), { leaseId: first.leaseId, reason: 'Banned', refund: true });

    const { outlook, statement } = await overviewOf(people[role], organizationId);
    expect(outlook).toMatchObject({ balanceCents: 85_000, liveLeases: 1, monthlyCommitmentCents: 15_000, covers: 5 });
    expect(Date.parse(outlook.runsDryAt as string)).toBeGreaterThan(Date.now() + 150 * 86_400_000);
    expect(outlook.monthsAhead.reduce((sum, { dueCents }) => sum + dueCents, 0)).toBeGreaterThanOrEqual(75_000);
    expect(
      statement.lines.map(({ walletSeq, kind, amountCents, balanceAfterCents }) => [
        walletSeq,
        kind,
        amountCents,
        balanceAfterCents,
      ]),
    ).toEqual([
      [4, 'refund', 15_000, 85_000],
      [3, 'lease_charge', -15_000, 70_000],
      [2, 'lease_charge', -15_000, 85_000],
      [1, 'top_up', 100_000, 100_000],
    ]);
    const [refund, , charge, paid] = statement.lines;
    expect(refund).toMatchObject({ leaseId: first.leaseId, reversesId: charge!.transactionId });
    expect(charge).toMatchObject({ handle: account.handle, leaseRequestId: request.id, leaseId: first.leaseId });
    expect(paid!.reference).toMatch(/^test top-up/);
  });

  it('goes back page by page, each movement once, also while new ones are booked', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    for (let n = 0; n < 120; n += 1) await topUp(service, organizationId, 100 + n);
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { statement } = await overviewOf(people.finance, organizationId, cursor && `?cursor=${cursor}`);
      seen.push(...statement.lines.map(({ walletSeq }) => walletSeq));
      await topUp(service, organizationId, 1);
      cursor = statement.nextCursor;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, n) => 120 - n));
  });

  it('refuses a cursor that is none, and knows no other wallet', async () => {
    const { organizationId } = await aPartner(service);
    for (const cursor of ['x', '-1', '0', '1e3', '9'.repeat(40), '%00']) {
      const { status } = await people.finance.get(
        `/resources/wallets/records/${organizationId}/overview?cursor=${cursor}`,
      );
      expect([cursor, status]).toEqual([cursor, 422]);
    }
    const { notice } = await people.finance.get('/resources/wallets/records/org_nothing/overview');
    expect(notice).toMatchObject({ type: 'error' });
  });
});

describe('The months ahead', () => {
  const lease = (at: string, anchorDay: number) => ({ at: new Date(at), anchorDay, leases: 1, cents: 100 });

  it('take each renewal once, on the last day of shorter months too', () => {
    const months = getMonthForecasts(250, [lease('2026-01-31T10:00:00Z', 31)], new Date('2026-01-15T00:00:00Z'));
    expect(months.map(({ month, renewals, balanceAfterCents }) => [month, renewals, balanceAfterCents])).toEqual([
      ['2026-01', 1, 150],
      ['2026-02', 1, 50],
      ['2026-03', 1, -50],
      ['2026-04', 1, -150],
      ['2026-05', 1, -250],
      ['2026-06', 1, -350],
    ]);
  });

  it('put what is overdue on this month', () => {
    const [first] = getMonthForecasts(500, [lease('2025-12-30T10:00:00Z', 30)], new Date('2026-01-02T00:00:00Z'));
    expect(first).toEqual({ month: '2026-01', renewals: 2, dueCents: 200, balanceAfterCents: 300 });
  });
});

describe('The statement of a month', () => {
  it('has the movements of that month in UTC, oldest first, in dollars', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    await topUp(service, organizationId, 12_345);
    const wallets = service.app.get(WalletsService, { strict: false });
    await wallets.adjust(theSystem(), { organizationId, amountCents: -45, reason: '=cmd' });
    const month = new Date().toISOString().slice(0, 7);
    const path = `/admin/api/exports/statements/${organizationId}?month=`;
    for (const role of roles) {
      const answer = await people[role].browser.get(`${path}${month}`);
      expect(answer.headers['content-disposition']).toContain(`statement-${month}-`);
      expect(parse(answer.text, { columns: true, bom: true, record_delimiter: '\r\n' })).toMatchObject([
        { number: '1', kind: 'top_up', amountUsd: '123.45', balanceAfterUsd: '123.45' },
        { number: '2', kind: 'adjustment', amountUsd: '-0.45', balanceAfterUsd: '123.00', reason: "'=cmd" },
      ]);
    }
    const earlier = await people.viewer.browser.get(`${path}2020-02`);
    expect([earlier.status, earlier.text.split('\r\n').length]).toEqual([200, 2]);
  });

  it('names the author and the approver of what waited', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 200_000 });
    const body = { amountCents: -150_000, reason: 'booked twice' };
    await people.finance.act('wallets', organizationId, 'adjust', body);
    const waiting = await people.admin.get(`/resources/wallets/records/${organizationId}/overview`);
    expect(waiting.body).toMatchObject({
      approvalAboveCents: 100_000,
      waiting: [{ ...body, wallet: { balanceCents: 200_000 }, walletAfter: { balanceCents: 50_000 } }],
    });
    const { proposalId } = (waiting.body.waiting as { proposalId: string }[])[0]!;
    await people.admin.act('wallets', organizationId, 'approve', { proposalId });
    const month = new Date().toISOString().slice(0, 7);
    const answer = await people.viewer.browser.get(`/admin/api/exports/statements/${organizationId}?month=${month}`);
    const names = await service.dataSource.query('SELECT name FROM staff_user WHERE id = ANY ($1) ORDER BY role DESC', [
      [people.finance.staffId, people.admin.staffId],
    ]);
    expect(parse(answer.text, { columns: true, record_delimiter: '\r\n' })).toMatchObject([
      { proposedBy: '' },
      { amountUsd: '-1500.00', proposedBy: names[0].name, bookedBy: names[1].name },
    ]);
  });

  it('is refused for what is no month or no wallet', async () => {
    const { organizationId } = await aPartner(service);
    for (const month of ['', '2026', '2026-13', '2026-00', '1999-01', '%00', '2026-01-01']) {
      const { status } = await people.finance.browser.get(
        `/admin/api/exports/statements/${organizationId}?month=${month}`,
      );
      expect([month, status]).toEqual([month, 422]);
    }
    const { status } = await people.finance.browser.get('/admin/api/exports/statements/org_nothing?month=2026-01');
    expect(status).toBe(404);
    const { status: ofNul } = await people.finance.browser.get('/admin/api/exports/statements/%00?month=2026-01');
    expect(ofNul).toBe(404);
  });
});
