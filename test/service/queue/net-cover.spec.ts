import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { VerticalsService } from '../../../src/account-pool/verticals.service.js';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { DashboardService } from '../../../src/dashboard/dashboard.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { RequestViewService } from '../../../src/fulfillment/request-view.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { QueueService } from '../../../src/queue/queue.service.js';
import { ServeNextService } from '../../../src/queue/serve-next.service.js';
import { countries } from '../../../src/core/countries.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  aPartner,
  anAccount,
  aRequest,
  aStaffMember,
  manyAccounts,
  theSystem,
  type TestRequest,
} from '../../support/makers.js';
import { aSandboxAccount } from '../../support/sandboxes.js';
import { countHandledRows } from '../../support/sql/plans.js';

const PRICE_CENTS = 15_000;

/** As pg's `query` gets it: in one object, or as text and values. */
function toStatement([first, second]: unknown[]): { text: string; values: unknown[] } {
  if (typeof first === 'string') return { text: first, values: Array.isArray(second) ? second : [] };
  const { text, values = [] } = first as { text: string; values?: unknown[] };
  return { text, values: Array.isArray(second) ? second : values };
}

describe('Cover and pool fits are net of earlier requests:', () => {
  let service: TestApp;
  let operator: StaffCaller;
  let queue: QueueService;
  beforeAll(async () => {
    service = await startTestApp();
    operator = await aStaffMember(service, 'operator');
    queue = service.app.get(QueueService, { strict: false });
  });
  afterAll(() => service.close());
  beforeEach(() =>
    service.dataSource.query(
      `UPDATE lease_request SET status = 'rejected', closed_at = now(), closed_by = 'staff', outcome_reason = 'other', assigned_count = 0,
              blocker = NULL, blocker_since = NULL, blocker_note_id = NULL, paused_at = NULL WHERE status = 'requested'`,
    ),
  );

  const rowOf = async ({ id }: TestRequest) => (await queue.page(operator, {})).rows.find((row) => row.id === id)!;
  const walletOf = async (request: TestRequest) => {
    const { walletCovers, walletCoversAlone } = await rowOf(request);
    return [walletCovers, walletCoversAlone];
  };
  const fitsOf = async (request: TestRequest) => {
    const { poolFits, poolFitsAlone } = await rowOf(request);
    return [poolFits, poolFitsAlone];
  };
  const shortIds = async () => (await queue.page(operator, { view: 'wallet-short' })).rows.map(({ id }) => id);
  const tile = async () => (await service.app.get(DashboardService, { strict: false }).figures()).tiles.walletShort;
  const view = (request: TestRequest) =>
    service.app.get(RequestViewService, { strict: false }).view(operator, request.id);
  const coverOf = async (request: TestRequest) => (await view(request)).cover!;
  const dueAt = (request: TestRequest, at: string) =>
    service.dataSource.query('UPDATE lease_request SET due_at = $2 WHERE id = $1', [request.id, at]);

  it('one wallet pays for a partner in the order of urgency, and each place says the same', async () => {
    const partner = await aPartner(service, { walletCents: 8 * PRICE_CENTS });
    const requests: TestRequest[] = [];
    for (const count of [6, 8, 3]) requests.push(await aRequest(service, partner, { count, vertical: 'paid' }));
    const [first, second, third] = requests as [TestRequest, TestRequest, TestRequest];
    await aRequest(service, await aPartner(service), { count: 2, vertical: 'paid' });
    expect(await Promise.all(requests.map(walletOf))).toEqual([
      [6, 6],
      [2, 8],
      [0, 3],
    ]);
    expect(await shortIds()).toEqual([second.id, third.id]);
    expect((await queue.page(operator, {})).counts['wallet-short']).toBe(2);
    // Nine accounts more than the wallet pays for.
    expect(await tile()).toEqual({ count: 2, missingCents: 9 * PRICE_CENTS });
    expect(await coverOf(second)).toMatchObject({
      ...{ walletCovers: 2, walletCoversAlone: 8 },
      earlier: { count: 1, requests: [{ id: first.id, wanted: 6, walletTakes: 6 }] },
    });
    expect(await coverOf(third)).toMatchObject({
      ...{ walletCovers: 0, walletCoversAlone: 3 },
      earlier: {
        count: 2,
        requests: [
          { id: first.id, walletTakes: 6 },
          { id: second.id, walletTakes: 2 },
        ],
      },
    });

    await dueAt(third, '2020-01-01T00:00:00Z');
    expect(await Promise.all(requests.map(walletOf))).toEqual([
      [5, 6],
      [0, 8],
      [3, 3],
    ]);
    // A paused request comes after all others.
    await service.app.get(ReviewService, { strict: false }).note(theSystem(), {
      ...{ leaseRequestId: third.id, body: 'which?', visibility: 'internal', blocker: 'needs_clarification' },
    });
    expect(await Promise.all(requests.map(walletOf))).toEqual([
      [6, 6],
      [2, 8],
      [0, 3],
    ]);
    const account = await anAccount(service, { verticals: ['paid'] });
    await service.app.get(FulfillmentService, { strict: false }).assign(operator, {
      ...{ leaseRequestId: first.id, socialAccountId: account.id },
    });
    expect(await walletOf(first)).toEqual([5, 5]);
    expect(await walletOf(second)).toEqual([2, 7]);
  });

  it('a wallet that covers a part of its partner’s only request is short of the rest, less what it holds', async () => {
    const partner = await aPartner(service, { walletCents: 2 * PRICE_CENTS + 100 });
    const covered = await aRequest(service, partner, { count: 2, vertical: 'part' });
    expect(await shortIds()).toEqual([]);
    expect(await tile()).toEqual({ count: 0, missingCents: 0 });
    await service.dataSource.query('UPDATE lease_request SET count = 5 WHERE id = $1', [covered.id]);
    expect(await walletOf(covered)).toEqual([2, 2]);
    expect(await shortIds()).toEqual([covered.id]);
    expect(await tile()).toEqual({ count: 1, missingCents: 3 * PRICE_CENTS - 100 });
  });

  it('a wallet that owes covers nothing', async () => {
    const partner = await aPartner(service, { walletCents: 8 * PRICE_CENTS });
    const request = await aRequest(service, partner, { count: 2, vertical: 'owing' });
    await service.dataSource.query(
      "UPDATE ledger_account SET owed_cents = 1 WHERE organization_id = $1 AND kind = 'wallet'",
      [partner.organizationId],
    );
    expect(await walletOf(request)).toEqual([0, 0]);
    expect(await shortIds()).toEqual([request.id]);
    expect(await tile()).toEqual({ count: 1, missingCents: 0 });
  });

  it('of many requests of one wallet, all but the first few are short', async () => {
    const partner = await aPartner(service, { walletCents: 32 * PRICE_CENTS });
    for (let n = 0; n < 12; n += 1) await aRequest(service, partner, { count: 8, vertical: 'many' });
    const { rows, counts } = await queue.page(operator, {});
    expect(rows.map(({ walletCovers }) => walletCovers)).toEqual([8, 8, 8, 8, ...Array.from({ length: 8 }, () => 0)]);
    expect(rows.every(({ walletCoversAlone }) => walletCoversAlone === 8)).toBe(true);
    expect(counts['wallet-short']).toBe(8);
    expect(await tile()).toEqual({ count: 8, missingCents: 64 * PRICE_CENTS });
    const { earlier } = await coverOf({ id: rows[11]!.id } as TestRequest);
    expect([earlier.count, earlier.requests.length]).toEqual([4, 4]);
  });

  it('accounts that fit are left for others only beyond what earlier requests for them want', async () => {
    for (let n = 0; n < 3; n += 1) await anAccount(service, { verticals: ['chess'] });
    await anAccount(service, { verticals: ['chess'], countries: ['FR'] });
    await anAccount(service, { verticals: ['chess'], language: 'fr', countries: ['FR'] });
    const ask = async (wishes: Parameters<typeof aRequest>[2]) =>
      aRequest(service, await aPartner(service), { vertical: 'Chess', count: 1, ...wishes });
    const first = await ask({ count: 2, language: 'en-GB' });
    const same = await ask({ count: 5, language: 'en' });
    const french = await ask({ language: 'fr', geo: null });
    const anywhere = await ask({ language: 'en', geo: null, count: 4 });
    const anything = await ask({ language: null, geo: [] });
    const elsewhere = await ask({ vertical: 'checkers' });
    expect(await fitsOf(first)).toEqual([3, 3]);
    expect(await fitsOf(same)).toEqual([1, 3]);
    expect(await fitsOf(french)).toEqual([1, 1]);
    // The first two want seven of three accounts.
    expect(await fitsOf(anywhere)).toEqual([1, 4]);
    expect(await fitsOf(anything)).toEqual([0, 5]);
    expect(await fitsOf(elsewhere)).toEqual([0, 0]);
    expect(await coverOf(anywhere)).toMatchObject({
      ...{ poolFits: 1, poolFitsAlone: 4 },
      earlier: {
        count: 2,
        requests: [
          { id: first.id, wanted: 2, poolTakes: 2, walletTakes: 0 },
          { id: same.id, wanted: 5, poolTakes: 1, walletTakes: 0 },
        ],
      },
    });
    expect((await coverOf(first)).earlier).toEqual({ count: 0, requests: [] });
  });

  it('one that fits nothing takes nothing', async () => {
    await anAccount(service, { verticals: ['yoga'] });
    const impossible = await aRequest(service, await aPartner(service), {
      ...{ vertical: 'yoga', count: 50, language: 'fi', geo: ['FI'] },
    });
    const later = await aRequest(service, await aPartner(service), { vertical: 'yoga', language: null, geo: null });
    expect(await fitsOf(impossible)).toEqual([0, 0]);
    expect(await fitsOf(later)).toEqual([1, 1]);
  });

  it('a synonym wants the same accounts, a sandbox other ones', async () => {
    await anAccount(service, { verticals: ['board games'] });
    await anAccount(service, { verticals: ['board games'] });
    await service.app
      .get(VerticalsService, { strict: false })
      .map(operator, { synonym: 'parlour games', vertical: 'board games' });
    const first = await aRequest(service, await aPartner(service), { vertical: 'Parlour  Games', count: 1 });
    const second = await aRequest(service, await aPartner(service), { vertical: 'board games', count: 1 });
    const third = await aRequest(service, await aPartner(service), { vertical: 'parlour games', count: 1 });
    expect(await Promise.all([first, second, third].map(fitsOf))).toEqual([
      [2, 2],
      [1, 2],
      [0, 2],
    ]);
    await service.dataSource.query("DELETE FROM social_account WHERE verticals = '{board games}'");
    await aSandboxAccount(service, ['board games']);
    expect(await Promise.all([first, second, third].map(fitsOf))).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('both figures are counted up to 101', async () => {
    await service.dataSource.query(
      `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
       SELECT 'sa_plenty' || n, 'plenty.' || n, n, '{plenty}', 'en', '{US}', 'available', now(), now() FROM generate_series(1, 150) n`,
    );
    const requests: TestRequest[] = [];
    for (const count of [40, 40, 40, 40])
      requests.push(await aRequest(service, await aPartner(service), { vertical: 'plenty', count }));
    expect(await Promise.all(requests.map(fitsOf))).toEqual([
      [101, 101],
      [101, 101],
      [70, 101],
      [30, 101],
    ]);
  });

  it.each([
    [0, [0, 0]],
    [3, [0, 3]],
  ])('many different wishes take little work where %i accounts fit', async (fitting, fits) => {
    const vertical = `many wishes for ${fitting}`;
    await manyAccounts(service, 5_000, vertical);
    for (let n = 0; n < fitting; n += 1) await anAccount(service, { verticals: [vertical], countries: ['CA'] });
    const partner = await aPartner(service);
    for (const country of countries.filter((one) => !['CA', 'US'].includes(one)).slice(0, 150))
      await aRequest(service, partner, { vertical, geo: ['CA', country] });
    const second = await queue.page(operator, { cursor: (await queue.page(operator, {})).nextCursor });
    const sent = jest.spyOn(pg.Client.prototype, 'query');
    const last = await queue.page(operator, { cursor: second.nextCursor });
    expect(last.rows.map(({ poolFits, poolFitsAlone }) => [poolFits, poolFitsAlone])).toEqual(Array(50).fill(fits));
    const statement = sent.mock.calls.map(toStatement).find(({ text }) => text.includes('earlier_wish'))!;
    // Each of the 150 looks at each account once, and not again for each one before it.
    expect(await countHandledRows(service.dataSource, statement)).toBeLessThan(2 * 150 * 5_000);
  });

  it('what is claimed or blocked keeps nobody from being served', async () => {
    const partner = await aPartner(service, { walletCents: 2 * PRICE_CENTS });
    await anAccount(service, { verticals: ['served'] });
    await anAccount(service, { verticals: ['served'] });
    const first = await aRequest(service, partner, { vertical: 'served', count: 2 });
    const second = await aRequest(service, partner, { vertical: 'served', count: 2 });
    await service.app.get(ReviewService, { strict: false }).note(theSystem(), {
      ...{ leaseRequestId: first.id, body: 'not yet', visibility: 'internal', blocker: 'policy' },
    });
    expect(await rowOf(second)).toMatchObject({ walletCovers: 0, poolFits: 0 });
    const { requestId } = await service.app.get(ServeNextService, { strict: false }).serveNext(operator);
    expect(requestId).toBe(second.id);
  });
});
