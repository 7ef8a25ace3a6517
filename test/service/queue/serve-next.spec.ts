import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { ClaimsService } from '../../../src/lease-requests/claims.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { ServeNextService } from '../../../src/queue/serve-next.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, anAccount, aRequest, aStaffMember, atOnce, type TestRequest } from '../../support/makers.js';

describe('serve next', () => {
  let service: TestApp;
  let operator: StaffCaller;
  let next: ServeNextService;
  beforeAll(async () => {
    service = await startTestApp();
    operator = await aStaffMember(service, 'operator');
    next = service.app.get(ServeNextService, { strict: false });
    await anAccount(service, { verticals: ['coffee'], countries: ['US'] });
  });
  afterAll(() => service.close());

  async function due(request: TestRequest, hours: number): Promise<TestRequest> {
    await service.dataSource.query(
      'UPDATE lease_request SET due_at = now() + make_interval(hours => $2) WHERE id = $1',
      [request.id, hours],
    );
    return request;
  }

  it('tells an empty queue from one in which nothing can be worked on', async () => {
    expect(await next.serveNext(operator)).toMatchObject({ requestId: null, isQueueEmpty: true });
  });

  it('claims the most urgent one that can be worked on, and tells when there is none', async () => {
    const partner = await aPartner(service);
    const poor = await aPartner(service, { walletCents: 14_999 });
    const owing = await aPartner(service);
    const suspended = await aPartner(service);
    await service.dataSource.query('UPDATE organization SET suspended_at = now() WHERE id = $1', [
      suspended.organizationId,
    ]);
    await service.dataSource.query("UPDATE ledger_account SET owed_cents = 1 WHERE id = 'wallet:' || $1", [
      owing.organizationId,
    ]);
    await due(await aRequest(service, poor), 1);
    await due(await aRequest(service, owing), 1);
    await due(await aRequest(service, suspended), 1);
    await due(await aRequest(service, partner, { vertical: 'nobody has this' }), 1);
    await due(await aRequest(service, partner, { language: 'de' }), 1);
    await due(await aRequest(service, partner, { geo: ['FR'] }), 1);
    const blocked = await due(await aRequest(service, partner), 1);
    await service.app
      .get(ReviewService, { strict: false })
      .note(operator, { leaseRequestId: blocked.id, body: 'wait', visibility: 'internal', blocker: 'policy' });
    const held = await due(await aRequest(service, partner), 1);
    const colleague = await aStaffMember(service, 'operator');
    await service.app.get(ClaimsService, { strict: false }).claim(colleague, { leaseRequestId: held.id });
    const second = await due(await aRequest(service, partner, { vertical: ' COFFEE ', language: null, geo: null }), 9);
    const first = await due(await aRequest(service, partner), 5);

    expect(await next.serveNext(operator)).toMatchObject({
      requestId: first.id,
      heldBefore: false,
      claim: { staffId: operator.staffId },
    });
    expect(await next.serveNext(operator, { elsewhere: [first.id] })).toMatchObject({ requestId: second.id });
    const nothing = { requestId: null, claim: null, heldBefore: false, isQueueEmpty: false };
    expect(await next.serveNext(operator, { elsewhere: [first.id, second.id] })).toEqual(nothing);
    await service.dataSource.query(
      "UPDATE lease_request SET claimed_until = now() - interval '1 second' WHERE id = $1",
      [first.id],
    );
    const another = await aStaffMember(service, 'operator');
    expect(await next.serveNext(another)).toMatchObject({ requestId: first.id, claim: { staffId: another.staffId } });
    const [{ version }] = await service.dataSource.query('SELECT version FROM lease_request WHERE id = $1', [first.id]);
    expect(version).toBe(1);
  });

  it('gives ten colleagues who ask at once ten requests, and the eleventh none', async () => {
    const partner = await aPartner(service);
    for (let round = 0; round < 10; round += 1) {
      const colleagues = await atOnce(11, () => aStaffMember(service, 'operator'));
      const made = new Set<string>();
      for (let n = 0; n < 10; n += 1) made.add((await due(await aRequest(service, partner), n)).id);
      const served = await atOnce(10, (n) => next.serveNext(colleagues[n]!));
      expect(new Set(served.map(({ requestId }) => requestId))).toEqual(made);
      expect(await next.serveNext(colleagues[10]!)).toMatchObject({ requestId: null, claim: null });
      const holders = await service.dataSource.query(
        'SELECT id, claimed_by AS "staffId" FROM lease_request WHERE id = ANY ($1)',
        [[...made]],
      );
      for (const { id, staffId } of holders) {
        expect(served.find(({ requestId }) => requestId === id)!.claim!.staffId).toBe(staffId);
      }
    }
  });

  it('offers first what the caller holds, the one due first, unless it is blocked', async () => {
    const partner = await aPartner(service);
    const urgent = await due(await aRequest(service, partner), -9);
    const [later, sooner, blocked, ofColleague] = await atOnce(4, () => aRequest(service, partner, { geo: ['FR'] }));
    for (const [n, request] of [blocked!, ofColleague!, sooner!, later!].entries()) await due(request, n);
    const [colleague, me] = await atOnce(2, () => aStaffMember(service, 'operator'));
    const claims = service.app.get(ClaimsService, { strict: false });
    await claims.claim(colleague!, { leaseRequestId: ofColleague!.id });
    for (const { id } of [later!, blocked!, sooner!]) await claims.claim(me!, { leaseRequestId: id });
    const note = { body: 'wait', visibility: 'internal', blocker: 'other' } as const;
    await service.app.get(ReviewService, { strict: false }).note(me!, { leaseRequestId: blocked!.id, ...note });

    expect(await next.serveNext(me!)).toMatchObject({ requestId: sooner!.id, heldBefore: true });
    expect(await next.serveNext(me!, { elsewhere: [sooner!.id] })).toMatchObject({ requestId: later!.id });
    const elsewhere = [sooner!.id, later!.id];
    expect(await next.serveNext(me!, { elsewhere })).toMatchObject({ requestId: urgent.id, heldBefore: false });
    expect(await next.serveNext(colleague!)).toMatchObject({ requestId: ofColleague!.id, heldBefore: true });
  });

  it('never hands one request to two tabs of one person who ask at the same moment', async () => {
    const partner = await aPartner(service);
    for (let round = 0; round < 10; round += 1) {
      const me = await aStaffMember(service, 'operator');
      const urgent = await due(await aRequest(service, partner), -20);
      const claims = service.app.get(ClaimsService, { strict: false });
      await claims.claim(me, { leaseRequestId: urgent.id });
      const other = await due(await aRequest(service, partner), -19);
      const served = await Promise.all([next.serveNext(me), next.serveNext(me, { elsewhere: [urgent.id] })]);
      expect(served.map(({ requestId }) => requestId)).toEqual([urgent.id, other.id]);
      const review = service.app.get(ReviewService, { strict: false });
      for (const { id } of [urgent, other]) await review.reject(me, { leaseRequestId: id, note: 'Done with' });
    }
  });

  it.each([
    [{ elsewhere: 'lreq_1' }, 'must be a list'],
    [{ elsewhere: [1] }, 'each item must be text'],
    [{ elsewhere: ['lreq_1', 'lreq_1'] }, 'must not contain duplicates'],
  ])('refuses %j', async (input, message) => {
    const asked = next.serveNext(operator, input as object);
    await expect(asked).rejects.toMatchObject({ details: { fields: [{ path: 'elsewhere', message }] } });
  });

  it('is for those who may assign', async () => {
    for (const role of ['viewer', 'finance'] as const) {
      const person = await aStaffMember(service, role);
      await expect(next.serveNext(person)).rejects.toMatchObject({ code: 'FORBIDDEN_ROLE' });
    }
  });
});
