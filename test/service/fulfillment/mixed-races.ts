import type { LeaseRequestId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { Transactions } from '../../../src/core/transactions.js';
import { ClaimsService } from '../../../src/lease-requests/claims.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks, lostRaces, outcomes } from '../../support/ledger.js';
import { anAccount, aPartner, aRequest, aStaffMember, callerOf, type TestPartner } from '../../support/makers.js';

type Work = () => Promise<unknown>;

/** What may be refused because others were quicker; anything else is a fault. */
const lost = [...lostRaces, 'stale'];

/** Makes the test of so many rounds of a dozen changes each. */
const changes = [
  ...['leased_account.assigned', 'leased_account.assignment_undone', 'leased_account.disconnected'],
  ...['leased_account.released', 'leased_account.replaced'],
  ...['lease_request.partial', 'lease_request.rejected', 'lease_request.assigned'],
];

export function testMixedRaces(rounds: number): void {
  describe('everything at once over the same requests and accounts', () => {
    let service: TestApp;
    let fulfilment: FulfillmentService;
    let claims: ClaimsService;
    let replacement: ReplacementService;
    let review: ReviewService;
    let leases: LeasesService;
    let transactions: Transactions;
    let staff: StaffCaller[];
    let partners: TestPartner[];
    let accounts: string[];
    let chance: (below: number) => number;

    beforeAll(async () => {
      service = await startTestApp();
      fulfilment = service.app.get(FulfillmentService, { strict: false });
      claims = service.app.get(ClaimsService, { strict: false });
      replacement = service.app.get(ReplacementService, { strict: false });
      review = service.app.get(ReviewService, { strict: false });
      leases = service.app.get(LeasesService, { strict: false });
      transactions = service.app.get(Transactions, { strict: false });
      staff = await Promise.all(
        (['admin', 'admin', 'finance', 'operator'] as const).map((role) => aStaffMember(service, role)),
      );
      partners = [
        await aPartner(service, { walletCents: 10_000_000 }),
        await aPartner(service, { walletCents: 60_000 }),
      ];
      accounts = await Promise.all(Array.from({ length: 6 }, async () => (await anAccount(service)).id));
    });
    afterAll(() => service.close());
    beforeEach(() => {
      chance = numbersFrom(20_270_310);
    });

    const oneOf = <Item>(items: Item[]): Item => items[chance(items.length)]!;

    /** What each of the six may do, to requests, accounts and leases that the others are busy with. */
    async function aRound(requests: LeaseRequestId[]): Promise<Work[]> {
      const live = await liveLeases();
      await letGo();
      const command = () => ({ leaseRequestId: oneOf(requests), socialAccountId: oneOf(accounts) });
      const [admin, colleague, finance] = staff as [StaffCaller, StaffCaller, StaffCaller];
      const assign = (who: StaffCaller) => {
        const wanted = command();
        return () => fulfilment.assign(who, wanted);
      };
      const undo = (who: StaffCaller) => {
        const wanted = { ...(live.length > 0 ? pick(oneOf(live)) : command()), reason: 'wrong one' };
        return () => fulfilment.undoAssign(who, wanted);
      };
      const disconnect = (who: StaffCaller) => {
        const wanted = {
          leaseId: live.length > 0 ? oneOf(live).leaseId : 'lse_none',
          reason: 'banned',
          refund: chance(2) === 0,
        };
        return () => leases.disconnect(who, wanted);
      };
      const replace = (who: StaffCaller) => {
        const { leaseRequestId, socialAccountId } = live.length > 0 ? pick(oneOf(live)) : command();
        const oldAccountTo = oneOf(['quarantine', 'pool'] as const);
        const wanted = {
          leaseRequestId,
          socialAccountId,
          newSocialAccountId: oneOf(accounts.filter((id) => id !== socialAccountId)),
          oldAccountTo,
          reason: 'lost',
        };
        return () => replacement.replace(who, wanted);
      };
      const takeOver = (who: StaffCaller) => {
        const wanted = { leaseRequestId: oneOf(requests), takeOver: true };
        return () => claims.claim(who, wanted);
      };
      const release = () => {
        const { socialAccountId } = live.length > 0 ? oneOf(live) : command();
        const caller = callerOf(oneOf(partners));
        return () => transactions.runShared([socialAccountId], (em) => leases.release(em, caller, { socialAccountId }));
      };
      const close = { leaseRequestId: oneOf(requests), note: 'That is all.' };
      const reject = { leaseRequestId: oneOf(requests), note: 'Not this time.' };
      const works: Work[] = [
        ...[assign(admin), assign(colleague), assign(staff[3]!), assign(admin)],
        ...[undo(admin), undo(finance), disconnect(finance), release(), release(), release()],
        ...[replace(admin), replace(colleague), takeOver(colleague)],
      ];
      // Seldom enough that the others have something open to work on.
      if (chance(2) === 0) works.push(() => review.closePartial(admin, close));
      if (chance(4) === 0) works.push(() => review.reject(colleague, reject));
      return shuffled(works);
    }

    it('leaves clean books, and refuses only what came too late', async () => {
      let requests: LeaseRequestId[] = [];
      // What wins a race is chance: further rounds make up for what never did.
      for (let round = 0; round < rounds || (round < 10 * rounds && !(await hasAllHappened())); round += 1) {
        if (round % 3 === 0) {
          requests = await Promise.all(
            [0, 1, 0].map(async (partner, n) => (await aRequest(service, partners[partner]!, { count: n + 1 })).id),
          );
          await backToThePool();
        }
        const { refused } = await outcomes((await aRound(requests)).map((work) => work()));
        for (const reason of refused) expect(lost).toContain(reason);
      }
      expect(await whatHappened()).toEqual(expect.arrayContaining(changes));
      await expectCleanBooks(service);
    }, 600_000);

    interface Live {
      leaseId: string;
      leaseRequestId: LeaseRequestId;
      socialAccountId: string;
    }

    function pick({ leaseRequestId, socialAccountId }: Live) {
      return { leaseRequestId, socialAccountId };
    }

    function liveLeases(): Promise<Live[]> {
      return service.dataSource.query(
        `SELECT id AS "leaseId", lease_request_id AS "leaseRequestId", social_account_id AS "socialAccountId"
         FROM lease WHERE status IN ('active', 'past_due') ORDER BY id`,
      );
    }

    async function hasAllHappened(): Promise<boolean> {
      const happened = await whatHappened();
      return changes.every((type) => happened.includes(type));
    }

    async function whatHappened(): Promise<string[]> {
      const events: { type: string }[] = await service.dataSource.query('SELECT DISTINCT type FROM audit_event');
      return events.map(({ type }) => type);
    }

    /** Else whoever came first to a request would keep all the others from it, round after round. */
    async function letGo(): Promise<void> {
      await service.dataSource.query('UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL');
    }

    /** Disconnected accounts stay aside for good; here they would soon be all of them. */
    async function backToThePool(): Promise<void> {
      await service.dataSource.query(
        "UPDATE social_account SET status = 'available', status_reason = NULL WHERE status = 'quarantined'",
      );
    }

    function shuffled<Item>(items: Item[]): Item[] {
      return items
        .map((item) => ({ item, place: chance(1_000_000) }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item);
    }
  });
}

/** A linear congruential generator: runs differ by the timing of their calls alone. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
