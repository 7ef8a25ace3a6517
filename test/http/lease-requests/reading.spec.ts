import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import {
  anAccount,
  aPartner,
  aRequest,
  aStaffMember,
  theSystem,
  type TestPartner,
  type TestRequest,
} from '../../support/makers.js';

let service: TestApp;
let fulfillment: FulfillmentService;
let review: ReviewService;
beforeAll(async () => {
  service = await startTestApp();
  fulfillment = service.app.get(FulfillmentService, { strict: false });
  review = service.app.get(ReviewService, { strict: false });
});
afterAll(() => service.close());

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const get = (partner: TestPartner, path: string) => call(service, 'GET', path, { key: partner.apiKey });
const detail = async (partner: TestPartner, request: TestRequest) =>
  (await get(partner, `/v1/leased-accounts/requests/${request.requestId}`)).body;
const submit = (partner: TestPartner, body: object) =>
  call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
    key: partner.apiKey,
    body: { projectId: partner.projectId, ...body },
  });

async function assign(request: TestRequest): Promise<string> {
  const account = await anAccount(service);
  await fulfillment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
  return account.id;
}

describe('a lease request', () => {
  it('is queued with 202 and the answer that the published page shows', async () => {
    const partner = await aPartner(service);
    const before = Date.now();
    const reply = await submit(partner, {
      count: 5,
      niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
      target: 'Short-form brew tutorials; paid UGC-style creative for ads.',
    });
    expect(reply.status).toBe(202);
    expect(Object.keys(reply.body)).toEqual(['requestId', 'status', 'submittedAt']);
    expect(reply.body).toEqual({
      requestId: expect.stringMatching(/^lreq_[0-9A-HJKMNP-TV-Z]{26}$/),
      status: 'requested',
      submittedAt: TIME,
    });
    expect(Math.abs(Date.parse(reply.body.submittedAt) - before)).toBeLessThan(5_000);
    const [charged] = await service.dataSource.query(
      'SELECT count(*) AS n FROM ledger_transfer WHERE organization_id = $1 AND kind <> $2',
      [partner.organizationId, 'top_up'],
    );
    expect(charged.n).toBe(0);

    const expected = {
      requestId: reply.body.requestId,
      projectId: partner.projectId,
      status: 'requested',
      submittedAt: reply.body.submittedAt,
      assignedAt: null,
      assignedSocialAccountIds: [],
      note: null,
      count: 5,
      assignedCount: 0,
      niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
      target: 'Short-form brew tutorials; paid UGC-style creative for ads.',
      blocker: null,
      outcomeReason: null,
      metadata: null,
      closedBy: null,
      updatedAt: reply.body.submittedAt,
    };
    for (const path of ['/v1', `/v1/projects/${partner.projectId}`]) {
      const read = await get(partner, `${path}/leased-accounts/requests/${reply.body.requestId}`);
      expect([read.status, read.body]).toEqual([200, expected]);
      expect((await get(partner, `${path}/leased-accounts/requests`)).body).toEqual({
        items: [expected],
        nextCursor: null,
        asOf: TIME,
      });
    }
  });

  it('is judged by the organization’s own price', async () => {
    const rich = await aPartner(service, { walletCents: 100, priceCents: 100 });
    const poor = await aPartner(service, { walletCents: 20_000, priceCents: 20_001 });
    expect((await submit(rich, { count: 50, niche: { vertical: 'x' } })).status).toBe(202);
    const refused = await submit(poor, { count: 1, niche: { vertical: 'x' } });
    expect(refused.body.error.details).toEqual({ balanceCents: 20_000, requiredCents: 20_001 });
    expect((await get(poor, '/v1/leased-accounts/requests')).body.items).toEqual([]);
  });

  it('grows while staff assign and becomes assigned with the last account', async () => {
    const partner = await aPartner(service);
    const request = await aRequest(service, partner, { count: 2 });
    const first = await assign(request);
    expect(await detail(partner, request)).toMatchObject({
      status: 'requested',
      assignedCount: 1,
      assignedAt: null,
      assignedSocialAccountIds: [first],
    });
    const second = await assign(request);
    const done = await detail(partner, request);
    expect(done).toMatchObject({
      status: 'assigned',
      assignedCount: 2,
      assignedAt: TIME,
      assignedSocialAccountIds: [first, second],
      outcomeReason: null,
      closedBy: 'staff',
    });

    await call(service, 'DELETE', `/v1/leased-accounts/${first}`, { key: partner.apiKey });
    expect((await detail(partner, request)).assignedSocialAccountIds).toEqual([first, second]);
    await fulfillment.undoAssign(theSystem(), {
      leaseRequestId: request.id,
      socialAccountId: second,
      reason: 'wrong one',
    });
    expect((await detail(partner, request)).assignedSocialAccountIds).toEqual([first]);
  });

  it('shows the newest note for the partner, and a blocker only with such a note', async () => {
    const partner = await aPartner(service);
    const request = await aRequest(service, partner);
    const staff = await aStaffMember(service, 'operator');
    const note = (body: string, visibility: 'internal' | 'partner', blocker?: 'no_inventory' | 'policy') =>
      review.note(staff, { leaseRequestId: request.id, body, visibility, ...(blocker && { blocker }) });

    await note('secret doubts', 'internal', 'policy');
    expect(await detail(partner, request)).toMatchObject({ note: null, blocker: null });
    await note('We are looking.', 'partner');
    const newest = await note('Nothing left in the UK.', 'partner', 'no_inventory');
    await note('more secrets', 'internal');
    expect(await detail(partner, request)).toMatchObject({
      note: 'Nothing left in the UK.',
      blocker: { kind: 'no_inventory', since: TIME },
    });
    await review.withdrawNote(staff, { leaseRequestId: request.id, noteId: newest.noteId });
    expect(await detail(partner, request)).toMatchObject({ note: 'We are looking.', blocker: null });
    await note('Still nothing.', 'partner', 'no_inventory');
    await review.clearBlocker(staff, { leaseRequestId: request.id });
    expect(await detail(partner, request)).toMatchObject({ note: 'We are looking.', blocker: null });
  });

  it('ends as partial or rejected, with its note and reason', async () => {
    const partner = await aPartner(service);
    const short = await aRequest(service, partner, { count: 3 });
    const given = await assign(short);
    await review.closePartial(theSystem(), {
      leaseRequestId: short.id,
      note: 'That is all.',
      outcomeReason: 'no_inventory',
    });
    expect(await detail(partner, short)).toMatchObject({
      status: 'partial',
      assignedAt: TIME,
      assignedSocialAccountIds: [given],
      note: 'That is all.',
      outcomeReason: 'no_inventory',
      closedBy: 'staff',
    });
    const refused = await aRequest(service, partner);
    await review.reject(theSystem(), { leaseRequestId: refused.id, note: 'Not allowed.', outcomeReason: 'policy' });
    expect(await detail(partner, refused)).toMatchObject({
      status: 'rejected',
      assignedAt: null,
      note: 'Not allowed.',
      outcomeReason: 'policy',
    });
  });
});

