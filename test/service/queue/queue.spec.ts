import type { LeaseRequestId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { VerticalsService } from '../../../src/account-pool/verticals.service.js';
import { BlockerRelease } from '../../../src/queue/blocker-release.service.js';
import { ClaimsService } from '../../../src/lease-requests/claims.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import type { QueuePage } from '../../../src/queue/queue.service.js';
import { QueueService } from '../../../src/queue/queue.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import type { BlockerKind } from '../../../src/lease-requests/lease-request-status.js';
import { OrganizationsService } from '../../../src/partners/organizations.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import {
  aPartner,
  anAccount,
  aRequest,
  aStaffMember,
  type TestPartner,
  type TestRequest,
  theSystem,
} from '../../support/makers.js';

const HOUR = 3_600_000;
// A Wednesday.
const now = new Date('2027-01-13T12:00:00Z');

describe('the queue', () => {
  let service: TestApp;
  let operator: StaffCaller;
  let queue: QueueService;
  let review: ReviewService;
  beforeAll(async () => {
    service = await startTestApp();
    operator = await aStaffMember(service, 'operator');
    queue = service.app.get(QueueService, { strict: false });
    review = service.app.get(ReviewService, { strict: false });
    setClock(service, now);
  });
  afterAll(() => service.close());

  const page = (asked: Record<string, unknown> = {}, caller = operator): Promise<QueuePage> =>
    queue.page(caller, asked);
  const ids = async (asked: Record<string, unknown>) => (await page(asked)).rows.map(({ id }) => id);
  const dueIn = (request: TestRequest, hours: number) =>
    service.dataSource.query('UPDATE lease_request SET due_at = $2 WHERE id = $1', [
      request.id,
      new Date(now.getTime() + hours * HOUR),
    ]);
  const block = (request: TestRequest, blocker: BlockerKind) =>
    review.note(theSystem(), { leaseRequestId: request.id, body: 'waiting', visibility: 'partner', blocker });
  /** An empty queue for the next test. */
  const clear = () =>
    service.dataSource.query(
      `UPDATE lease_request SET status = 'rejected', closed_at = now(), closed_by = 'staff', outcome_reason = 'other', assigned_count = 0,
              blocker = NULL, blocker_since = NULL, blocker_note_id = NULL WHERE status = 'requested'`,
    );
  async function dueRequests(partner: TestPartner, hours: number[]): Promise<TestRequest[]> {
    const made: TestRequest[] = [];
    for (const one of hours) {
      const request = await aRequest(service, partner);
      await dueIn(request, one);
      made.push(request);
    }
    return made;
  }

  it('has the most urgent first, and what stands still after what runs', async () => {
    await clear();
    const [late, soon, later, still] = await dueRequests(await aPartner(service), [-2, 5, 30, -9]);
    await dueIn(still!, 3);
    await block(still!, 'needs_clarification');
    const { rows } = await page();
    expect(rows.map(({ id }) => id)).toEqual([late!.id, soon!.id, later!.id, still!.id]);
    expect(rows[0]).toMatchObject({ overdueMs: 2 * HOUR, pausedAt: null });
    expect(rows[0]!.dueShare).toBeCloseTo(1 + 2 / 48);
    expect(rows[1]).toMatchObject({ dueAt: new Date(now.getTime() + 5 * HOUR) });
    expect(rows[1]!.dueShare).toBeCloseTo(43 / 48);
    expect(rows[1]).not.toHaveProperty('overdueMs');
    expect(rows[3]).toMatchObject({ pausedAt: now, blocker: { kind: 'needs_clarification', lookAgainOn: null } });
  });

  it('counts each view and shows it', async () => {
    await clear();
    const rich = await aPartner(service);
    const poor = await aPartner(service, { walletCents: 0 });
    const [late, mine, theirs, blocked, lapsed] = await dueRequests(rich, [-1, 1, 2, 3, 4]);
    const [uncovered] = await dueRequests(poor, [5]);
    const [short] = await dueRequests(rich, [6]);
    const colleague = await aStaffMember(service, 'operator');
    const claims = service.app.get(ClaimsService, { strict: false });
    await claims.claim(operator, { leaseRequestId: mine!.id });
    await claims.claim(colleague, { leaseRequestId: theirs!.id });
    await claims.claim(operator, { leaseRequestId: lapsed!.id });
    await service.dataSource.query(
      "UPDATE lease_request SET claimed_until = now() - interval '1 second' WHERE id = $1",
      [lapsed!.id],
    );
    await block(blocked!, 'policy');
    // Money of the same moment would wake it.
    setClock(service, new Date(now.getTime() + 1));
    await block(short!, 'wallet_short');
    setClock(service, now);
    const { counts, openCount, wantedCount } = await page();
    expect(counts).toEqual({ all: 7, mine: 1, unclaimed: 5, overdue: 1, blocked: 2, 'wallet-short': 5 });
    expect({ openCount, wantedCount }).toEqual({ openCount: 7, wantedCount: 21 });
    expect(await ids({ view: 'mine' })).toEqual([mine!.id]);
    expect(await ids({ view: 'unclaimed' })).toEqual([late, blocked, lapsed, uncovered, short].map((one) => one!.id));
    expect(await ids({ view: 'overdue' })).toEqual([late!.id]);
    expect(await ids({ view: 'blocked' })).toEqual([blocked!.id, short!.id]);
    // The rich partner's wallet pays for six accounts: for the first two requests.
    expect(await ids({ view: 'wallet-short' })).toEqual(
      [theirs, blocked, lapsed, uncovered, short].map((one) => one!.id),
    );
    expect(await ids({ claimed: 'yes' })).toEqual([mine!.id, theirs!.id]);
    expect(await ids({ claimed: 'no', blocker: 'policy' })).toEqual([blocked!.id]);
    // Counts are of the whole queue, whatever is looked at.
    expect((await page({ view: 'mine', vertical: 'nothing' })).counts).toEqual(counts);
    const { rows } = await page({}, colleague);
    expect(rows.map(({ claimedBy }) => claimedBy?.mine ?? null)).toEqual([null, false, true, null, null, null, null]);
    expect(rows[1]!.claimedBy).toMatchObject({ staffId: operator.staffId, name: operator.name });
  });

  it('is narrowed by filters that combine', async () => {
    await clear();
    const acme = await aPartner(service, { name: 'Acme 100%_Wool' });
    const other = await aPartner(service, { name: 'Other House' });
    const coffee = await aRequest(service, acme, { vertical: ' Home  Coffee', language: 'en-GB' });
    const tea = await aRequest(service, acme, { vertical: 'oolong', language: 'de' });
    const espresso = await aRequest(service, other, { vertical: 'espresso', language: 'en', requestId: 'their-own_7' });
    const anything = await aRequest(service, other, { vertical: 'oolong', language: null, geo: null });
    await anAccount(service, { verticals: ['home coffee'], handle: 'bean.counter', countries: ['US'] });
    await service.app
      .get(VerticalsService, { strict: false })
      .map(operator, { synonym: 'espresso', vertical: 'home coffee' });
    await block(tea, 'other');
    const found = async (asked: Record<string, unknown>) => (await ids(asked)).sort();
    const sorted = (...requests: TestRequest[]) => requests.map(({ id }) => id).sort();
    expect(await found({ vertical: 'home coffee' })).toEqual(sorted(coffee, espresso));
    expect(await found({ vertical: 'HOME coffee', language: 'en-gb' })).toEqual(sorted(coffee));
    expect(await found({ language: 'en' })).toEqual(sorted(coffee, espresso));
    expect(await found({ language: 'any' })).toEqual(sorted(anything));
    expect(await found({ partner: acme.organizationId })).toEqual(sorted(coffee, tea));
    expect(await found({ partner: '100%_' })).toEqual(sorted(coffee, tea));
    expect(await found({ partner: '%house' })).toEqual([]);
    expect(await found({ partner: acme.organizationId, vertical: 'oolong' })).toEqual(sorted(tea));
    expect(await found({ blocker: 'other' })).toEqual(sorted(tea));
    expect(await found({ blocker: 'other', view: 'wallet-short' })).toEqual([]);
    expect(await found({ q: 'THEIR-OWN_' })).toEqual(sorted(espresso));
    expect(await found({ q: espresso.id })).toEqual(sorted(espresso));
    expect(await found({ q: 'other hou' })).toEqual(sorted(espresso, anything));
    // Ids are searched too: none has an O or an L.
    expect(await found({ q: 'oolong' })).toEqual(sorted(tea, anything));
    expect(await found({ q: '@bean' })).toEqual([]);
    const [account] = await service.dataSource.query("SELECT id FROM social_account WHERE handle = 'bean.counter'");
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await fulfilment.assign(operator, { leaseRequestId: coffee.id, socialAccountId: account.id });
    expect(await found({ q: '@BEAN.counter' })).toEqual(sorted(coffee));
    expect(await found({ q: "%_' \\" })).toEqual([]);
  });

  it('says how many accounts fit, by a synonym too, and how many the wallet covers', async () => {
    await clear();
    const partner = await aPartner(service, { walletCents: 30_000 });
    const fits = async (request: TestRequest) => (await page()).rows.find(({ id }) => id === request.id)!.poolFitsAlone;
    const wishes = { vertical: 'Chess Openings', language: 'en-GB', geo: ['US', 'CA'] };
    const request = await aRequest(service, partner, wishes);
    const anyone = await aRequest(service, partner, { ...wishes, language: null, geo: null });
    const verticals = ['chess openings', 'board games'];
    await anAccount(service, { verticals, countries: ['CA', 'US'] });
    await anAccount(service, { verticals, countries: ['FR'] });
    await anAccount(service, { verticals, language: 'fr', countries: ['CA'] });
    await anAccount(service, { verticals, status: 'warming' });
    expect(await fits(request)).toBe(1);
    expect(await fits(anyone)).toBe(3);
    expect((await page()).rows[0]).toMatchObject({ walletCovers: 2, status: 'requested', version: 1 });
    await anAccount(service, { verticals: ['board games'], countries: ['US'], handle: 'rook' });
    await service.app
      .get(VerticalsService, { strict: false })
      .map(operator, { synonym: 'chess openings', vertical: 'board games' });
    // The account under both words counts once.
    expect(await fits(request)).toBe(2);
    await service.dataSource.query("UPDATE social_account SET status = 'quarantined' WHERE handle = 'rook'");
    expect(await fits(request)).toBe(1);
    await service.dataSource.query(
      `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
       SELECT 'sa_many' || n, 'many.' || n, n, '{board games}', 'en', '{US}', 'available', now(), now() FROM generate_series(1, 150) n`,
    );
    expect(await fits(request)).toBe(101);
  });

  it('says whose partner is suspended', async () => {
    await clear();
    const [suspended, served] = [await aPartner(service), await aPartner(service)];
    const held = await aRequest(service, suspended);
    const open = await aRequest(service, served);
    await service.app
      .get(OrganizationsService, { strict: false })
      .suspend(theSystem(), { organizationId: suspended.organizationId });
    const told = new Map((await page()).rows.map(({ id, partnerSuspended }) => [id, partnerSuspended]));
    expect(told).toEqual(
      new Map([
        [held.id, true],
        [open.id, false],
      ]),
    );
  });

  it('goes on exactly where a page ended, whatever moved meanwhile', async () => {
    await clear();
    const partner = await aPartner(service);
    const made = await dueRequests(
      partner,
      Array.from({ length: 120 }, (_, n) => 1 + Math.floor(n / 4)),
    );
    const first = await page();
    expect(first.rows).toHaveLength(50);
    const seen = new Set(first.rows.map(({ id }) => id));
    const unseen = made.filter(({ id }) => !seen.has(id));
    // One that was seen becomes urgent, one goes, one that was not seen stands still, and a new one comes at the end.
    await dueIn(
      made.find(({ id }) => seen.has(id))!,
      -5,
    );
    await review.reject(operator, { leaseRequestId: first.rows[10]!.id as LeaseRequestId, note: 'No.' });
    const waits = unseen[3]!;
    await block(waits, 'needs_clarification');
    const [added] = await dueRequests(partner, [99]);
    const second = await page({ cursor: first.nextCursor });
    const third = await page({ cursor: second.nextCursor });
    expect(third.nextCursor).toBeNull();
    const rest = [...second.rows, ...third.rows].map(({ id }) => id);
    expect(new Set(rest)).toEqual(new Set([...unseen.map(({ id }) => id), added!.id]));
    expect(rest).toHaveLength(71);
    expect(rest.at(-1)).toBe(waits.id);
    for (const asked of [{ view: 'overdue' }, { q: 'oolong' }, { partner: partner.organizationId }]) {
      await expect(page({ ...asked, cursor: first.nextCursor })).rejects.toMatchObject({ code: 'VALIDATION' });
    }
  });

  it('refuses what it cannot be asked', async () => {
    for (const asked of [
      { view: 'everything' },
      { blocker: 'lazy' },
      { cursor: 'x' },
      { cursor: 'é\u0000' },
      { q: '\u0000' },
      { q: 'x'.repeat(201) },
      { language: '\ud800' },
      { partner: ['a', 'b'] },
    ]) {
      await expect(page(asked)).rejects.toMatchObject({ code: 'VALIDATION' });
    }
    expect((await page({ view: '', q: ' ', cursor: '' })).rows.length).toBeGreaterThan(0);
  });

  it('gives older requests their due time in the sweep', async () => {
    await clear();
    setClock(service, now);
    const request = await aRequest(service, await aPartner(service), { vertical: ' Old  Words ' });
    const submitted = new Date('2027-01-08T12:00:00Z');
    await service.dataSource.query(
      'UPDATE lease_request SET submitted_at = $2, due_at = NULL, vertical_key = NULL WHERE id = $1',
      [request.id, submitted],
    );
    const due = new Date('2027-01-12T12:00:00Z');
    // Before, it is reckoned.
    expect((await page()).rows[0]).toMatchObject({ dueAt: due });
    await service.app.get(BlockerRelease, { strict: false }).sweep();
    const [row] = await service.dataSource.query(
      'SELECT due_at AS "dueAt", vertical_key AS "verticalKey" FROM lease_request WHERE id = $1',
      [request.id],
    );
    expect(row).toEqual({ dueAt: due, verticalKey: 'old words' });
  });
});
