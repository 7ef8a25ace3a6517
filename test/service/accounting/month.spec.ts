import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { MonthChecklist } from '../../../src/accounting/month-checklist.js';
import { MonthCloseService, type MonthView } from '../../../src/accounting/month-close.service.js';
import { operations, type CommandOptions } from '../../../src/cli/operations.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { allowBookingAhead, everything, expectCleanBooks, outcomes, setClock } from '../../support/ledger.js';
import { aPartner, aRequestThatFits, aStaffMember, atOnce, theSystem } from '../../support/makers.js';
import { until } from '../../support/until.js';
import { earnedByDay, renewLate } from './by-hand.js';

let service: TestApp;
let months: MonthCloseService;
let wallets: WalletsService;
let fulfilment: FulfillmentService;
let finance: StaffCaller;
let operator: StaffCaller;
let numbered = 0;

beforeAll(async () => {
  service = await startTestApp();
  months = service.app.get(MonthCloseService, { strict: false });
  wallets = service.app.get(WalletsService, { strict: false });
  fulfilment = service.app.get(FulfillmentService, { strict: false });
  finance = await aStaffMember(service, 'finance');
  operator = await aStaffMember(service, 'operator');
  await tellTheStory();
});
afterAll(() => service.close());

const at = (moment: string) => setClock(service, new Date(moment));

async function topUp(organizationId: string, amountCents: number): Promise<string> {
  const reference = `invoice ${(numbered += 1)}`;
  return (await wallets.topUp(finance, { organizationId, amountCents, reference })).transactionId;
}

/** January 2027 to March: odd prices, an undone month, a late renewal, a bounce that is settled, a payout, and traffic on both edges. */
async function tellTheStory(): Promise<void> {
  at('2026-12-20T09:30:00Z');
  const made = await aRequestThatFits(service, {
    walletCents: 0,
    count: 5,
    priceCents: 9_999,
    name: 'Acme, "Coffee" =1+1',
  });
  const { organizationId } = made.partner;
  await topUp(organizationId, 90_000);
  const assign = (n: number) =>
    fulfilment.assign(operator, { leaseRequestId: made.request.id, socialAccountId: made.accounts[n]!.id });
  const first = await assign(0);
  at('2026-12-31T23:59:59.999Z');
  await assign(1);
  at('2027-01-01T00:00:00Z');
  await assign(2);
  at('2027-01-15T12:00:00Z');
  await assign(3);
  at('2027-01-16T11:00:00Z');
  await fulfilment.undoAssign(finance, {
    leaseRequestId: made.request.id,
    socialAccountId: made.accounts[3]!.id,
    reason: 'wrong one',
  });
  const bouncing = await topUp(organizationId, 95_000);
  await wallets.payOut(finance, { organizationId, amountCents: 80_000, reference: 'out 1' });
  await wallets.adjust(finance, { organizationId, amountCents: -321, reason: 'fee' });
  at('2027-01-27T08:00:00Z');
  await renewLate(service, first.leaseId, '2027-01-27T08:00:00Z');
  at('2027-01-30T10:00:00Z');
  await wallets.reverseTopUp(finance, { organizationId, transactionId: bouncing, reason: 'bounced' });
  const other = await aPartner(service, { walletCents: 0 });
  at('2027-01-31T23:59:59.999Z');
  await topUp(other.organizationId, 777);
  at('2027-02-01T00:00:00Z');
  await topUp(other.organizationId, 888);
  await topUp(organizationId, 60_000);
}

/** A figure of January, added up by a statement of the test's own. */
async function sum(text: string): Promise<number> {
  const [found] = await service.dataSource.query(
    `SELECT coalesce(sum(amount_cents), 0)::bigint AS cents FROM ledger_transfer WHERE ${text}`,
  );
  return found.cents;
}
const inJanuary = `booked_at >= '2027-01-01Z' AND booked_at < '2027-02-01Z'`;
const untilFebruary = `booked_at < '2027-02-01Z'`;

