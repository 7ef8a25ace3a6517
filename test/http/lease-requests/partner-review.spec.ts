import type { LeaseRequestId } from '../../../src/core/ids.js';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { everything, expectCleanBooks, requestState } from '../../support/ledger.js';
import { call } from '../../support/calls.js';
import {
  aKey,
  aPartner,
  aRequest,
  aRequestThatFits,
  atOnce,
  theSystem,
  type TestPartner,
} from '../../support/makers.js';

let service: TestApp;
let fulfilment: FulfillmentService;
let review: ReviewService;
beforeAll(async () => {
  service = await startTestApp();
  fulfilment = service.app.get(FulfillmentService, { strict: false });
  review = service.app.get(ReviewService, { strict: false });
});
afterAll(async () => {
  await expectCleanBooks(service);
  await service.close();
});

const under = '/v1/leased-accounts/requests';
const post = (partner: { apiKey: string }, path: string, body?: unknown, idempotencyKey?: string) =>
  call(service, 'POST', path, {
    key: partner.apiKey,
    body,
    headers: idempotencyKey ? { 'idempotency-key': idempotencyKey } : {},
  });
const poll = async (partner: TestPartner, requestId: string) =>
  (await call(service, 'GET', `${under}/${requestId}`, { key: partner.apiKey })).body;
const block = (id: LeaseRequestId, visibility: 'internal' | 'partner') =>
  review.note(theSystem(), { leaseRequestId: id, body: 'Which ages?', visibility, blocker: 'needs_clarification' });

describe('A partner’s note', () => {
  it('loses the white space around it, and has something to see', async () => {
    const { partner, request } = await aRequestThatFits(service);
    const path = `${under}/${request.requestId}/notes`;
    expect((await post(partner, path, { body: '\u00a0 Adults only.\n' })).body.body).toBe('Adults only.');
    for (const body of ['\u200b', '\u2800\u200d', ' \n ']) {
      const { status, body: answer } = await post(partner, path, { body });
      expect([status, answer.error.code]).toEqual([422, 'VALIDATION']);
    }
    const submit = (more: object) =>
      post(partner, `/v1/projects/${partner.projectId}/leased-accounts/request`, {
        ...{ projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' }, ...more },
      });
    const { requestId } = (await submit({ note: '  For spring. ', target: '' })).body;
    const [stored] = await service.dataSource.query(
      'SELECT partner_note, target FROM lease_request WHERE request_id = $1',
      [requestId],
    );
    expect(stored).toEqual({ partner_note: 'For spring.', target: '' });
    for (const more of [{ note: '\u200b' }, { target: '\u2060' }, { niche: { vertical: '\u200b' } }])
      expect((await submit(more)).status).toBe(422);
  });

  it('appears on the staff’s line alone, answers what was asked, and counts as a change', async () => {
    const { partner, request } = await aRequestThatFits(service);
    await block(request.id, 'partner');
    const asked = await poll(partner, request.requestId);
    expect(asked).toMatchObject({ note: 'Which ages?', blocker: { kind: 'needs_clarification' } });
    const { version } = await requestState(service, request.id);
    const answer = await post(partner, `${under}/${request.requestId}/notes`, { body: 'Adults only.' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      noteId: expect.stringMatching(/^note_/),
      requestId: request.requestId,
      body: 'Adults only.',
      createdAt: expect.stringMatching(/Z$/),
    });
    const after = await poll(partner, request.requestId);
    expect(after).toMatchObject({ status: 'requested', note: null, blocker: null });
    expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(asked.updatedAt));
    expect(await requestState(service, request.id)).toMatchObject({ blocker: null, version: version + 1 });
  });

  it('keeps the request from being assigned until staff have read it, and one that came meanwhile too', async () => {
    const { partner, request, account } = await aRequestThatFits(service);
    const reply = async (body: string) =>
      (await post(partner, `${under}/${request.requestId}/notes`, { body })).body.noteId as string;
    const [first, second] = [await reply('Blue.'), await reply('No, green.')];
    const assign = () => fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
    const before = await everything(service);
    await expect(assign()).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'reply_unread' } });
    expect(await everything(service)).toBe(before);
    await review.readReply(theSystem(), { leaseRequestId: request.id, noteId: first });
    await expect(assign()).rejects.toMatchObject({ details: { reason: 'reply_unread' } });
    await review.readReply(theSystem(), { leaseRequestId: request.id, noteId: first });
    await expect(assign()).rejects.toMatchObject({ details: { reason: 'reply_unread' } });
    await review.readReply(theSystem(), { leaseRequestId: request.id, noteId: second });
    await assign();
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 1 });
  });

  it('leaves any other blocker, and one that is internal is never shown', async () => {
    const { partner, request } = await aRequestThatFits(service);
    await review.note(theSystem(), {
      leaseRequestId: request.id,
      body: 'No.',
      visibility: 'internal',
      blocker: 'policy',
    });
    expect((await poll(partner, request.requestId)).blocker).toBeNull();
    await post(partner, `${under}/${request.requestId}/notes`, { body: 'Any news?' });
    expect(await requestState(service, request.id)).toMatchObject({ blocker: 'policy' });
  });
});

