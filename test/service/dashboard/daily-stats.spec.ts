import type { LeaseRequestId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountPoolService } from '../../../src/account-pool/account-pool.service.js';
import { AccountsImport } from '../../../src/account-pool/import/accounts-import.service.js';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { DashboardService } from '../../../src/dashboard/dashboard.service.js';
import { DailyStats } from '../../../src/dashboard/daily-stats.service.js';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks, lostRaces, outcomes, setClock } from '../../support/ledger.js';
import {
  ACCOUNTS_HEADER,
  aFileOf,
  anAccount,
  aPartner,
  aRequest,
  aStaffMember,
  atOnce,
  callerOf,
  type TestPartner,
} from '../../support/makers.js';

const HOUR_MS = 3_600_000;
const DAYS = 25;
/** What may be refused because others were quicker; anything else is a fault. */
const lost = [
  ...lostRaces,
  'in_use',
  // An account that would replace itself.
  'VALIDATION',
  // The time to undo is over.
  'FORBIDDEN_ROLE',
];

describe('what is kept instead of being reckoned again', () => {
  let service: TestApp;
  let staff: StaffCaller[];
  let partners: TestPartner[];
  let accounts: { id: string; handle: string }[];
  let state = 20_270_322;

  /** A linear congruential generator: runs differ by the timing of their calls alone. */
  const chance = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const oneOf = <Item>(items: Item[]): Item => items[chance(items.length)]!;
  const of = <Service>(kind: abstract new (...given: never[]) => Service): Service =>
    service.app.get(kind, { strict: false });

  beforeAll(async () => {
    service = await startTestApp({ businessTimeZone: 'America/New_York' });
    // In summer time's beginning, the 14th of March, a day has 23 hours.
    setClock(service, new Date('2027-03-01T05:00:00Z'));
    staff = await Promise.all((['admin', 'admin', 'admin'] as const).map((role) => aStaffMember(service, role)));
    partners = [await aPartner(service, { walletCents: 10_000_000 }), await aPartner(service, { walletCents: 90_000 })];
    accounts = await Promise.all(Array.from({ length: 8 }, () => anAccount(service)));
  });
  afterAll(() => service.close());

  function aRound(requests: LeaseRequestId[]): (() => Promise<unknown>)[] {
    const command = () => ({ leaseRequestId: oneOf(requests), socialAccountId: oneOf(accounts).id });
    const works = Array.from({ length: 10 }, () => {
      const [who, { leaseRequestId, socialAccountId }] = [oneOf(staff), command()];
      const [other, partner, { handle }, followers] = [
        oneOf(accounts).id,
        oneOf(partners),
        oneOf(accounts),
        chance(99),
      ];
      return oneOf([
        () => of(FulfillmentService).assign(who, { leaseRequestId, socialAccountId }),
        () => of(FulfillmentService).assign(who, { leaseRequestId, socialAccountId: other }),
        () => of(FulfillmentService).undoAssign(who, { leaseRequestId, socialAccountId, reason: 'wrong one' }),
        () =>
          of(ReplacementService).replace(who, {
            leaseRequestId,
            socialAccountId,
            newSocialAccountId: other,
            oldAccountTo: 'quarantine',
            reason: 'lost',
          }),
        () => of(Transactions).run((em) => of(LeasesService).release(em, callerOf(partner), { socialAccountId })),
        () => of(ReviewService).closePartial(who, { leaseRequestId, note: 'That is all.' }),
        () => of(ReviewService).reject(who, { leaseRequestId, note: 'Not this time.' }),
        () => of(AccountPoolService).quarantine(who, { socialAccountId, reason: 'Looks odd.' }),
        () => of(AccountPoolService).edit(who, { socialAccountId, status: 'available', followers }),
        () => of(AccountPoolService).edit(who, { socialAccountId, verticals: ['coffee', oneOf(['tea', 'juice'])] }),
        () =>
          of(AccountsImport).import(
            who,
            aFileOf(ACCOUNTS_HEADER, `${handle},${followers},coffee;milk,en,US;CA,available`),
          ),
      ]);
    });
    return [...works, () => of(DailyStats).store()];
  }

  const kept = async (): Promise<number> => (await service.dataSource.query('SELECT count(*) AS n FROM kept_day'))[0].n;
  const figures = async () => {
    const { asOf: _asOf, ...rest } = await of(DashboardService).figures({ days: '90' });
    return rest;
  };

  it('is what a reckoning from the beginning comes to, after weeks in which everything happened at once', async () => {
    let requests: LeaseRequestId[] = [];
    for (let round = 0; round < DAYS * 3; round += 1) {
      setClock(service, new Date(Date.parse('2027-03-01T05:00:00Z') + round * 8 * HOUR_MS + chance(HOUR_MS)));
      if (round % 2 === 0) {
        const made = await Promise.all(partners.map((partner) => aRequest(service, partner, { count: 3 })));
        requests = [...requests.slice(-4), ...made.map(({ id }) => id)];
      }
      await service.dataSource.query('UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL');
      const { refused } = await outcomes(aRound(requests).map((work) => work()));
      for (const reason of refused) expect(lost).toContain(reason);
    }
    await of(DailyStats).store();
    expect(await kept()).toBeGreaterThan(DAYS);
    const byKeeping = await figures();
    expect(byKeeping.speed.whole.firsts).toBeGreaterThan(9);
    expect(byKeeping.speed.whole.closed).toBeGreaterThan(9);
    expect(byKeeping.depth.some(({ overdue }) => overdue > 0)).toBe(true);
    expect(byKeeping.tiles.leases.live).toBeGreaterThan(0);
    await service.dataSource.query('DELETE FROM kept_day');
    expect(await figures()).toEqual(byKeeping);
    await of(DailyStats).store();
    expect(await figures()).toEqual(byKeeping);
    await expectCleanBooks(service);

    const differences = await service.dataSource.query(`
      WITH wanted AS (
        SELECT DISTINCT account.id, vertical, account.primary_language, account.countries, account.followers, account.sandbox
          FROM social_account account CROSS JOIN unnest(account.verticals) AS vertical WHERE account.status = 'available'
      ), entries AS (SELECT social_account_id, vertical, primary_language, countries, followers, sandbox FROM pool_entry)
      (TABLE wanted EXCEPT TABLE entries) UNION ALL (TABLE entries EXCEPT TABLE wanted)`);
    expect(differences).toEqual([]);
    const unknown = await service.dataSource.query(
      'SELECT unnest(verticals) AS vertical FROM social_account EXCEPT SELECT vertical FROM known_vertical',
    );
    expect(unknown).toEqual([]);
  }, 120_000);

  it('is forgotten from the day on into which something is written later', async () => {
    await of(DailyStats).store();
    const before = await kept();
    const changes = [
      "UPDATE lease_request SET closed_at = '2027-03-10T12:00:00Z' WHERE id = (SELECT min(id) FROM lease_request WHERE closed_at >= '2027-03-11T12:00:00Z')",
      "UPDATE lease SET ended_at = '2027-03-10T12:00:00Z' WHERE id = (SELECT min(id) FROM lease WHERE ended_at >= '2027-03-11T12:00:00Z')",
      "UPDATE lease_request SET first_assigned_at = '2027-03-10T12:00:00Z' WHERE id = (SELECT max(id) FROM lease_request WHERE first_assigned_at >= '2027-03-11T12:00:00Z')",
    ];
    for (const change of changes) {
      await service.dataSource.query(change);
      const [{ newest }] = await service.dataSource.query('SELECT max(day)::text AS newest FROM kept_day');
      expect([change, newest]).toEqual([change, '2027-03-09']);
      const reckoned = await figures();
      await of(DailyStats).store();
      expect(await kept()).toBe(before);
      expect(await figures()).toEqual(reckoned);
    }
  });

  it('is kept once by several processes, and not at all of a day that has not settled', async () => {
    await service.dataSource.query('DELETE FROM kept_day');
    // Half a minute after midnight in New York.
    setClock(service, new Date('2027-03-27T04:00:30Z'));
    await atOnce(4, () => of(DailyStats).store());
    const newest = async () => (await service.dataSource.query('SELECT max(day)::text AS day FROM kept_day'))[0].day;
    expect(await newest()).toBe('2027-03-25');
    const unsettled = await figures();
    setClock(service, new Date('2027-03-27T04:03:00Z'));
    await of(DailyStats).store();
    expect(await newest()).toBe('2027-03-26');
    expect((await figures()).months).toEqual(unsettled.months);
  });
});
