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

    expect(await next.serveNext(operator)).toMatchObject({ requestId: first.id, claim: { staffId: operator.staffId } });
    expect(await next.serveNext(operator)).toMatchObject({ requestId: second.id });
    expect(await next.serveNext(operator)).toEqual({ requestId: null, claim: null });
    await service.dataSource.query('UPDATE lease_request SET claimed_until = now() WHERE id = $1', [first.id]);
    expect(await next.serveNext(colleague)).toMatchObject({
      requestId: first.id,
      claim: { staffId: colleague.staffId },
    });
    const [{ version }] = await service.dataSource.query('SELECT version FROM lease_request WHERE id = $1', [first.id]);
    expect(version).toBe(1);
  });

  it('gives ten colleagues who ask at once ten requests, and the eleventh none', async () => {
    const partner = await aPartner(service);
    const colleagues = await atOnce(10, () => aStaffMember(service, 'operator'));
    for (let round = 0; round < 10; round += 1) {
      const made = new Set<string>();
      for (let n = 0; n < 10; n += 1) made.add((await due(await aRequest(service, partner), n)).id);
      const served = await atOnce(10, (n) => next.serveNext(colleagues[n]!));
      expect(new Set(served.map(({ requestId }) => requestId))).toEqual(made);
      expect(await next.serveNext(operator)).toEqual({ requestId: null, claim: null });
      const holders = await service.dataSource.query(
        'SELECT id, claimed_by AS "staffId" FROM lease_request WHERE id = ANY ($1)',
        [[...made]],
      );
      for (const { id, staffId } of holders) {
        expect(served.find(({ requestId }) => requestId === id)!.claim!.staffId).toBe(staffId);
      }
    }
  });

  it('is for those who may assign', async () => {
    for (const role of ['viewer', 'finance'] as const) {
      const person = await aStaffMember(service, role);
      await expect(next.serveNext(person)).rejects.toMatchObject({ code: 'FORBIDDEN_ROLE' });
    }
  });
});