describe('A partner’s cancel', () => {
  it('rejects what has nothing assigned, and keeps what has', async () => {
    const bare = await aRequestThatFits(service);
    const some = await aRequestThatFits(service);
    await fulfilment.assign(theSystem(), { leaseRequestId: some.request.id, socialAccountId: some.account.id });
    const ended = { closedBy: 'partner', outcomeReason: 'cancelled', blocker: null };
    const none = await post(bare.partner, `${under}/${bare.request.requestId}/cancel`);
    expect([none.status, none.body]).toMatchObject([200, { ...ended, status: 'rejected', assignedAt: null }]);
    const kept = await post(some.partner, `${under}/${some.request.requestId}/cancel`, { reason: 'Changed our plans' });
    expect(kept.body).toMatchObject({ ...ended, status: 'partial', assignedSocialAccountIds: [some.account.id] });
    expect(await poll(some.partner, some.request.requestId)).toEqual(kept.body);
    const list = await call(service, 'GET', '/v1/leased-accounts', { key: some.partner.apiKey });
    expect(list.body.items).toHaveLength(1);
  });

  it('happens once of twenty at the same moment, and an Idempotency-Key replays it', async () => {
    const { partner, request } = await aRequestThatFits(service);
    const path = `${under}/${request.requestId}/cancel`;
    const statuses = (await atOnce(20, () => post(partner, path, {}))).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(19).fill(409)]);

    const other = await aRequest(service, partner);
    const key = randomUUID();
    const again = `${under}/${other.requestId}/cancel`;
    const answers = await atOnce(10, () => post(partner, again, {}, key));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(200);
    expect((await post(partner, again, { reason: 'x' }, key)).body.error.details.reason).toBe('idempotency_key_reused');
  });

  it('races the assignments of staff: whatever stands was paid for', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { partner, request, accounts } = await aRequestThatFits(service);
      await Promise.allSettled([
        ...accounts.map(({ id }) =>
          fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: id }),
        ),
        post(partner, `${under}/${request.requestId}/cancel`),
        post(partner, `${under}/${request.requestId}/notes`, { body: 'Never mind.' }),
      ]);
      const end = await poll(partner, request.requestId);
      expect(['rejected', 'partial', 'assigned']).toContain(end.status);
      expect(end.assignedSocialAccountIds).toHaveLength(end.assignedCount);
    }
  });
});