describe('lists of requests', () => {
  it('come newest first, page by page, without gaps or repeats', async () => {
    const partner = await aPartner(service, { projects: 2 });
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.unshift((await aRequest(service, partner)).requestId);
    await aRequest(service, partner, { projectId: partner.projectIds[1]! });
    for (const path of [
      `/v1/projects/${partner.projectId}/leased-accounts/requests?`,
      `/v1/leased-accounts/requests?projectId=${partner.projectId}&`,
    ]) {
      const seen: string[] = [];
      for (let cursor = ''; ;) {
        const page = await get(partner, `${path}limit=3${cursor}`);
        expect(page.status).toBe(200);
        seen.push(...page.body.items.map((item: { requestId: string }) => item.requestId));
        if (page.body.nextCursor === null) break;
        expect(page.body.items).toHaveLength(3);
        cursor = `&cursor=${page.body.nextCursor}`;
      }
      expect(seen).toEqual(made);
    }
    expect((await get(partner, '/v1/leased-accounts/requests')).body.items).toHaveLength(8);
  });

  it('pages through requests of one moment', async () => {
    const partner = await aPartner(service);
    for (let n = 0; n < 4; n += 1) await aRequest(service, partner);
    await service.dataSource.query(
      `UPDATE lease_request SET submitted_at = '2026-01-01T00:00:00Z' WHERE organization_id = $1`,
      [partner.organizationId],
    );
    const first = (await get(partner, '/v1/leased-accounts/requests?limit=2')).body;
    const second = (await get(partner, `/v1/leased-accounts/requests?limit=2&cursor=${first.nextCursor}`)).body;
    expect(new Set([...first.items, ...second.items].map(({ requestId }) => requestId)).size).toBe(4);
    expect(second.nextCursor).toBeNull();
  });

  it('have 25 items unless told otherwise, 100 at most', async () => {
    const partner = await aPartner(service);
    for (let n = 0; n < 101; n += 1) await aRequest(service, partner);
    expect((await get(partner, '/v1/leased-accounts/requests')).body.items).toHaveLength(25);
    const most = (await get(partner, '/v1/leased-accounts/requests?limit=100')).body;
    expect(most.items).toHaveLength(100);
    expect(most.nextCursor).toEqual(expect.any(String));
  });

  it('are narrowed by status and by the time of the last change, 30 s further back', async () => {
    const partner = await aPartner(service);
    const [old, edge, rejected] = [
      await aRequest(service, partner),
      await aRequest(service, partner),
      await aRequest(service, partner),
    ];
    await review.reject(theSystem(), { leaseRequestId: rejected.id, note: 'No.' });
    const move = (request: TestRequest, to: string) =>
      service.dataSource.query('UPDATE lease_request SET updated_at = $2 WHERE id = $1', [request.id, to]);
    await move(old, '2026-01-01T11:59:29.999Z');
    await move(edge, '2026-01-01T11:59:30.000Z');
    const ids = async (query: string) =>
      (await get(partner, `/v1/leased-accounts/requests?${query}`)).body.items.map(
        ({ requestId }: TestRequest) => requestId,
      );
    expect(await ids('status=rejected')).toEqual([rejected.requestId]);
    expect(await ids('status=requested')).toEqual([edge.requestId, old.requestId]);
    expect(await ids('updatedSince=2026-01-01T12:00:00Z')).toEqual([rejected.requestId, edge.requestId]);
    expect(await ids('updatedSince=2026-01-01T12:00:00Z&status=requested')).toEqual([edge.requestId]);
    expect(await ids('order=updatedAt')).toEqual([old.requestId, edge.requestId, rejected.requestId]);
  });

  it('are walked by their last change, each once, and changes during the walk come at its end', async () => {
    const partner = await aPartner(service);
    const requests = [1, 2, 3, 4, 5].map(() => aRequest(service, partner));
    const [first, ...rest] = (await Promise.all(requests)) as [TestRequest, ...TestRequest[]];
    // Three of the same millisecond, which the id keeps apart.
    await service.dataSource.query(`UPDATE lease_request SET updated_at = '2026-01-01T12:00:00Z' WHERE id = ANY($1)`, [
      rest.slice(0, 3).map(({ id }) => id),
    ]);
    await service.dataSource.query(`UPDATE lease_request SET updated_at = '2026-01-01T11:00:00Z' WHERE id = $1`, [
      first.id,
    ]);
    const walked: string[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor ? `&cursor=${cursor}` : '';
      const { items, nextCursor } = (await get(partner, `/v1/leased-accounts/requests?order=updatedAt&limit=2${after}`))
        .body;
      walked.push(...items.map(({ requestId }: TestRequest) => requestId));
      if (!cursor) await review.reject(theSystem(), { leaseRequestId: first.id, note: 'No.' });
      cursor = nextCursor;
    } while (cursor);
    expect(walked[0]).toBe(first.requestId);
    expect(walked.at(-1)).toBe(first.requestId);
    expect(walked.slice(0, -1).sort()).toEqual([first, ...rest].map(({ requestId }) => requestId).sort());

    const page = (await get(partner, '/v1/leased-accounts/requests?limit=1')).body;
    const wrong = await get(partner, `/v1/leased-accounts/requests?order=updatedAt&limit=1&cursor=${page.nextCursor}`);
    expect(wrong.body.error.details.fields).toEqual([
      { path: 'query.cursor', message: 'is not a cursor of this list' },
    ]);
  });

  it('tell as of when they were read, and nothing is missed from there, however late it is committed', async () => {
    const partner = await aPartner(service);
    const request = await aRequest(service, partner);
    const runner = service.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('UPDATE lease_request SET target = $2, updated_at = clock_timestamp() WHERE id = $1', [
        request.id,
        'late',
      ]);
      const [{ before }] = await service.dataSource.query('SELECT clock_timestamp() AS before');
      const { items, asOf } = (await get(partner, '/v1/leased-accounts/requests')).body;
      const [{ after }] = await service.dataSource.query('SELECT clock_timestamp() AS after');
      expect(items[0].target).toBeNull();
      expect(Date.parse(asOf)).toBeGreaterThanOrEqual(before.getTime());
      expect(Date.parse(asOf)).toBeLessThanOrEqual(after.getTime());
      await runner.commitTransaction();
      const next = (await get(partner, `/v1/leased-accounts/requests?updatedSince=${asOf}`)).body;
      expect(next.items.map(({ target }: { target: string }) => target)).toEqual(['late']);
    } finally {
      await runner.release();
    }
  });
});