describe('a month of the books', () => {
  let january: MonthView;
  beforeAll(async () => {
    at('2027-02-03T00:00:00Z');
    january = await months.view('2027-01');
  });

  it('has a trial balance that balances and is what the transfers add up to', async () => {
    expect(january.trialBalance.map(({ account }) => account)).toEqual([
      'wallet',
      'owed',
      'funding',
      'revenue',
      'adjustments',
    ]);
    for (const line of january.trialBalance) {
      expect(line.debitCents).toBe(await sum(`${inJanuary} AND debit_account_id LIKE '${line.account}%'`));
      expect(line.creditCents).toBe(await sum(`${inJanuary} AND credit_account_id LIKE '${line.account}%'`));
      expect(line.closingCents).toBe(line.openingCents + line.debitCents - line.creditCents);
      expect(line.closingCents).toBe(
        (await sum(`${untilFebruary} AND debit_account_id LIKE '${line.account}%'`)) -
          (await sum(`${untilFebruary} AND credit_account_id LIKE '${line.account}%'`)),
      );
    }
    for (const column of ['openingCents', 'closingCents'] as const) {
      expect(january.trialBalance.reduce((total, line) => total + line[column], 0)).toBe(0);
    }
    expect(january.trialBalance[1]).toMatchObject({ openingCents: 0, debitCents: 30_317 });
  });

  it('tells opening, movements by kind and closing of each wallet, by booking date', async () => {
    expect(january.wallets).toHaveLength(2);
    for (const line of january.wallets) {
      const { organizationId, openingCents, closingCents, ...moved } = line;
      const [standing] = await service.dataSource.query(
        `SELECT wallet_balance_after AS cents FROM ledger_transfer WHERE organization_id = $1 AND wallet_seq IS NOT NULL AND ${untilFebruary}
          ORDER BY wallet_seq DESC LIMIT 1`,
        [organizationId],
      );
      expect(closingCents).toBe(standing.cents);
      expect(Object.values(moved).reduce((total, cents) => total + cents, openingCents)).toBe(closingCents);
      for (const [name, cents] of Object.entries(moved)) {
        const kind = name.slice(0, -5).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        const of = `${inJanuary} AND kind = '${kind}' AND organization_id = '${organizationId}' AND wallet_seq IS NOT NULL`;
        const into = await sum(`${of} AND credit_account_id LIKE 'wallet%'`);
        expect([kind, cents]).toEqual([kind, into - (await sum(`${of} AND debit_account_id LIKE 'wallet%'`))]);
      }
    }
    const acme = january.wallets.find(({ topUpCents }) => topUpCents === 95_000)!;
    expect(acme).toMatchObject({
      openingCents: 70_002,
      refundCents: 9_999,
      payoutCents: -80_000,
      adjustmentCents: -321,
    });
    expect(january.owed).toEqual([
      expect.objectContaining({ openingCents: 0, newlyOwedCents: 30_317, settledCents: 0, closingCents: 30_317 }),
    ]);
  });

  it('shows a period that was charged late under its own month', () => {
    expect(january.chargesByPeriod).toEqual([
      { period: '2027-01', kind: 'lease_charge', count: 2, amountCents: 19_998 },
      { period: '2027-01', kind: 'lease_renewal', count: 1, amountCents: 9_999 },
      { period: '2027-01', kind: 'refund', count: 1, amountCents: -9_999 },
    ]);
  });

  it('earns revenue day by day, late days on the booking day, and defers the rest', async () => {
    const days = await earnedByDay(service, '2027-02-01');
    for (const { day, earnedCents } of january.revenue.days)
      expect([day, earnedCents]).toEqual([day, days.get(day) ?? 0]);
    expect(january.revenue.days).toHaveLength(31);
    const later = [...days].filter(([day]) => day >= '2027-02-01').reduce((total, [, cents]) => total + cents, 0);
    // Nothing was charged in February yet, so that whatever is earned then was deferred.
    expect(january.revenue.deferredAtEndCents).toBe(later);
    const { deferredAtStartCents, billedCents, earnedCents, deferredAtEndCents } = january.revenue;
    expect(deferredAtStartCents + billedCents - earnedCents).toBe(deferredAtEndCents);
    expect(billedCents).toBe(19_998);
    // Seven days of the late renewal lie before its booking.
    const lateDay = january.revenue.days.find(({ day }) => day === '2027-01-27')!;
    expect(lateDay.earnedCents).toBeGreaterThan(
      january.revenue.days.find(({ day }) => day === '2027-01-28')!.earnedCents * 2,
    );
  });

  it('lists top-ups and payouts by their references, with what came back', async () => {
    expect(january.topUps.map(({ amountCents, cameBackCents }) => [amountCents, cameBackCents]).sort()).toEqual([
      [777, 0],
      [95_000, 95_000],
    ]);
    expect(january.payouts).toEqual([expect.objectContaining({ reference: 'out 1', amountCents: 80_000 })]);
  });

  it('goes on in the next month where this one ends', async () => {
    const february = await months.view('2027-02');
    expect(february.revenue.deferredAtStartCents).toBe(january.revenue.deferredAtEndCents);
    expect(february.owed).toEqual([
      expect.objectContaining({ openingCents: 30_317, settledCents: 30_317, closingCents: 0 }),
    ]);
    for (const [place, line] of february.trialBalance.entries()) {
      expect(line.openingCents).toBe(january.trialBalance[place]!.closingCents);
    }
    expect(february.months).toEqual(['2027-02', '2027-01', '2026-12']);
  });
});