describe('Notes and cancel', () => {
  it('are of an open request of one’s own, with the scope for it', async () => {
    const { partner, request } = await aRequestThatFits(service);
    const [stranger, narrow] = [
      await aPartner(service),
      await aKey(service, partner.organizationId, { scopes: ['keys:write'] }),
    ];
    const elsewhere = await aPartner(service, { projects: 2 });
    const theirs = await aRequest(service, elsewhere);
    const before = await everything(service);
    for (const [action, body] of [
      ['notes', { body: 'x' }],
      ['cancel', {}],
    ] as const) {
      const paths = [
        `${under}/${request.requestId}/${action}`,
        `/v1/projects/${partner.projectId}/leased-accounts/requests/${request.requestId}/${action}`,
      ];
      for (const path of paths) {
        expect((await post(stranger, path, body)).status).toBe(404);
        expect((await post(narrow, path, body)).body.error).toMatchObject({
          code: 'FORBIDDEN_SCOPE',
          details: { requiredScope: 'leased:write' },
        });
      }
      const otherProject = `/v1/projects/${elsewhere.projectIds[1]}/leased-accounts/requests/${theirs.requestId}/${action}`;
      expect((await post(elsewhere, otherProject, body)).status).toBe(404);
    }
    expect(JSON.parse(await everything(service)).slice(0, 6)).toEqual(JSON.parse(before).slice(0, 6));
    await post(partner, `${under}/${request.requestId}/cancel`);
    const late = await post(partner, `${under}/${request.requestId}/notes`, { body: 'x' });
    expect(late.body.error).toMatchObject({ code: 'CONFLICT', details: { reason: 'request_closed' } });
  });

  it('refuse whatever their fields cannot be, and change nothing then', async () => {
    const { partner, request } = await aRequestThatFits(service);
    const before = await everything(service);
    const odd = [null, 5, true, [], {}, 'a\0b', '\ud800', 'x'.repeat(2_001)];
    for (const value of [...odd, '', undefined]) {
      const answer = await post(partner, `${under}/${request.requestId}/notes`, { body: value });
      expect([value, answer.status, answer.body.error?.details?.fields[0].path]).toEqual([value, 422, 'body']);
    }
    for (const value of [...odd, 'x'.repeat(501)]) {
      const answer = await post(partner, `${under}/${request.requestId}/cancel`, { reason: value });
      expect([value, answer.status, answer.body.error.details.fields[0].path]).toEqual([value, 422, 'reason']);
    }
    for (const action of ['notes', 'cancel']) {
      const answer = await post(partner, `${under}/${request.requestId}/${action}`, { body: 'x', status: 'assigned' });
      expect([action, answer.status]).toEqual([action, 422]);
      const keyed = await post(partner, `${under}/${request.requestId}/${action}`, { body: 'x' }, 'no key');
      expect(keyed.body.error.details.fields.map(({ path }: { path: string }) => path)).toContain(
        'header.Idempotency-Key',
      );
    }
    expect(await everything(service)).toBe(before);
  });
});

describe('updatedSince', () => {
  it('finds what changed from that time on and half a minute before, and none earlier', async () => {
    const partner = await aPartner(service);
    const [early, near, late] = [
      await aRequest(service, partner),
      await aRequest(service, partner),
      await aRequest(service, partner),
    ];
    const changed = async ({ id }: { id: string }, at: string) =>
      service.dataSource.query('UPDATE lease_request SET updated_at = $2 WHERE id = $1', [id, at]);
    await changed(early, '2026-05-01T11:59:29.999Z');
    await changed(near, '2026-05-01T11:59:30.000Z');
    await changed(late, '2026-05-01T12:00:00.000Z');
    const listed = async (query: string) => {
      const { body } = await call(service, 'GET', `${under}?${query}`, { key: partner.apiKey });
      return body.items.map(({ requestId }: { requestId: string }) => requestId);
    };
    expect(await listed('updatedSince=2026-05-01T12:00:00Z')).toEqual([late.requestId, near.requestId]);
    expect(await listed('updatedSince=2026-05-01T12:00:00Z&status=assigned')).toEqual([]);
  });

  it('is a time in UTC', async () => {
    const partner = await aPartner(service);
    for (const odd of ['', 'yesterday', '2026-05-01', '2026-05-01T12:00:00', '2026-05-01T12:00:00%2B02:00', '0']) {
      const answer = await call(service, 'GET', `${under}?updatedSince=${odd}`, { key: partner.apiKey });
      expect([odd, answer.status]).toEqual([odd, 422]);
    }
  });
});
