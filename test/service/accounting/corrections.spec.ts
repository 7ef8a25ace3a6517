import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { MonthCloseService } from '../../../src/accounting/month-close.service.js';
import { readBooks, toTrialBalance, toWalletLines } from '../../../src/accounting/month-movements.js';
import { getMonthBounds } from '../../../src/core/months.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { renewAt } from '../renewals/leases.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks, setClock } from '../../support/ledger.js';
import { aPartner, aRequestThatFits, aStaffMember, anAccount } from '../../support/makers.js';
import { earnedByDay } from './by-hand.js';

let service: TestApp;
let months: MonthCloseService;
let finance: StaffCaller;
let operator: StaffCaller;

beforeAll(async () => {
  service = await startTestApp();
  months = service.app.get(MonthCloseService, { strict: false });
  finance = await aStaffMember(service, 'finance');
  operator = await aStaffMember(service, 'operator');
  await tellTheStory();
  await tellOfBounces();
});
afterAll(() => service.close());

const at = (moment: string) => setClock(service, new Date(moment));

/** Leases of March and April that are renewed late, undone, given back and replaced on both sides of the end of April. */
async function tellTheStory(): Promise<void> {
  const of = <Service>(type: new (...needs: never[]) => Service) => service.app.get(type, { strict: false });
  at('2027-03-01T00:00:00Z');
  const { request, accounts, partner } = await aRequestThatFits(service, {
    walletCents: 100_000,
    count: 6,
    priceCents: 10_007,
  });
  const assign = async (n: number, moment: string) => {
    at(moment);
    const input = { leaseRequestId: request.id, socialAccountId: accounts[n]!.id };
    return (await of(FulfillmentService).assign(operator, input)).leaseId;
  };
  await assign(0, '2027-03-15T08:00:00Z');
  const givenBack = await assign(1, '2027-04-10T08:00:00Z');
  await assign(2, '2027-04-12T23:59:59Z');
  await assign(3, '2027-04-20T12:00:00Z');
  at('2027-04-21T11:00:00Z');
  const undo = (n: number) =>
    of(FulfillmentService).undoAssign(finance, {
      leaseRequestId: request.id,
      socialAccountId: accounts[n]!.id,
      reason: 'wrong one',
    });
  await undo(3);
  await assign(4, '2027-04-30T20:00:00Z');
  at('2027-05-01T10:00:00Z');
  await undo(4);
  at('2027-05-05T10:00:00Z');
  await of(LeasesService).disconnect(finance, { leaseId: givenBack, reason: 'banned', refund: true });
  at('2027-05-11T10:00:00Z');
  const fresh = await anAccount(service);
  await of(ReplacementService).replace(operator, {
    leaseRequestId: request.id,
    socialAccountId: accounts[2]!.id,
    newSocialAccountId: fresh.id,
    oldAccountTo: 'quarantine',
    reason: 'banned by the platform',
  });
  // An outage of ours: April's renewal and May's are booked together, the one long after its period began.
  await renewAt(service, '2027-05-16T09:00:00Z');
  at('2027-05-20T09:00:00Z');
  await of(WalletsService).adjust(finance, {
    organizationId: partner.organizationId,
    amountCents: 123,
    reason: 'gift',
  });
}

/** Top-ups that come back in a later month, partly owed, and in their own one; what is owed is settled in part meanwhile. */
async function tellOfBounces(): Promise<void> {
  const wallets = service.app.get(WalletsService, { strict: false });
  at('2027-04-02T09:00:00Z');
  const { organizationId } = await aPartner(service, { walletCents: 0 });
  const topUp = async (reference: string, amountCents: number) =>
    (await wallets.topUp(finance, { organizationId, amountCents, reference })).transactionId;
  const bounce = (transactionId: string) =>
    wallets.reverseTopUp(finance, { organizationId, transactionId, reason: 'bounced' });
  const ofApril = await topUp('a wire of April', 50_000);
  await topUp('kept', 2_000);
  await wallets.payOut(finance, { organizationId, amountCents: 40_000, reference: 'out of April' });
  at('2027-05-02T09:00:00Z');
  await bounce(ofApril);
  at('2027-05-03T09:00:00Z');
  const ofMay = await topUp('Z wire of May', 10_000);
  await topUp('m wire of May', 7_000);
  at('2027-05-04T09:00:00Z');
  await bounce(ofMay);
}

