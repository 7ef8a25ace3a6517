import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { CallRecorder } from '../../../src/calls/call-recorder.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';
import { anAccount, aPartner, aRequest, aStaffMember, theSystem, type TestPartner } from '../../support/makers.js';

const MARKER = 'MARKER-7f3a';
/** In notes that the partner could read for a while: events told of them then. */
const HIDDEN_SINCE = 'WITHDRAWN-1c9e';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

describe('what staff write among themselves', () => {
  let partner: TestPartner;
  let staff: StaffCaller;
  beforeAll(async () => {
    partner = await aPartner(service, { tier: 'internal' });
    staff = { ...(await aStaffMember(service, 'admin')), name: MARKER };
    await service.dataSource.query('UPDATE staff_user SET email = $2, name = $3 WHERE id = $1', [
      staff.staffId,
      `${MARKER}@staff.example`,
      MARKER,
    ]);
  });

  it('is in no answer to a partner, nor is anything of another partner', async () => {
    const other = await aPartner(service, { name: `${MARKER} Ltd` });
    const fulfillment = service.app.get(FulfillmentService, { strict: false });
    const review = service.app.get(ReviewService, { strict: false });
    const leases = service.app.get(LeasesService, { strict: false });
    const wallets = service.app.get(WalletsService, { strict: false });

    const request = await aRequest(service, partner, { count: 5 });
    const theirs = await aRequest(service, other, { requestId: `${MARKER}-request` });
    const accounts = await Promise.all(Array.from({ length: 4 }, () => anAccount(service)));
    const [kept, undone, lost] = accounts.map((account) => account.id) as [string, string, string];
    for (const socialAccountId of [kept, undone, lost]) {
      await fulfillment.assign(staff, { leaseRequestId: request.id, socialAccountId });
    }
    await fulfillment.assign(staff, { leaseRequestId: theirs.id, socialAccountId: accounts[3]!.id });
    await fulfillment.undoAssign(staff, { leaseRequestId: request.id, socialAccountId: undone, reason: MARKER });
    const [{ id: leaseId }] = await service.dataSource.query('SELECT id FROM lease WHERE social_account_id = $1', [
      lost,
    ]);
    await leases.disconnect(staff, { leaseId, reason: MARKER, refund: true });
    await wallets.adjust(staff, { organizationId: partner.organizationId, amountCents: 100, reason: MARKER });
    await review.note(staff, { leaseRequestId: request.id, body: MARKER, visibility: 'internal', blocker: 'policy' });
    await review.clearBlocker(staff, { leaseRequestId: request.id });
    const hidden = { leaseRequestId: request.id, body: HIDDEN_SINCE, visibility: 'partner' as const };
    const note = await review.note(staff, hidden);
    await review.withdrawNote(staff, { leaseRequestId: request.id, noteId: note.noteId });
    await review.note(staff, { ...hidden, blocker: 'other' });
    await review.clearBlocker(staff, { leaseRequestId: request.id });
    await review.note(staff, { leaseRequestId: request.id, body: 'For you.', visibility: 'partner' });

    const replies = await everyAnswer(request.requestId, [kept, lost, accounts[3]!.id], theirs.requestId);
    expect(replies.filter(({ status }) => status < 300).length).toBeGreaterThan(10);
    expect(replies.some(({ text }) => text.includes('For you.'))).toBe(true);
    expect(replies.some(({ text }) => text.includes(HIDDEN_SINCE))).toBe(false);
    await service.app.get(EventSequencer, { strict: false }).sequenceAll();
    await service.app.get(CallRecorder, { strict: false }).flush();
    const calls = await call(service, 'GET', '/v1/calls?limit=200', { key: partner.apiKey });
    expect(calls.body.items.length).toBeGreaterThan(10);
    const events = await call(service, 'GET', '/v1/events?limit=500', { key: partner.apiKey });
    expect(events.body.items.length).toBeGreaterThan(8);
    for (const reply of [...replies, calls, events]) {
      const told = `${reply.status} ${JSON.stringify(reply.headers)} ${reply.text}`;
      expect(told).not.toContain(MARKER.slice(0, 6));
      expect(told).not.toContain(staff.staffId);
      expect(told).not.toContain(other.organizationId);
      expect(told).not.toContain(other.projectId);
    }
  });

  /** Every route with and without luck; the last ones change something. */
  async function everyAnswer(requestId: string, accounts: string[], foreignRequestId: string): Promise<Reply[]> {
    const mine = `/v1/projects/${partner.projectId}`;
    const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } };
    const post = (more: object) => ({ body: { ...body, ...more }, headers: { 'idempotency-key': randomUUID() } });
    const calls: [string, string, object?][] = [
      ['GET', '/v1/whoami'],
      ['GET', '/v1/audit-log?limit=200'],
      ...['/v1', mine].flatMap((base): [string, string][] => [
        ['GET', `${base}/leased-accounts`],
        ['GET', `${base}/leased-accounts?status=disconnected`],
        ['GET', `${base}/leased-accounts/requests`],
        ['GET', `${base}/leased-accounts/requests/${requestId}`],
        // The partner names it itself, so only the answer's other parts are looked at.
        ['GET', `${base}/leased-accounts/requests/${encodeURIComponent(foreignRequestId)}`],
      ]),
      ['POST', `${mine}/leased-accounts/request`, post({})],
      ['POST', `${mine}/leased-accounts/request`, post({ requestId: 'mine' })],
      ['POST', `${mine}/leased-accounts/request`, post({ requestId: 'mine' })],
      ['POST', `${mine}/leased-accounts/request`, post({ count: 0 })],
      ...accounts.map((account): [string, string] => ['DELETE', `/v1/leased-accounts/${account}`]),
      ['GET', '/v1/leased-accounts?status=disconnected'],
    ];
    const replies: Reply[] = [];
    for (const [method, path, options] of calls) {
      replies.push(await call(service, method, path, { key: partner.apiKey, ...options }));
    }
    return replies;
  }
});

