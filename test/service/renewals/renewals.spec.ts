import { newId } from '../../../src/core/ids.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { MoneyFreeze } from '../../../src/wallets/money-freeze.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  accountStatus,
  balanceOf,
  everything,
  expectCleanBooks,
  outcomes,
  setClock,
  untilSomebodyWaits,
} from '../../support/ledger.js';
import { call } from '../../support/calls.js';
import { callerOf, theSystem, topUp } from '../../support/makers.js';
import { aLessee, lease, leaseState, monthsCharged, releaseAll, renewals, renewAt } from './leases.js';

describe('renewals', () => {
  let service: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
    other = await startTestApp({}, service.settings.databaseUrl);
  });
  afterAll(async () => {
    await other.close();
    await service.close();
  });

  /** The clock of the next test is another: what this one leased is not due there. */
  afterEach(() => releaseAll(service));

  const run = (at: string) => renewAt(service, at);
  const accountOf = async (leaseId: string): Promise<string> =>
    (await service.dataSource.query('SELECT social_account_id AS id FROM lease WHERE id = $1', [leaseId]))[0].id;

  it('charges a month at its moment, not before, and once', async () => {
    const { partner, leaseIds } = await aLessee(service, 100_000, '2027-01-31T10:00:00Z');
    expect((await run('2027-02-28T09:59:59.999Z')).charged).toBe(0);
    expect(await run('2027-02-28T10:00:00Z')).toEqual({ charged: 1, pastDue: 0, disconnected: 0 });
    expect(await run('2027-03-01T00:00:00Z')).toEqual({ charged: 0, pastDue: 0, disconnected: 0 });
    expect(await balanceOf(service, partner.organizationId)).toBe(85_000);
    expect((await leaseState(service, leaseIds[0]!)).nextRenewalAt).toEqual(new Date('2027-03-31T10:00:00Z'));
    await expectCleanBooks(service);
  });

  it('catches three missed months up in order, each with its own period', async () => {
    const { leaseIds } = await aLessee(service, 100_000, '2027-01-30T00:00:00Z', '2027-02-10T00:00:00Z');
    expect((await run('2027-05-01T00:00:00Z')).charged).toBe(5);
    expect(await monthsCharged(service, leaseIds[0]!)).toEqual([
      ...['2027-01-30', '2027-02-28', '2027-03-30', '2027-04-30'],
    ]);
    expect(await monthsCharged(service, leaseIds[1]!)).toEqual(['2027-02-10', '2027-03-10', '2027-04-10']);
    await expectCleanBooks(service);
  });

  it('takes a dry wallet through past due to disconnected, told at each step', async () => {
    const { partner, leaseIds } = await aLessee(service, 0, '2027-06-01T12:00:00Z');
    const socialAccountId = await accountOf(leaseIds[0]!);
    const item = async (status: string) => {
      const list = `/v1/projects/${partner.projectId}/leased-accounts?status=${status}`;
      return (await call(service, 'GET', list, { key: partner.apiKey })).body.items[0];
    };

    expect(await run('2027-07-02T00:00:00Z')).toEqual({ charged: 0, pastDue: 1, disconnected: 0 });
    expect(await item('assigned')).toMatchObject({
      socialAccountId,
      status: 'assigned',
      nextRenewalAt: '2027-07-01T12:00:00.000Z',
      pastDueSince: '2027-07-02T00:00:00.000Z',
      disconnectsAt: '2027-07-09T00:00:00.000Z',
    });
    for (const day of ['03', '04', '05', '06', '07', '08']) {
      expect(await run(`2027-07-${day}T00:00:01Z`)).toEqual({ charged: 0, pastDue: 1, disconnected: 0 });
    }
    expect(await run('2027-07-08T23:59:59Z')).toEqual({ charged: 0, pastDue: 0, disconnected: 0 });
    expect(await accountStatus(service, socialAccountId)).toBe('assigned');

    expect(await run('2027-07-09T00:00:00Z')).toEqual({ charged: 0, pastDue: 0, disconnected: 1 });
    expect(await item('disconnected')).toMatchObject({
      socialAccountId,
      disconnectedAt: '2027-07-09T00:00:00.000Z',
      disconnectedReason: 'billing_exhausted',
      nextRenewalAt: null,
    });
    expect(await accountStatus(service, socialAccountId)).toBe('available');
    const trail = await service.dataSource.query(
      'SELECT type, actor_kind AS actor FROM audit_event WHERE object_id = $1 ORDER BY id',
      [socialAccountId],
    );
    expect(trail.map(({ type }: { type: string }) => type)).toEqual([
      'leased_account.assigned',
      ...Array.from({ length: 7 }, () => 'leased_account.renewal_failed'),
      'leased_account.disconnected',
    ]);
    await expectCleanBooks(service);
  });

  it.each([
    ['past due', true],
    ['due and was not tried yet', false],
  ])('has no month to give back to staff who disconnect what is %s', async (_what, isTried) => {
    const { partner, leaseIds } = await aLessee(service, 0, '2027-06-01T12:00:00Z');
    setClock(service, new Date('2027-07-02T00:00:00Z'));
    if (isTried) expect((await run('2027-07-02T00:00:00Z')).pastDue).toBe(1);
    const leases = service.app.get(LeasesService, { strict: false });
    const answer = await leases.disconnect(theSystem(), { leaseId: leaseIds[0]!, reason: 'banned', refund: true });
    expect(answer).toMatchObject({ refundedCents: 0 });
    expect(await balanceOf(service, partner.organizationId)).toBe(0);
  });

  it('pays for what is past due with the first money that covers it, the oldest due first, and keeps the anchor', async () => {
    const { partner, leaseIds } = await aLessee(service, 0, '2027-08-20T00:00:00Z', '2027-08-10T00:00:00Z');
    const [younger, older] = leaseIds as [string, string];
    expect((await run('2027-09-21T00:00:00Z')).pastDue).toBe(2);
    await topUp(service, partner.organizationId, 20_000);
    expect(await run('2027-09-21T00:00:01Z')).toEqual({ charged: 1, pastDue: 0, disconnected: 0 });
    expect(await leaseState(service, older)).toMatchObject({
      status: 'active',
      nextRenewalAt: new Date('2027-10-10T00:00:00Z'),
      pastDueSince: null,
    });
    expect((await leaseState(service, younger)).status).toBe('past_due');
    await expectCleanBooks(service);
  });

  it('renews for the other partners while one is short, and while one is suspended', async () => {
    const short = await aLessee(service, 0, '2027-10-01T00:00:00Z');
    const suspended = await aLessee(service, 15_000, '2027-10-01T00:00:00Z');
    await service.dataSource.query('UPDATE organization SET suspended_at = now() WHERE id = $1', [
      suspended.partner.organizationId,
    ]);
    await run('2027-11-01T00:00:00Z');
    expect((await leaseState(service, short.leaseIds[0]!)).status).toBe('past_due');
    expect(await monthsCharged(service, suspended.leaseIds[0]!)).toEqual(['2027-10-01', '2027-11-01']);
  });

  it('renews for the others where one partner’s renewals fail for a reason of ours, and tells of it', async () => {
    const ill = await aLessee(service, 15_000, '2027-12-01T00:00:00Z');
    const well = await aLessee(service, 15_000, '2027-12-02T00:00:00Z');
    await service.dataSource.query(
      `CREATE FUNCTION fail_renewal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.organization_id = '${ill.partner.organizationId}' THEN RAISE EXCEPTION 'ill'; END IF; RETURN NEW; END $$;
       CREATE TRIGGER fail_renewal BEFORE INSERT ON ledger_transfer FOR EACH ROW WHEN (NEW.kind = 'lease_renewal') EXECUTE FUNCTION fail_renewal()`,
    );
    try {
      await expect(run('2028-01-02T00:00:00Z')).rejects.toThrow('ill');
    } finally {
      await service.dataSource.query('DROP TRIGGER fail_renewal ON ledger_transfer; DROP FUNCTION fail_renewal()');
    }
    expect(await monthsCharged(service, well.leaseIds[0]!)).toEqual(['2027-12-02', '2028-01-02']);
    expect(await leaseState(service, ill.leaseIds[0]!)).toMatchObject({
      status: 'active',
      nextRenewalAt: new Date('2028-01-01T00:00:00Z'),
    });
    expect(await run('2028-01-02T00:00:00Z')).toEqual({ charged: 1, pastDue: 0, disconnected: 0 });
  });

  it('charges once when several workers race for the same leases', async () => {
    const days = Array.from({ length: 12 }, (_, n) => `2028-01-${10 + n}T00:00:00Z`);
    const lessees = [];
    for (let n = 0; n < 4; n += 1) lessees.push(await aLessee(service, 12 * 2 * 15_000, ...days));
    for (const one of [service, other]) setClock(one, new Date('2028-04-01T00:00:00Z'));
    const runs = await Promise.all([service, other, service, other].map((one) => renewals(one).run(theSystem())));
    expect(runs.reduce((sum, { charged }) => sum + charged, 0)).toBe(4 * 12 * 2);
    for (const { partner, leaseIds } of lessees) {
      for (const id of leaseIds) expect(await monthsCharged(service, id)).toHaveLength(3);
      expect(await balanceOf(service, partner.organizationId)).toBe(0);
    }
    await expectCleanBooks(service);
  });

  it('lets whichever of release and renewal commits first win', async () => {
    const { partner, leaseIds } = await aLessee(
      service,
      1_000_000,
      ...Array.from({ length: 10 }, () => '2028-05-05T00:00:00Z'),
    );
    setClock(service, new Date('2028-06-05T00:00:00Z'));
    const leases = service.app.get(LeasesService, { strict: false });
    const releases = leaseIds.map(async (id) => {
      const socialAccountId = await accountOf(id);
      return service.dataSource.transaction((em) => leases.release(em, callerOf(partner), { socialAccountId }));
    });
    const [{ refused }] = await Promise.all([outcomes(releases), renewals(service).run(theSystem())]);
    expect(refused).toEqual([]);
    for (const id of leaseIds) {
      expect(await leaseState(service, id)).toMatchObject({ status: 'ended', endReason: 'released_by_partner' });
      expect((await monthsCharged(service, id)).length).toBeLessThanOrEqual(2);
    }
    await expectCleanBooks(service);
  });

  it('leaves a lease that somebody holds for later, and renews the rest meanwhile', async () => {
    const { leaseIds } = await aLessee(service, 100_000, '2028-07-01T00:00:00Z', '2028-07-02T00:00:00Z');
    setClock(service, new Date('2028-08-03T00:00:00Z'));
    let going: Promise<unknown>;
    await service.dataSource.transaction(async (em) => {
      await em.query('SELECT id FROM lease WHERE id = $1 FOR UPDATE', [leaseIds[0]]);
      setClock(other, new Date('2028-08-03T00:00:00Z'));
      going = renewals(other).run(theSystem());
      while ((await monthsCharged(service, leaseIds[1]!)).length < 2);
      expect(await monthsCharged(service, leaseIds[0]!)).toHaveLength(1);
    });
    await going!;
    expect(await monthsCharged(service, leaseIds[0]!)).toEqual(['2028-07-01', '2028-08-01']);
  });

  it('counts as short while something is owed', async () => {
    const { partner, leaseIds } = await aLessee(service, 50_000, '2028-09-01T00:00:00Z');
    const wallet = `wallet:${partner.organizationId}`;
    await service.dataSource.query('UPDATE ledger_account SET owed_cents = 1 WHERE id = $1', [wallet]);
    await run('2028-10-01T00:00:00Z');
    expect((await leaseState(service, leaseIds[0]!)).status).toBe('past_due');
    await service.dataSource.query('UPDATE ledger_account SET owed_cents = 0 WHERE id = $1', [wallet]);
    await run('2028-10-01T00:00:01Z');
    expect((await leaseState(service, leaseIds[0]!)).status).toBe('active');
  });

  describe('a forecast', () => {
    it('tells what a run at that moment would do, and does nothing', async () => {
      await aLessee(service, 15_000, '2029-01-31T00:00:00Z', '2029-01-31T01:00:00Z');
      const before = await everything(service);
      const at = { now: '2029-03-01T00:00:00Z', dryRun: true };
      const forecast = await renewals(service).run(theSystem(), at);
      expect(await everything(service)).toBe(before);
      expect(await run(at.now)).toEqual(forecast);
      expect(forecast).toEqual({ charged: 1, pastDue: 1, disconnected: 0 });
    });

    it('is the only way to name a moment outside the demo', async () => {
      const refused = renewals(service).run(theSystem(), { now: '2040-03-01T00:00:00Z' });
      await expect(refused).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(renewals(service).run(theSystem(), { now: '2027-02-30T00:00:00Z' })).rejects.toMatchObject({
        code: 'VALIDATION',
      });
    });
  });

  describe('while money is frozen', () => {
    it('renews, assigns and refunds nothing in any process, takes top-ups, and goes on after the thaw', async () => {
      const { partner, leaseIds } = await aLessee(service, 100_000, '2030-01-01T00:00:00Z');
      const freeze = service.app.get(MoneyFreeze, { strict: false });
      await freeze.freeze(theSystem(), { reason: 'the bank called' });
      try {
        const frozen = { code: 'CONFLICT', details: { reason: 'money_frozen' } };
        const leases = other.app.get(LeasesService, { strict: false });
        setClock(other, new Date('2030-01-31T00:00:00Z'));
        const disconnect = { leaseId: leaseIds[0]!, reason: 'banned', refund: true };
        await expect(leases.disconnect(theSystem(), disconnect)).rejects.toMatchObject(frozen);
        setClock(service, new Date('2030-02-01T00:00:00Z'));
        setClock(other, new Date('2030-02-01T00:00:00Z'));
        await expect(renewals(other).run(theSystem())).rejects.toMatchObject(frozen);
        await expect(lease(other, partner, '2030-02-01T00:00:00Z')).rejects.toMatchObject(frozen);
        await topUp(other, partner.organizationId, 100);
        expect(await balanceOf(service, partner.organizationId)).toBe(100_100);
        const submitted = await call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
          key: partner.apiKey,
          body: { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } },
        });
        expect(submitted.status).toBe(202);
        expect(await freeze.state()).toMatchObject({ reason: 'the bank called', frozenAt: expect.any(Date) });
      } finally {
        await freeze.thaw(theSystem());
      }
      expect((await renewals(other).run(theSystem())).charged).toBeGreaterThan(0);
      expect(await monthsCharged(service, leaseIds[0]!)).toEqual(['2030-01-01', '2030-02-01']);
      await expectCleanBooks(service);
    });

    it('ends a run that is under way: nothing is booked after the freeze answers, and the rest after the thaw', async () => {
      const freeze = service.app.get(MoneyFreeze, { strict: false });
      const { leaseIds } = await aLessee(service, 100_000, '2031-01-01T00:00:00Z', '2031-01-02T00:00:00Z');
      const [first, held] = leaseIds as [string, string];
      setClock(service, new Date('2031-02-03T00:00:00Z'));
      setClock(other, new Date('2031-02-03T00:00:00Z'));
      let going: Promise<{ refused: string[] }>;
      await service.dataSource.transaction(async (em) => {
        await em.query('SELECT id FROM lease WHERE id = $1 FOR UPDATE', [held]);
        going = outcomes([renewals(other).run(theSystem())]);
        while ((await monthsCharged(service, first)).length < 2);
        await freeze.freeze(theSystem(), { reason: 'a test' });
      });
      expect((await going!).refused).toEqual(['money_frozen']);
      expect(await monthsCharged(service, held)).toHaveLength(1);
      await freeze.thaw(theSystem());
      expect(await renewals(service).run(theSystem())).toEqual({ charged: 1, pastDue: 0, disconnected: 0 });
      await expectCleanBooks(service);
    });

    it('waits for what is being booked', async () => {
      const freeze = service.app.get(MoneyFreeze, { strict: false });
      let frozen = false;
      let freezing: Promise<unknown>;
      await service.dataSource.transaction(async (em) => {
        await freeze.assertNotFrozen(em);
        freezing = freeze.freeze(theSystem(), { reason: 'a test' }).then(() => (frozen = true));
        await untilSomebodyWaits(service);
        expect(frozen).toBe(false);
      });
      await freezing!;
      await freeze.thaw(theSystem());
    });
  });

  it('asks finance alone to freeze money', async () => {
    const freeze = service.app.get(MoneyFreeze, { strict: false });
    const operator = {
      kind: 'staff' as const,
      staffId: 'stf_1',
      name: 'O',
      role: 'operator' as const,
      callId: newId('req'),
    };
    await expect(freeze.freeze(operator, { reason: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN_ROLE' });
    await expect(freeze.freeze(theSystem(), { reason: ' ' })).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});