async function one<Row>(text: string, ...values: unknown[]): Promise<Row> {
  const [found] = await service.dataSource.query(text, values);
  return found as Row;
}

const lastOf: Record<string, string> = {
  '2027-03': '2027-04-01',
  '2027-04': '2027-05-01',
  '2027-05': '2027-06-01',
  '2027-06': '2027-07-01',
};

describe('corrections in a month and across its end', () => {
  it.each(Object.entries(lastOf))('leave %s with the revenue that every single day adds up to', async (month, end) => {
    at('2027-07-10T00:00:00Z');
    const { revenue, chargesByPeriod } = await months.view(month);
    const days = await earnedByDay(service, end);
    expect(revenue.days.map(({ day, earnedCents }) => [day, earnedCents])).toEqual(
      revenue.days.map(({ day }) => [day, days.get(day) ?? 0]),
    );
    const later = [...days].filter(([day]) => day >= end).reduce((total, [, cents]) => total + cents, 0);
    expect(revenue.deferredAtEndCents).toBe(later);
    expect(revenue.deferredAtStartCents + revenue.billedCents - revenue.earnedCents).toBe(later);
    expect(chargesByPeriod.reduce((total, { amountCents }) => total + amountCents, 0)).toBe(revenue.billedCents);
  });

  it('show under the period that they are for: late charges and what was given back of an earlier month', async () => {
    const may = await months.view('2027-05');
    expect(may.chargesByPeriod).toContainEqual({
      period: '2027-04',
      kind: 'lease_renewal',
      count: 1,
      amountCents: 10_007,
    });
    expect(may.chargesByPeriod).toContainEqual(expect.objectContaining({ period: '2027-04', kind: 'refund' }));
    const april = await months.view('2027-04');
    expect(april.chargesByPeriod).toEqual([
      { period: '2027-04', kind: 'lease_charge', count: 4, amountCents: 40_028 },
      { period: '2027-04', kind: 'refund', count: 1, amountCents: -10_007 },
    ]);
  });

  it('are in the files of the pack, whose totals are those of the transfers', async () => {
    at('2027-06-01T01:00:00Z');
    const { files } = await months.close(finance, { month: '2027-05', allowEarlierOpen: true });
    const table = (name: string): Record<string, string>[] =>
      parse(files.find((file) => file.name === name)!.content, { columns: true, bom: true, record_delimiter: '\r\n' });
    const total = (name: string, column: string) => table(name).reduce((sum, line) => sum + Number(line[column]), 0);
    const may = `booked_at >= '2027-05-01Z' AND booked_at < '2027-06-01Z'`;
    // What a bounced top-up leaves owed moves no wallet.
    const into = `CASE WHEN credit_account_id LIKE 'wallet:%' THEN amount_cents WHEN debit_account_id LIKE 'wallet:%' THEN -amount_cents ELSE 0 END`;
    for (const kind of [
      'top_up',
      'lease_charge',
      'lease_renewal',
      'refund',
      'adjustment',
      'top_up_reversal',
      'payout',
    ]) {
      const { cents } = await one<{ cents: number }>(
        `SELECT coalesce(sum(${into}), 0)::bigint AS cents FROM ledger_transfer WHERE ${may} AND kind = $1`,
        kind,
      );
      expect([kind, total('wallets.csv', `${kind}_cents`)]).toEqual([kind, cents]);
    }
    const held = await one<{ cents: number }>(
      `SELECT sum(${into})::bigint AS cents FROM ledger_transfer WHERE booked_at < '2027-06-01Z'`,
    );
    expect(total('wallets.csv', 'closing_cents')).toBe(held.cents);
    expect(total('trial-balance.csv', 'closing_cents')).toBe(0);
    const billed = await one<{ cents: number; lines: number }>(
      `SELECT sum(CASE kind WHEN 'refund' THEN -amount_cents ELSE amount_cents END)::bigint AS cents, count(*) AS lines
         FROM ledger_transfer WHERE ${may} AND kind IN ('lease_charge', 'lease_renewal', 'refund')`,
    );
    expect([total('charges.csv', 'amount_cents'), table('charges.csv').length]).toEqual([billed.cents, billed.lines]);
    expect(total('charges-by-period.csv', 'amount_cents')).toBe(billed.cents);
    const summary = Object.fromEntries(table('summary.csv').map(({ figure, value }) => [figure, value]));
    expect(Number(summary.revenue_earned_cents)).toBe(total('revenue-by-day.csv', 'earned_cents'));
    expect(Number(summary.wallets_closing_cents)).toBe(held.cents);
    await expectCleanBooks(service);
  });

  it('name a top-up in each month in which it came in or came back, with what each month moved', async () => {
    at('2027-06-01T01:00:00Z');
    const linesOf = async (month: string) =>
      (await months.view(month)).topUps.map((line) => [line.reference, line.amountCents, line.cameBackCents]);
    expect(await linesOf('2027-04')).toEqual([
      ['a wire of April', 50_000, 0],
      ['kept', 2_000, 0],
    ]);
    expect(await linesOf('2027-05')).toEqual([
      ['Z wire of May', 10_000, 10_000],
      ['a wire of April', 0, 50_000],
      ['m wire of May', 7_000, 0],
    ]);
    expect(await linesOf('2027-06')).toEqual([]);
  });

  it.each(['2027-03', '2027-04', '2027-05'])(
    'leave the top-ups of %s with what came in and came back in it',
    async (month) => {
      at('2027-06-01T01:00:00Z');
      const { files } = await months.close(finance, { month, allowEarlierOpen: true });
      const lines: Record<string, string>[] = parse(files.find(({ name }) => name === 'top-ups.csv')!.content, {
        columns: true,
        bom: true,
        record_delimiter: '\r\n',
      });
      const total = (column: string) => lines.reduce((sum, line) => sum + Number(line[column]), 0);
      const within = `to_char(booked_at AT TIME ZONE 'UTC', 'YYYY-MM') = $1`;
      const moved = await one<{ cameIn: number; cameBack: number }>(
        `SELECT coalesce(sum(amount_cents) FILTER (WHERE kind = 'top_up'), 0)::bigint AS "cameIn",
                coalesce(sum(amount_cents) FILTER (WHERE kind = 'top_up_reversal' AND credit_account_id = 'funding'), 0)::bigint AS "cameBack"
           FROM ledger_transfer WHERE ${within}`,
        month,
      );
      expect([total('amount_cents'), total('came_back_cents')]).toEqual([moved.cameIn, moved.cameBack]);
      const named: object[] = await service.dataSource.query(
        `SELECT id AS transaction_id, reference, organization_id, (extract(epoch FROM booked_at) * 1000)::bigint AS at FROM ledger_transfer
          WHERE kind = 'top_up' AND (${within} OR id IN (SELECT reverses_id FROM ledger_transfer WHERE ${within}))
          ORDER BY reference COLLATE "C"`,
        [month],
      );
      expect(
        lines.map(({ transaction_id, reference, organization_id, booked_at }) => ({
          ...{ transaction_id, reference, organization_id },
          at: Date.parse(booked_at!),
        })),
      ).toEqual(named);
      expect((await months.pack(month)).files).toEqual(files);
    },
  );

  it.each(['2027-02', '2027-03', '2027-04', '2027-05', '2027-06'])(
    'are shown from balances as every transfer until then adds up, %s',
    async (month) => {
      const { trialBalance, wallets } = await months.view(month);
      const books = await readBooks(service.dataSource.manager, getMonthBounds(month));
      expect(trialBalance).toEqual(toTrialBalance(books));
      expect(wallets.toSorted((a, b) => (a.organizationId < b.organizationId ? -1 : 1))).toEqual(toWalletLines(books));
    },
  );

  it('are booked on the day they are made: a closed month takes no more', async () => {
    const before = await months.pack('2027-05');
    at('2027-05-31T23:59:59Z');
    const wallets = service.app.get(WalletsService, { strict: false });
    const { organizationId } = await one<{ organizationId: string }>(
      'SELECT id AS "organizationId" FROM organization LIMIT 1',
    );
    await expect(
      wallets.topUp(finance, { organizationId, amountCents: 5, reference: 'a clock that lags' }),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    at('2027-06-01T01:30:00Z');
    await wallets.topUp(finance, { organizationId, amountCents: 5, reference: 'a clock that lags' });
    expect((await months.pack('2027-05')).digest).toBe(before.digest);
    await expectCleanBooks(service);
  });
});
