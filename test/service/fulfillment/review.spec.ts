import { newId, type LeaseRequestId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { everything, expectCleanBooks, outcomes, requestState } from '../../support/ledger.js';
import { aRequestThatFits, aStaffMember } from '../../support/makers.js';

describe('reviewing a request', () => {
  let service: TestApp;
  let review: ReviewService;
  let fulfilment: FulfillmentService;
  let operator: StaffCaller;
  beforeAll(async () => {
    service = await startTestApp();
    review = service.app.get(ReviewService, { strict: false });
    fulfilment = service.app.get(FulfillmentService, { strict: false });
    operator = await aStaffMember(service, 'operator');
  });
  afterAll(() => service.close());

  const noteState = async (noteId: string) => {
    const [note] = await service.dataSource.query(
      'SELECT withdrawn_at IS NOT NULL AS withdrawn, retired_at IS NOT NULL AS retired FROM request_note WHERE id = $1',
      [noteId],
    );
    return note as { withdrawn: boolean; retired: boolean };
  };

  it('sets a blocker with a note, replaces it with the next, and retires its note when it is cleared', async () => {
    const { request } = await aRequestThatFits(service);
    const first = await review.note(operator, {
      leaseRequestId: request.id,
      body: 'Nothing warm in coffee before Friday.',
      visibility: 'partner',
      blocker: 'no_inventory',
    });
    expect(await requestState(service, request.id)).toMatchObject({ blocker: 'no_inventory', version: 2 });
    const second = await review.note(operator, {
      leaseRequestId: request.id,
      body: 'Which age group?',
      visibility: 'partner',
      blocker: 'needs_clarification',
    });
    expect(await noteState(first.noteId)).toEqual({ withdrawn: false, retired: true });
    await review.clearBlocker(operator, { leaseRequestId: request.id });
    expect(await requestState(service, request.id)).toMatchObject({ blocker: null, version: 4 });
    expect(await noteState(second.noteId)).toEqual({ withdrawn: false, retired: true });
    expect((await outcomes([review.clearBlocker(operator, { leaseRequestId: request.id })])).refused).toEqual([
      'not_allowed_now',
    ]);
  });

  it('blocks nothing, and clears nothing, that has changed since it was seen', async () => {
    const { request } = await aRequestThatFits(service);
    const leaseRequestId = request.id;
    const blocking = { leaseRequestId, body: 'hm', visibility: 'internal', blocker: 'needs_clarification' } as const;
    await review.note(operator, { ...blocking, version: 1 });
    await review.note(operator, { leaseRequestId, body: 'They have just replied by mail.', visibility: 'internal' });
    const before = await everything(service);
    const { refused } = await outcomes<unknown>([
      review.note(operator, { ...blocking, blocker: 'policy', version: 2 }),
      review.clearBlocker(operator, { leaseRequestId, version: 2 }),
    ]);
    expect(refused).toEqual(['stale', 'stale']);
    expect(await everything(service)).toBe(before);
    await review.note(operator, { leaseRequestId, body: 'A note takes nothing from anybody.', visibility: 'internal' });
    await review.clearBlocker(operator, { leaseRequestId, version: 4 });
    expect(await requestState(service, leaseRequestId)).toMatchObject({ blocker: null, version: 5 });
  });

  it('has read what woke a request, and does not touch one that nothing woke', async () => {
    const { request } = await aRequestThatFits(service);
    const open = (leaseRequestId: LeaseRequestId) => review.acknowledgeUnblock(operator, { leaseRequestId });
    await service.dataSource.transaction(async (em) => {
      await em.query('SELECT id FROM lease_request WHERE id = $1 FOR UPDATE', [request.id]);
      await open(request.id);
    });
    await service.dataSource.query("UPDATE lease_request SET woke_because = 'day', woke_at = now() WHERE id = $1", [
      request.id,
    ]);
    await open(request.id);
    const [row] = await service.dataSource.query('SELECT woke_because AS woke FROM lease_request WHERE id = $1', [
      request.id,
    ]);
    expect(row.woke).toBeNull();
    expect((await outcomes([open(newId('lreq'))])).refused).toEqual(['NOT_FOUND']);
  });

  it('shows an internal note to the partner once, whoever asks at the same moment, and moves updatedAt', async () => {
    const { partner, request } = await aRequestThatFits(service);
    const leaseRequestId = request.id;
    const { noteId } = await review.note(operator, { leaseRequestId, body: 'In May.', visibility: 'internal' });
    const read = async () =>
      (await call(service, 'GET', `/v1/leased-accounts/requests/${request.requestId}`, { key: partner.apiKey })).body;
    const before = await read();
    expect(before.note).toBeNull();
    const { done, refused } = await outcomes([1, 2].map(() => review.showNote(operator, { leaseRequestId, noteId })));
    expect([done, refused]).toEqual([[{ noteId }], ['not_allowed_now']]);
    const after = await read();
    expect(after).toMatchObject({ note: 'In May.', blocker: null });
    expect(after.updatedAt > before.updatedAt).toBe(true);
    expect(await requestState(service, leaseRequestId)).toMatchObject({ version: 3 });
    const trail = await service.dataSource.query(
      "SELECT internal FROM audit_event WHERE type = 'lease_request.note_shown' AND object_id = $1",
      [noteId],
    );
    expect(trail).toMatchObject([
      { internal: { before: { visibility: 'internal' }, after: { visibility: 'partner' } } },
    ]);
  });

  it('shows the blocker with its note, and no note that is withdrawn, of a blocker that is over, or of the partner', async () => {
    const { partner, request } = await aRequestThatFits(service);
    const leaseRequestId = request.id;
    const note = { leaseRequestId, body: 'Wait', visibility: 'internal' } as const;
    const first = await review.note(operator, { ...note, blocker: 'policy' });
    const second = await review.note(operator, { ...note, blocker: 'other' });
    const third = await review.note(operator, note);
    await review.withdrawNote(operator, { leaseRequestId, noteId: third.noteId });
    const path = `/v1/leased-accounts/requests/${request.requestId}`;
    const reply = await call(service, 'POST', `${path}/notes`, { key: partner.apiKey, body: { body: 'Well?' } });
    const show = (noteId: string) => review.showNote(operator, { leaseRequestId, noteId });
    const { refused } = await outcomes([first.noteId, third.noteId, String(reply.body.noteId)].map(show));
    expect(refused).toEqual(['not_allowed_now', 'not_allowed_now', 'not_allowed_now']);
    await expect(show('note_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await show(second.noteId);
    const { body } = await call(service, 'GET', path, { key: partner.apiKey });
    expect(body).toMatchObject({ note: 'Wait', blocker: { kind: 'other' } });
  });

  it('withdraws a note once and keeps it on the trail', async () => {
    const { request } = await aRequestThatFits(service);
    const { noteId } = await review.note(operator, { leaseRequestId: request.id, body: 'Oops', visibility: 'partner' });
    await review.withdrawNote(operator, { leaseRequestId: request.id, noteId });
    expect(await noteState(noteId)).toEqual({ withdrawn: true, retired: false });
    const again = await outcomes([review.withdrawNote(operator, { leaseRequestId: request.id, noteId })]);
    expect(again.refused).toEqual(['not_allowed_now']);
    const trail = await service.dataSource.query(
      'SELECT type FROM audit_event WHERE object_id = $1 ORDER BY occurred_at, id',
      [noteId],
    );
    expect(trail).toEqual([{ type: 'lease_request.noted' }, { type: 'lease_request.note_withdrawn' }]);
  });

  it('closes short only with something assigned, and rejects only with nothing', async () => {
    const { request, account } = await aRequestThatFits(service);
    const closing = { leaseRequestId: request.id, note: 'That is what we have.' };
    expect((await outcomes([review.closePartial(operator, closing)])).refused).toEqual(['not_allowed_now']);
    await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    expect((await outcomes([review.reject(operator, closing)])).refused).toEqual(['not_allowed_now']);
    await review.closePartial(operator, closing);
    expect(await requestState(service, request.id)).toMatchObject({ status: 'partial', outcomeReason: 'other' });
    const afterwards = await outcomes<unknown>([
      review.closePartial(operator, closing),
      review.reject(operator, closing),
      review.note(operator, { leaseRequestId: request.id, body: 'x', visibility: 'internal', blocker: 'other' }),
    ]);
    expect(afterwards.refused).toEqual(['request_closed', 'request_closed', 'request_closed']);
  });

  it('takes the outcome from the blocker that stands, and ends it', async () => {
    const { request } = await aRequestThatFits(service);
    await review.note(operator, {
      leaseRequestId: request.id,
      body: '?',
      visibility: 'internal',
      blocker: 'needs_clarification',
    });
    await review.reject(operator, { leaseRequestId: request.id, note: 'We never heard back.' });
    expect(await requestState(service, request.id)).toMatchObject({
      status: 'rejected',
      outcomeReason: 'unclear',
      blocker: null,
    });
  });

  it.each([
    ['an empty note', { note: '  ' }],
    ['a note of 2001 characters', { note: 'é'.repeat(2001) }],
    ['NUL', { note: 'a\0b' }],
    ['half a surrogate pair', { note: 'a\ud800' }],
    ['a number', { note: 5 }],
    ['null', { note: null }],
    ['an unknown reason', { note: 'x', outcomeReason: 'bored' }],
    ['an unknown field', { note: 'x', colour: 'red' }],
    ['a version as text', { note: 'x', version: '1' }],
  ])('refuses %s and changes nothing', async (_what, input) => {
    const { request } = await aRequestThatFits(service);
    const before = await everything(service);
    const call = async () => review.reject(operator, { leaseRequestId: request.id, ...(input as { note: string }) });
    expect((await outcomes([call()])).refused).toEqual(['VALIDATION']);
    expect(await everything(service)).toBe(before);
  });

  it('takes 2000 code points of emoji', async () => {
    const { request } = await aRequestThatFits(service);
    await review.reject(operator, { leaseRequestId: request.id, note: '☕️'.slice(0, 1).repeat(1999) + '😀' });
    expect(await requestState(service, request.id)).toMatchObject({ status: 'rejected' });
    await expectCleanBooks(service);
  });
});
