import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../src/audit/actor.js';
import { ClaimsService } from '../../src/fulfillment/claims.service.js';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { everything, outcomes, requestState } from '../support/books.js';
import { aRequestThatFits, aStaffMember } from '../support/makers.js';

describe('claiming a request', () => {
  let service: TestApp;
  let claims: ClaimsService;
  let fulfilment: FulfillmentService;
  let review: ReviewService;
  let ana: StaffCaller;
  let jo: StaffCaller;
  beforeAll(async () => {
    service = await startTestApp();
    claims = service.app.get(ClaimsService, { strict: false });
    fulfilment = service.app.get(FulfillmentService, { strict: false });
    review = service.app.get(ReviewService, { strict: false });
    [ana, jo] = [await aStaffMember(service, 'operator'), await aStaffMember(service, 'operator')];
  });
  afterAll(() => service.close());

  const holder = async (id: string) => {
    const [row] = await service.dataSource.query(
      'SELECT CASE WHEN claimed_until > now() THEN claimed_by END AS by FROM lease_request WHERE id = $1',
      [id],
    );
    return row.by as string | null;
  };
  const expire = (id: string) =>
    service.dataSource.query("UPDATE lease_request SET claimed_until = now() - interval '1 second' WHERE id = $1", [
      id,
    ]);

  it('goes to one of twenty who ask at the same moment', async () => {
    const { request } = await aRequestThatFits(service);
    const staff = await Promise.all(Array.from({ length: 20 }, () => aStaffMember(service, 'operator')));
    const { done, refused } = await outcomes(staff.map((member) => claims.claim(member, { requestId: request.id })));
    expect(done).toHaveLength(1);
    expect(refused).toEqual(Array(19).fill('claimed'));
    expect(await holder(request.id)).toBe(done[0]!.staffId);
  });

  it("refuses a colleague's every action but a note, names the holder, and changes nothing", async () => {
    const { request, account } = await aRequestThatFits(service);
    await claims.claim(ana, { requestId: request.id });
    const before = await everything(service);
    const { refused } = await outcomes<unknown>([
      fulfilment.assign(jo, { requestId: request.id, socialAccountId: account.id }),
      review.reject(jo, { requestId: request.id, note: 'no' }),
      review.note(jo, { requestId: request.id, body: 'x', visibility: 'internal', blocker: 'other' }),
      claims.unclaim(jo, { requestId: request.id }),
    ]);
    expect(refused).toEqual(Array(4).fill('claimed'));
    expect(await everything(service)).toBe(before);
    await expect(claims.claim(jo, { requestId: request.id })).rejects.toThrow(
      new RegExp(`${ana.name} holds .* until \\d\\d:\\d\\d`),
    );
    await review.note(jo, { requestId: request.id, body: 'I know this partner.', visibility: 'internal' });
    expect(await holder(request.id)).toBe(ana.staffId);
  });

  it('is renewed by work, taken over on a word, and never touches the version', async () => {
    const { request, accounts } = await aRequestThatFits(service);
    await claims.claim(ana, { requestId: request.id });
    await service.dataSource.query(
      "UPDATE lease_request SET claimed_until = now() + interval '1 minute' WHERE id = $1",
      [request.id],
    );
    await fulfilment.assign(ana, { requestId: request.id, socialAccountId: accounts[0]!.id });
    const [{ renewed }] = await service.dataSource.query(
      "SELECT claimed_until > now() + interval '14 minutes' AS renewed FROM lease_request WHERE id = $1",
      [request.id],
    );
    expect(renewed).toBe(true);
    const { version } = await requestState(service, request.id);
    await claims.claim(jo, { requestId: request.id, takeOver: true });
    expect((await requestState(service, request.id)).version).toBe(version);
    await fulfilment.assign(jo, { requestId: request.id, socialAccountId: accounts[1]!.id, version });
    await expire(request.id);
    await fulfilment.assign(ana, { requestId: request.id, socialAccountId: accounts[2]!.id });
    expect(await holder(request.id)).toBeNull();
    expect((await requestState(service, request.id)).status).toBe('assigned');
  });

  it('cannot be had of a closed request, nor by a viewer', async () => {
    const { request } = await aRequestThatFits(service);
    const viewer = await aStaffMember(service, 'viewer');
    expect((await outcomes([claims.claim(viewer, { requestId: request.id })])).refused).toEqual(['FORBIDDEN_ROLE']);
    await review.reject(ana, { requestId: request.id, note: 'no' });
    expect((await outcomes([claims.claim(ana, { requestId: request.id })])).refused).toEqual(['request_closed']);
  });

  it('tells a stale page what happened since', async () => {
    const { request, accounts, account } = await aRequestThatFits(service);
    await fulfilment.assign(ana, { requestId: request.id, socialAccountId: account.id });
    const stale = fulfilment.assign(ana, { requestId: request.id, socialAccountId: accounts[1]!.id, version: 1 });
    await expect(stale).rejects.toThrow(`${ana.name} assigned @${account.handle}`);
  });
});
