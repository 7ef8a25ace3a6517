import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, aRequest, theSystem, type TestPartner } from '../../support/makers.js';
import { aSandbox, aSandboxAccount } from '../../support/sandboxes.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
let admin: Person;
let partner: TestPartner;
let sandbox: TestPartner;
let requestId: string;

beforeAll(async () => {
  service = await startTestApp();
  admin = await signedIn(service, 'admin');
  partner = await aPartner(service, { name: 'Brew Media' });
  sandbox = await aSandbox(service, partner);
  const request = await aRequest(service, sandbox, { count: 2 });
  requestId = request.id;
  const account = await aSandboxAccount(service);
  await service.app
    .get(FulfillmentService, { strict: false })
    .assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
  await service.app
    .get(ReviewService, { strict: false })
    .note(theSystem(), { leaseRequestId: request.id, body: 'Wait', visibility: 'partner' });
});
afterAll(() => service.close());

const idsOf = async (resource: string, query = '') => {
  const { records } = await admin.get(`/resources/${resource}/actions/list${query}`);
  return records!.map(({ id }) => id);
};

describe('The lists of the panel', () => {
  it.each(['lease-requests', 'request-notes', 'leases', 'social-accounts'])(
    'leave out what is a sandbox’s: %s',
    async (resource) => {
      expect(await idsOf(resource)).toEqual([]);
    },
  );

  it.each(['organizations', 'projects', 'api-keys', 'wallets', 'ledger-transfers'])(
    'show its partner alone: %s',
    async (resource) => {
      expect(await idsOf(resource)).toHaveLength(1);
    },
  );

  it('show sandboxes to who asks for them', async () => {
    expect(await idsOf('organizations', '?filters.sandbox=true')).toEqual([sandbox.organizationId]);
    expect(await idsOf('organizations', '?filters.sandbox=false')).toEqual([partner.organizationId]);
    expect(await idsOf('lease-requests', '?filters.sandbox=true')).toEqual([requestId]);
    for (const resource of ['projects', 'api-keys', 'leases', 'ledger-transfers', 'audit-events']) {
      expect(await idsOf(resource, `?filters.organizationId=${sandbox.organizationId}`)).not.toEqual([]);
    }
    expect(await idsOf('request-notes', `?filters.leaseRequestId=${requestId}`)).toHaveLength(1);
  });

  it('are exported without them', async () => {
    const { text } = await admin.browser.get('/admin/api/exports/lease-requests').expect(200);
    expect(text).not.toContain(requestId);
  });
});

describe('The page of a partner', () => {
  it('names its sandbox, and that of a sandbox its partner', async () => {
    const overviewOf = async (id: string) =>
      (await admin.get(`/resources/organizations/records/${id}/overview`)).body as { relation: object };
    expect((await overviewOf(partner.organizationId)).relation).toEqual({
      sandboxId: sandbox.organizationId,
      sandboxOf: null,
      sandboxOfName: null,
    });
    expect((await overviewOf(sandbox.organizationId)).relation).toMatchObject({
      sandboxOf: partner.organizationId,
      sandboxOfName: 'Brew Media',
    });
  });

  it('tells how far a sandbox’s clock is ahead, as its wallet does, and of a partner that it has none', async () => {
    const moved = await aSandbox(service, await aPartner(service));
    const aheadMs = 120 * 86_400_000;
    await service.dataSource.query('UPDATE organization SET clock_ahead_ms = $2 WHERE id = $1', [
      moved.organizationId,
      aheadMs,
    ]);
    for (const resource of ['organizations', 'wallets']) {
      const aheadOf = async (id: string) =>
        (await admin.get(`/resources/${resource}/records/${id}/overview`)).body.sandboxAheadMs;
      expect([resource, await aheadOf(moved.organizationId)]).toEqual([resource, aheadMs]);
      expect([resource, await aheadOf(partner.organizationId)]).toEqual([resource, null]);
    }
  });

  it('creates a sandbox once, and shows its key', async () => {
    const { organizationId } = await aPartner(service);
    const { body } = await admin.act('organizations', organizationId, 'createSandbox', {});
    expect(body).toMatchObject({
      notice: { type: 'success' },
      sandboxId: expect.stringMatching(/^org_/),
      apiKey: expect.stringMatching(/^lp_test_/),
    });
    const again = await admin.act('organizations', organizationId, 'createSandbox', {});
    expect(again.notice).toMatchObject({ type: 'error', message: expect.stringContaining('has a sandbox already') });
  });
});