describe('closing a month', () => {
  it('waits until an hour after its end, and is for finance', async () => {
    at('2027-02-01T00:59:59.999Z');
    await expect(months.close(finance, { month: '2027-01' })).rejects.toMatchObject({
      details: { reason: 'not_allowed_now' },
      message: '2027-01 can be closed from 2027-02-01 01:00 UTC.',
    });
    await expect(months.pack('2027-01')).rejects.toMatchObject({ details: { reason: 'not_allowed_now' } });
    expect(await months.view('2027-01')).toMatchObject({ closedAt: null, isClosable: false });
    at('2027-02-01T01:00:00Z');
    expect(await months.view('2027-01')).toMatchObject({ isClosable: true, openBefore: ['2026-12'] });
    expect(await months.view('2027-02')).toMatchObject({ isClosable: false, openBefore: ['2027-01', '2026-12'] });
    const { refused } = await outcomes([
      months.close(operator, { month: '2027-01' }),
      months.close(finance, { month: '2027-1' }),
      months.close(finance, { month: '2027-13' }),
      months.close(finance, {} as never),
      months.close(finance, { month: '2027-01', allowEarlierOpen: 'yes' } as never),
    ]);
    expect(refused).toEqual(['FORBIDDEN_ROLE', 'VALIDATION', 'VALIDATION', 'VALIDATION', 'VALIDATION']);
    const early = service.dataSource.query(
      `INSERT INTO closed_month VALUES ('2027-01-01', '2027-02-01T00:59:59Z', 'x', '{}')`,
    );
    await expect(early).rejects.toThrow(/closed_month_is_over/);
  });

  it('is refused while an earlier month is open, unless that is allowed', async () => {
    at('2027-02-01T01:00:00Z');
    const before = await everything(service);
    await expect(months.close(finance, { month: '2027-01' })).rejects.toMatchObject({
      details: { reason: 'earlier_month_open', openBefore: ['2026-12'] },
      message: '2026-12 is still open. Close 2027-01 after that, or allow it to stay open.',
    });
    expect(await everything(service)).toBe(before);
  });

  it('has a checklist', async () => {
    at('2027-02-01T01:00:00Z');
    const checklist = service.app.get(MonthChecklist, { strict: false });
    const verification = service.app.get(LedgerVerificationJob, { strict: false });
    const read = async (month: string) =>
      Object.fromEntries((await checklist.read(month)).map(({ name, isClear, text }) => [name, [isClear, text]]));
    expect(await read('2027-01')).toEqual({
      earlier_months: [false, 'Still open before it: 2026-12.'],
      approvals: [true, 'No transaction waits for approval.'],
      verification: [false, 'The ledger has not been verified yet.'],
      owed: [false, '1 partner owes $303.17 at its end, from top-ups that came back.'],
    });
    await allowBookingAhead(service, new Date('2027-03-01T00:00:00Z'));
    await verification.verifyWhenDue();
    expect(await read('2026-12')).toEqual({
      earlier_months: [true, 'Every earlier month is closed.'],
      approvals: [true, 'No transaction waits for approval.'],
      verification: [true, 'The ledger was verified without errors, 2027-02-01 01:00 UTC.'],
      owed: [true, 'No partner owed anything at its end.'],
    });
    const { organizationId } = await aPartner(service, { walletCents: 200_000 });
    await wallets.payOut(finance, { organizationId, amountCents: 150_000, reference: 'waits' });
    expect(await read('2027-02')).toMatchObject({
      earlier_months: [false, 'Still open before it: 2026-12, 2027-01.'],
      approvals: [false, '1 transaction waits for approval; what is approved later is booked on that day.'],
      verification: [
        false,
        'The ledger was verified without errors, 2027-02-01 01:00 UTC, but not since the month ended.',
      ],
    });
    await expect(checklist.read('2027-1')).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('is done once however many do it, and packs the same bytes each time, whatever is booked or renamed later', async () => {
    at('2027-02-01T01:00:00Z');
    const packs = await atOnce(6, () => months.close(finance, { month: '2027-01', allowEarlierOpen: true }));
    expect(packs.filter(({ closedBefore }) => !closedBefore)).toHaveLength(1);
    expect(new Set(packs.map(({ digest }) => digest)).size).toBe(1);
    const [{ n }] = await service.dataSource.query(
      `SELECT count(*) AS n FROM audit_event WHERE type = 'ledger.month_closed' AND object_id = '2027-01'`,
    );
    expect(n).toBe(1);

    at('2027-03-05T00:00:00Z');
    const [[{ id }]] = await service.dataSource.query(
      `UPDATE organization SET name = 'Renamed' WHERE price_cents = 9999 RETURNING id`,
    );
    await topUp(id, 5_000);
    const later = await months.close(finance, { month: '2027-01' });
    expect(later).toMatchObject({ closedBefore: true, closedBy: finance.staffId });
    expect(later.files).toEqual(packs[0]!.files);
    // Without it Excel takes UTF-8 for something else.
    expect(later.files.filter(({ content }) => !content.startsWith('\ufeff'))).toEqual([]);
    expect(later.files.find(({ name }) => name === 'wallets.csv')!.content).toContain('"Acme, ""Coffee"" =1+1"');
    await expectCleanBooks(service);
  });

  it('lets nothing be booked in it any more, and says so when it was changed all the same', async () => {
    const backdated = service.dataSource.query(
      `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reference, booked_by,
                                    wallet_seq, wallet_balance_after, booked_at)
       SELECT 'txn_backdated', 'top_up', debit_account_id, credit_account_id, 1, organization_id, 'backdated', 'x', 99, 1, '2027-01-31T12:00:00Z'
         FROM ledger_transfer WHERE kind = 'top_up' LIMIT 1`,
    );
    await expect(backdated).rejects.toThrow(/the month of 2027-01-31 .* is closed/);
    await expect(service.dataSource.query('DELETE FROM closed_month')).rejects.toThrow(/append-only/);

    const runner = service.dataSource.createQueryRunner();
    const change = (cents: number) =>
      runner.query(`UPDATE ledger_transfer SET amount_cents = amount_cents + $1 WHERE kind = 'payout'`, [cents]);
    await runner.query('SET session_replication_role = replica');
    try {
      await change(1);
      await expect(months.pack('2027-01')).rejects.toThrow(
        'The books of 2027-01 are not what they were when it was closed (summary.csv, trial-balance.csv, wallets.csv, payouts.csv differ): ' +
          'someone changed booked transactions, bypassing the database’s rules; contact the database administrator.',
      );
      await change(-1);
      await expect(months.pack('2027-01')).resolves.toBeDefined();
      // Books whose figures still agree with each other: only the kept digest tells.
      await runner.query(`UPDATE ledger_transfer SET reference = reference || '.' WHERE kind = 'payout'`);
      await expectCleanBooks(service);
      await expect(months.file('2027-01', 'wallets.csv')).resolves.toBeDefined();
      await expect(months.file('2027-01', 'payouts.csv')).rejects.toThrow('(payouts.csv differs): someone changed');
      await runner.query(`UPDATE ledger_transfer SET reference = rtrim(reference, '.') WHERE kind = 'payout'`);
    } finally {
      await runner.query('SET session_replication_role = origin');
      await runner.release();
    }
  });

  it('waits for whoever is booking in it at this moment', async () => {
    at('2027-02-28T23:59:00Z');
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    const runner = service.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(
      `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reference, booked_by,
                                    wallet_seq, wallet_balance_after, booked_at)
       VALUES ('txn_slow', 'top_up', 'funding', 'wallet:' || $1, 100, $1, 'slow', 'x', 1, 100, '2027-02-28T23:59:00Z')`,
      [organizationId],
    );
    await runner.query(
      `UPDATE ledger_account SET balance_cents = 100, wallet_seq = 1, last_booked_at = '2027-02-28T23:59:00Z' WHERE id = 'wallet:' || $1`,
      [organizationId],
    );
    at('2027-03-01T01:00:00Z');
    const closing = months.close(finance, { month: '2027-02', allowEarlierOpen: true });
    await until('the close waits for the booking', async () => {
      const [{ waiting }] = await service.dataSource.query(
        "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return waiting > 0;
    });
    await runner.commitTransaction();
    await runner.release();
    const { files } = await closing;
    expect(files.find(({ name }) => name === 'top-ups.csv')!.content).toContain('slow,');
    await expectCleanBooks(service);
  });
});

describe('ledger:close', () => {
  it('writes the files of the pack, the same bytes again', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'pack-'));
    try {
      const out = path.join(folder, 'made', 'here');
      const close = () =>
        operations['ledger:close']({
          services: (type) => service.app.get(type, { strict: false }),
          caller: theSystem(),
          printLine: () => undefined,
          options: { month: '2027-01', out } as CommandOptions,
        });
      const first = await close();
      expect(first.json).toMatchObject({
        month: '2027-01',
        closedBefore: true,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      const names = await readdir(out);
      expect(names.sort()).toEqual(
        [
          ...['charges-by-period.csv', 'charges.csv', 'owed.csv', 'payouts.csv', 'revenue-by-day.csv', 'summary.csv'],
          ...['top-ups.csv', 'trial-balance.csv', 'wallets.csv'],
        ].sort(),
      );
      const read = () => Promise.all(names.map((name) => readFile(path.join(out, name))));
      const before = await read();
      expect((await close()).json).toEqual(first.json);
      expect(await read()).toEqual(before);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
