import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../../src/authorization/roles.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aKey, aPartner } from '../../support/makers.js';
import { assigned } from './request-actions.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;

beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role);
});
afterAll(() => service.close());

const overview = async (person: Person, resource: string, id: string) =>
  (await person.get(`/resources/${resource}/records/${id}/overview`)).body;

describe('The page of a partner', () => {
  it.each(roles)('tells %s its wallet, projects, keys, open requests, leases and what happened', async (role) => {
    const { partner, request, account } = await assigned(service, 2);
    const { organizationId } = partner;
    await aKey(service, organizationId, { scopes: ['*'], tier: 'pilot' });
    const page = await overview(people[role], 'organizations', organizationId);
    expect(page).toMatchObject({
      outlook: { balanceCents: 85_000, liveLeases: 1, monthlyCommitmentCents: 15_000 },
      projects: [{ id: partner.projectId, liveLeases: 1, openRequests: 1 }],
      openRequestCount: 1,
      openRequests: [{ id: request.id, count: 2, assignedCount: 1, blocker: null }],
      leases: [{ handle: account.handle, status: 'active', priceCents: 15_000 }],
    });
    expect(page.keys).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ scopes: ['*'], tier: 'pilot', status: 'active', lastUsedAt: null }),
        expect.objectContaining({ id: partner.apiKeyId, prefix: expect.stringMatching(/^\w{16}$/) }),
      ]),
    );
    expect((page.events as { type: string }[]).map(({ type }) => type)).toContain('leased_account.assigned');
    expect(JSON.stringify(page)).not.toMatch(/digest|secret/i);
  });

  it('tells who changed its price, when and why; accounts that are out keep theirs', async () => {
    const { partner } = await assigned(service, 2);
    const { organizationId } = partner;
    const edit = (body: object) => people.admin.act('organizations', organizationId, 'edit', body);
    expect((await edit({ priceCents: 9_000 })).notice).toMatchObject({ type: 'error' });
    expect((await edit({ priceCents: 9_000, reason: 'A larger contract' })).notice).toMatchObject({ type: 'success' });
    await edit({ name: `Renamed ${organizationId}` });
    const page = await overview(people.finance, 'organizations', organizationId);
    expect(page).toMatchObject({ outlook: { priceCents: 9_000 }, leases: [{ priceCents: 15_000 }] });
    expect(page.priceChanges).toEqual([
      expect.objectContaining({
        beforeCents: null,
        afterCents: 9_000,
        reason: 'A larger contract',
        actorName: people.admin.caller.name,
        occurredAt: expect.stringMatching(/Z$/),
      }),
    ]);
  });

  it('shows nothing of another partner', async () => {
    const { partner } = await assigned(service, 2);
    const other = await aPartner(service, { walletCents: 0 });
    const page = await overview(people.admin, 'organizations', other.organizationId);
    expect(page).toMatchObject({
      openRequests: [],
      leases: [],
      openRequestCount: 0,
      outlook: { balanceCents: 0, runsDryAt: null },
    });
    expect(JSON.stringify(page)).not.toContain(partner.organizationId);
  });
});

describe('The page of an account', () => {
  it('tells who has it, and how far its turnaround is', async () => {
    const { partner, request, account, leaseId } = await assigned(service, 2);
    expect(await overview(people.viewer, 'social-accounts', account.id)).toMatchObject({
      rest: { status: 'assigned', turnaround: [], resettingUntil: null },
      turnaroundItems: ['bio', 'link', 'posts', 'credentials'],
      leases: [{ leaseId, organizationId: partner.organizationId, leaseRequestId: request.id, status: 'active' }],
    });
  });
});

describe.each(['organizations', 'wallets', 'social-accounts'])('The overview of %s', (resource) => {
  it('is for those who are signed in, of what is there, and no button', async () => {
    const { partner, account } = await assigned(service, 2);
    const id = resource === 'social-accounts' ? account.id : partner.organizationId;
    const shown = await people.admin.get(`/resources/${resource}/records/${id}/show`);
    expect(shown.record!.recordActions.map(({ name }) => name)).not.toContain('overview');
    expect((await fetch(`${service.baseUrl}/admin/api/resources/${resource}/records/${id}/overview`)).status).toBe(401);
    for (const odd of ['nothing', '%00', '__proto__']) {
      expect(await overview(people.admin, resource, odd)).toMatchObject({ notice: { type: 'error' } });
    }
  });
});