describe('leased accounts', () => {
  it('are seen as soon as they are assigned, newest first', async () => {
    const partner = await aPartner(service, { priceCents: 20_000 });
    const request = await aRequest(service, partner, { count: 3, requestId: 'mine' });
    const accounts = [await assign(request), await assign(request), await assign(request)];
    const { items, nextCursor } = (await get(partner, `/v1/projects/${partner.projectId}/leased-accounts?limit=2`))
      .body;
    expect(items.map((item: { socialAccountId: string }) => item.socialAccountId)).toEqual([accounts[2], accounts[1]]);
    expect(items[0]).toEqual({
      socialAccountId: accounts[2],
      projectId: partner.projectId,
      handle: expect.any(String),
      platform: 'tiktok',
      followers: 10_000,
      status: 'assigned',
      assignedAt: TIME,
      nextRenewalAt: TIME,
      monthlyPriceCents: 20_000,
      requestId: 'mine',
    });
    const rest = (await get(partner, `/v1/projects/${partner.projectId}/leased-accounts?limit=2&cursor=${nextCursor}`))
      .body;
    expect(rest).toMatchObject({ items: [{ socialAccountId: accounts[0] }], nextCursor: null });
    expect((await get(partner, '/v1/leased-accounts')).body.items).toHaveLength(3);
  });

  it('move to the disconnected ones when they are released, and are free for another', async () => {
    const partner = await aPartner(service);
    const other = await aPartner(service);
    const account = await assign(await aRequest(service, partner));
    const released = await call(service, 'DELETE', `/v1/leased-accounts/${account}`, {
      key: partner.apiKey,
      body: { reason: 'campaign over' },
    });
    expect(released.status).toBe(200);
    expect((await get(partner, '/v1/leased-accounts')).body.items).toEqual([]);
    expect((await get(partner, '/v1/leased-accounts?status=disconnected')).body.items).toEqual([
      expect.objectContaining({
        socialAccountId: account,
        status: 'disconnected',
        nextRenewalAt: null,
        disconnectedAt: released.body.disconnectedAt,
        disconnectedReason: 'released_by_partner',
      }),
    ]);
    const next = await aRequest(service, other);
    await fulfillment.assign(theSystem(), { leaseRequestId: next.id, socialAccountId: account });
    expect((await get(other, '/v1/leased-accounts')).body.items).toHaveLength(1);
    expect((await call(service, 'DELETE', `/v1/leased-accounts/${account}`, { key: partner.apiKey })).status).toBe(404);
    expect((await get(other, '/v1/leased-accounts')).body.items).toHaveLength(1);
    const [event] = await service.dataSource.query(
      `SELECT internal->>'reason' AS reason FROM audit_event WHERE type = 'leased_account.released' AND organization_id = $1`,
      [partner.organizationId],
    );
    expect(event.reason).toBe('campaign over');
  });

  it('tell when staff took one back', async () => {
    const partner = await aPartner(service);
    const account = await assign(await aRequest(service, partner));
    const [{ id }] = await service.dataSource.query('SELECT id FROM lease WHERE social_account_id = $1', [account]);
    await service.app
      .get(LeasesService, { strict: false })
      .disconnect(theSystem(), { leaseId: id, reason: 'banned', refund: true });
    const { items } = (await get(partner, '/v1/leased-accounts?status=disconnected')).body;
    expect(items).toEqual([expect.objectContaining({ disconnectedReason: 'removed_by_layers' })]);
  });
});