describe('another organization’s', () => {
  const get = (partner: TestPartner, path: string) => call(service, 'GET', path, { key: partner.apiKey });

  it('projects, requests and accounts are not there', async () => {
    const owner = await aPartner(service);
    const stranger = await aPartner(service, { projects: 2 });
    const request = await aRequest(service, owner, { requestId: 'owners' });
    const { id: account } = await anAccount(service);
    const fulfillment = service.app.get(FulfillmentService, { strict: false });
    await fulfillment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account });
    const notFound: [string, string][] = [
      ['GET', `/v1/projects/${owner.projectId}/leased-accounts`],
      ['GET', `/v1/projects/${owner.projectId}/leased-accounts/requests`],
      ['GET', `/v1/projects/${owner.projectId}/leased-accounts/requests/owners`],
      ['GET', `/v1/projects/${stranger.projectId}/leased-accounts/requests/owners`],
      ['GET', '/v1/leased-accounts/requests/owners'],
      ['DELETE', `/v1/leased-accounts/${account}`],
    ];
    for (const [method, path] of notFound) {
      const reply = await call(service, method, path, { key: stranger.apiKey });
      expect([path, reply.status, reply.body.error.code]).toEqual([path, 404, 'NOT_FOUND']);
    }
    const submitted = await call(service, 'POST', `/v1/projects/${owner.projectId}/leased-accounts/request`, {
      key: stranger.apiKey,
      body: { projectId: owner.projectId, count: 1, niche: { vertical: 'x' } },
    });
    expect(submitted.status).toBe(404);
    for (const path of [
      '/v1/leased-accounts',
      '/v1/leased-accounts/requests',
      `/v1/leased-accounts?projectId=${owner.projectId}`,
    ]) {
      expect((await get(stranger, path)).body).toMatchObject({ items: [], nextCursor: null });
    }
    expect((await get(owner, '/v1/leased-accounts')).body.items).toHaveLength(1);
  });

  it('request is not found under a project of one’s own either', async () => {
    const partner = await aPartner(service, { projects: 2 });
    await aRequest(service, partner, { requestId: 'first' });
    expect((await get(partner, `/v1/projects/${partner.projectId}/leased-accounts/requests/first`)).status).toBe(200);
    expect((await get(partner, `/v1/projects/${partner.projectIds[1]}/leased-accounts/requests/first`)).status).toBe(
      404,
    );
  });
});
