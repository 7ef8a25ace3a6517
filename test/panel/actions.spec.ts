import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../src/staff/permissions.js';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { anAccount, aPartner, aRequestThatFits, theSystem } from '../support/makers.js';
import { aColleague, answerOf, everything, recordPath, signedIn, type Answer, type Person } from './panel.js';

let service: TestApp;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;

beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role);
});
afterAll(() => service.close());

/** A record to act on, and a body that works. */
interface Scene {
  id: string;
  body: object;
  /** What the record says afterwards. */
  after?: Record<string, unknown>;
}

interface Deed {
  resource: string;
  action: string;
  allowed: readonly Role[];
  scene(person: Person): Promise<Scene>;
}

const operators = ['operator', 'admin'] as const;
const financiers = ['finance', 'admin'] as const;
const admins = ['admin'] as const;

async function assigned(count: number, person?: Person) {
  const fulfilment = service.app.get(FulfillmentService, { strict: false });
  const made = await aRequestThatFits(service, { count });
  const caller = person?.role === 'operator' ? person.caller : theSystem();
  const receipt = await fulfilment.assign(caller, { requestId: made.request.id, socialAccountId: made.account.id });
  return { ...made, leaseId: receipt.leaseId };
}

async function noted(blocker?: 'policy') {
  const made = await aRequestThatFits(service);
  const review = service.app.get(ReviewService, { strict: false });
  const note = { body: 'Please wait', visibility: 'partner' as const, ...(blocker && { blocker }) };
  const { noteId } = await review.note(theSystem(), { requestId: made.request.id, ...note });
  return { ...made, noteId };
}

let numbered = 0;
const deeds: Deed[] = [
  {
    resource: 'lease-requests',
    action: 'assign',
    allowed: operators,
    scene: async () => {
      const { request, account } = await aRequestThatFits(service, { count: 2 });
      const body = { socialAccountId: account.id, version: 1, expectedPriceCents: 15_000 };
      return {
        id: request.id,
        body,
        after: { status: 'requested', count: 2, assignedCount: 1, version: 2, blocker: null },
      };
    },
  },
  {
    resource: 'lease-requests',
    action: 'undoAssign',
    allowed: ['operator', 'finance', 'admin'],
    scene: async (person) => {
      const { request, account } = await assigned(2, person);
      return {
        id: request.id,
        body: { socialAccountId: account.id, reason: 'Wrong one' },
        after: { assignedCount: 0 },
      };
    },
  },
  {
    resource: 'lease-requests',
    action: 'note',
    allowed: operators,
    scene: async () => {
      const { request } = await aRequestThatFits(service);
      return {
        id: request.id,
        body: { body: 'None of these just now', visibility: 'internal', blocker: 'no_inventory' },
        after: { blocker: 'no_inventory', version: 2 },
      };
    },
  },
  {
    resource: 'lease-requests',
    action: 'withdrawNote',
    allowed: operators,
    scene: async () => {
      const { request, noteId } = await noted();
      return { id: request.id, body: { noteId }, after: { version: 3 } };
    },
  },
  {
    resource: 'lease-requests',
    action: 'clearBlocker',
    allowed: operators,
    scene: async () => ({ id: (await noted('policy')).request.id, body: {}, after: { blocker: null } }),
  },
  {
    resource: 'lease-requests',
    action: 'closePartial',
    allowed: operators,
    scene: async () => {
      const { request } = await assigned(2);
      const body = { note: 'Only one fits', outcomeReason: 'no_inventory' };
      return { id: request.id, body, after: { status: 'partial', assignedCount: 1, outcomeReason: 'no_inventory' } };
    },
  },
  {
    resource: 'lease-requests',
    action: 'reject',
    allowed: operators,
    scene: async () => {
      const { request } = await aRequestThatFits(service);
      return { id: request.id, body: { note: 'Not with us' }, after: { status: 'rejected', outcomeReason: 'other' } };
    },
  },
  {
    resource: 'leases',
    action: 'disconnect',
    allowed: financiers,
    scene: async () => {
      const { leaseId } = await assigned(2);
      return {
        id: leaseId,
        body: { reason: 'Banned', refund: true },
        after: { status: 'ended', endReason: 'removed_by_layers' },
      };
    },
  },
  {
    resource: 'wallets',
    action: 'topUp',
    allowed: financiers,
    scene: async () => {
      const { organizationId } = await aPartner(service);
      const body = { amountCents: 5_000, reference: `payment ${(numbered += 1)}` };
      return { id: organizationId, body, after: { balanceCents: 105_000 } };
    },
  },
  {
    resource: 'wallets',
    action: 'adjust',
    allowed: financiers,
    scene: async () => {
      const { organizationId } = await aPartner(service);
      return { id: organizationId, body: { amountCents: -1_000, reason: 'Fee' }, after: { balanceCents: 99_000 } };
    },
  },
  ...(['kill', 'resume', 'revoke'] as const).map((action): Deed => {
    const status = { kill: 'killed', resume: 'active', revoke: 'revoked' }[action];
    return {
      resource: 'api-keys',
      action,
      allowed: admins,
      scene: async () => {
        const { apiKeyId } = await aPartner(service);
        if (action === 'resume') {
          await service.dataSource.query("UPDATE api_key SET killed_at = now(), killed_by = 'system' WHERE id = $1", [
            apiKeyId,
          ]);
        }
        return { id: apiKeyId, body: {}, after: { status } };
      },
    };
  }),
  ...(['suspend', 'resume'] as const).map((action): Deed => ({
    resource: 'organizations',
    action,
    allowed: admins,
    scene: async () => {
      const { organizationId } = await aPartner(service);
      if (action === 'resume') {
        await service.dataSource.query('UPDATE organization SET suspended_at = now() WHERE id = $1', [organizationId]);
      }
      return { id: organizationId, body: {}, after: { status: action === 'suspend' ? 'suspended' : 'active' } };
    },
  })),
  {
    resource: 'organizations',
    action: 'edit',
    allowed: admins,
    scene: async () => {
      const { organizationId } = await aPartner(service);
      const name = `Renamed ${(numbered += 1)}`;
      return { id: organizationId, body: { name, priceCents: 12_000 }, after: { name, priceCents: 12_000 } };
    },
  },
  {
    resource: 'projects',
    action: 'edit',
    allowed: admins,
    scene: async () => ({
      id: (await aPartner(service)).projectId,
      body: { name: 'Autumn' },
      after: { name: 'Autumn' },
    }),
  },
  {
    resource: 'social-accounts',
    action: 'edit',
    allowed: operators,
    scene: async () => ({
      id: (await anAccount(service)).id,
      body: { followers: 77, countries: ['DE'], status: 'warming' },
      after: { followers: 77, 'countries.0': 'DE', status: 'warming' },
    }),
  },
  {
    resource: 'social-accounts',
    action: 'quarantine',
    allowed: operators,
    scene: async () => ({
      id: (await anAccount(service)).id,
      body: { reason: 'Looks odd' },
      after: { status: 'quarantined', statusReason: 'Looks odd' },
    }),
  },
  {
    resource: 'social-accounts',
    action: 'delete',
    allowed: operators,
    scene: async () => ({ id: (await anAccount(service)).id, body: {} }),
  },
  {
    resource: 'staff',
    action: 'edit',
    allowed: admins,
    scene: async () => ({
      id: (await aColleague(service, 'viewer')).staffId,
      body: { role: 'operator' },
      after: { role: 'operator' },
    }),
  },
  {
    resource: 'staff',
    action: 'setPassword',
    allowed: admins,
    scene: async () => ({ id: (await aColleague(service, 'viewer')).staffId, body: {} }),
  },
];

const makings: { resource: string; allowed: readonly Role[]; body: () => Promise<object> | object }[] = [
  { resource: 'organizations', allowed: admins, body: () => ({ name: `Partner made ${(numbered += 1)}` }) },
  {
    resource: 'projects',
    allowed: admins,
    body: async () => ({ organizationId: (await aPartner(service)).organizationId, name: 'Spring' }),
  },
  {
    resource: 'api-keys',
    allowed: admins,
    body: async () => ({ organizationId: (await aPartner(service)).organizationId, name: 'Second key' }),
  },
  {
    resource: 'social-accounts',
    allowed: operators,
    body: () => ({
      handle: `made.${(numbered += 1)}`,
      followers: 5,
      verticals: ['Coffee'],
      language: 'en',
      countries: ['US'],
    }),
  },
  {
    resource: 'staff',
    allowed: admins,
    body: () => ({ email: `made${(numbered += 1)}@staff.example`, role: 'viewer' }),
  },
];

function expectRefusal(answer: Answer): void {
  expect([200, 403]).toContain(answer.status);
  expect(answer.notice).toMatchObject({ type: 'error' });
  expect(answer.notice!.message).toMatch(/^\S.* .*\.$/);
}

describe.each(deeds)('$resource $action', ({ resource, action, allowed, scene }) => {
  it.each(roles)('by the role %s', async (role) => {
    const person = people[role];
    const { id, body, after } = await scene(person);
    const before = await everything(service);
    const answer = await person.act(resource, id, action, body);
    if ((allowed as readonly Role[]).includes(role)) {
      expect(answer.notice).toMatchObject({ type: 'success' });
      expect(answer.status).toBe(200);
      expect(answer.notice!.message).toMatch(/^\S.*\.$/s);
      expect(answer.record!.params).toMatchObject({ id, ...after });
      expect(await everything(service)).not.toBe(before);
    } else {
      expectRefusal(answer);
      expect(answer.notice!.message).toBe(`Your role (${role}) does not allow this.`);
      expect(await everything(service)).toBe(before);
    }
  });

  it('changes nothing by GET, and is not offered to those who may not', async () => {
    const { id, body } = await scene(people.admin);
    const before = await everything(service);
    const query = new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)]));
    const path = `${recordPath(resource, id, action)}?${query}`;
    for (const role of roles) {
      const answer = answerOf(await people[role].browser.get(path));
      expect([200, 403]).toContain(answer.status);
      expect(answer.notice?.type).not.toBe('success');
      const offered = answer.record?.recordActions?.map(({ name }) => name) ?? [];
      expect(offered.includes(action)).toBe((allowed as readonly Role[]).includes(role));
    }
    expect(await everything(service)).toBe(before);
  });

  it('refuses whatever its fields cannot be, and changes nothing then', async () => {
    const { id, body } = await scene(people.admin);
    const before = await everything(service);
    for (const bad of badVersionsOf(body)) {
      const answer = await people.admin.act(resource, id, action, bad);
      expect([JSON.stringify(bad).slice(0, 200), answer.status]).toEqual([JSON.stringify(bad).slice(0, 200), 200]);
      expectRefusal(answer);
    }
    expect(await everything(service)).toBe(before);
  });

  it('knows no such record by an odd id', async () => {
    const before = await everything(service);
    const { body } = await scene(people.admin);
    const now = await everything(service);
    expect(now).not.toBe(before);
    for (const id of ['nothing', '%00', 'x'.repeat(5_000), '__proto__', "'; DROP TABLE lease; --", '%F0%9F%98%80']) {
      const answer = await people.admin.act(resource, id, action, body);
      expect([id.slice(0, 30), answer.status]).toEqual([id.slice(0, 30), 200]);
      expect(answer.notice).toMatchObject({ type: 'error' });
    }
    expect(await everything(service)).toBe(now);
  });
});

describe.each(makings)('$resource new', ({ resource, allowed, body }) => {
  it.each(roles)('by the role %s', async (role) => {
    const sent = await body();
    const before = await everything(service);
    const answer = await people[role].create(resource, sent);
    if (allowed.includes(role)) {
      expect(answer.notice).toMatchObject({ type: 'success' });
      expect(answer.record!.id).toMatch(/^[a-z]+_/);
      expect(answer.record!.params.id).toBe(answer.record!.id);
      const shown = await people.admin.get(`/resources/${resource}/records/${answer.record!.id}/show`);
      expect(shown.record!.id).toBe(answer.record!.id);
    } else {
      expectRefusal(answer);
      expect(await everything(service)).toBe(before);
    }
  });

  it('makes nothing by GET, and nothing of what its fields cannot be', async () => {
    const sent = await body();
    const before = await everything(service);
    const read = answerOf(await people.admin.browser.get(`/admin/api/resources/${resource}/actions/new`));
    expect(read.notice).toMatchObject({ type: 'error' });
    for (const bad of badVersionsOf(sent)) {
      const answer = await people.admin.create(resource, bad);
      expect([JSON.stringify(bad).slice(0, 200), answer.status]).toEqual([JSON.stringify(bad).slice(0, 200), 200]);
      expectRefusal(answer);
    }
    expect(await everything(service)).toBe(before);
  });
});

describe('What the panel has no action for', () => {
  it.each(['lease-requests', 'request-notes', 'leases', 'wallets', 'ledger-transfers', 'audit-events', 'api-keys'])(
    'cannot be done to %s',
    async (resource) => {
      const { leaseId, request, partner } = await assigned(2);
      const ids: Record<string, string> = {
        'lease-requests': request.id,
        leases: leaseId,
        wallets: partner.organizationId,
      };
      ids['api-keys'] = partner.apiKeyId;
      const [{ transfer }] = await service.dataSource.query('SELECT id AS transfer FROM ledger_transfer LIMIT 1');
      const [{ event }] = await service.dataSource.query('SELECT id AS event FROM audit_event LIMIT 1');
      Object.assign(ids, {
        'ledger-transfers': transfer,
        'audit-events': event,
        'request-notes': (await noted()).noteId,
      });
      const id = ids[resource]!;
      const before = await everything(service);
      for (const action of ['edit', 'delete']) {
        expectRefusal(
          await people.admin.act(resource, id, action, { id: 'changed', status: 'assigned', body: 'changed' }),
        );
      }
      if (resource !== 'api-keys') expectRefusal(await people.admin.create(resource, { id: 'made', body: 'made' }));
      const bulk = await people.admin.browser.post(`/admin/api/resources/${resource}/bulk/bulkDelete?recordIds=${id}`);
      expect(bulk.status).toBe(404);
      expectRefusal(await people.admin.act(resource, id, 'bulkDelete', {}));
      expect(await everything(service)).toBe(before);
    },
  );

  it('leaves an account alone that is leased', async () => {
    const { account } = await assigned(2);
    const before = await everything(service);
    for (const [action, body] of [
      ['delete', {}],
      ['edit', { status: 'retired' }],
      ['quarantine', { reason: 'Now' }],
    ] as const) {
      const answer = await people.admin.act('social-accounts', account.id, action, body);
      expectRefusal(answer);
      expect(answer.notice!.message).toContain('leased to a partner');
    }
    expect(await everything(service)).toBe(before);
  });
});

describe('A refusal', () => {
  it('comes with the record as it is now', async () => {
    const { request, accounts } = await aRequestThatFits(service, { count: 3 });
    const assign = (body: object) => people.operator.act('lease-requests', request.id, 'assign', body);
    await assign({ socialAccountId: accounts[0]!.id, version: 1 });
    const stale = await assign({ socialAccountId: accounts[1]!.id, version: 1 });
    expect(stale.notice!.message).toMatch(/Somebody changed this request after you opened it/);
    expect(stale.record!.params).toMatchObject({ assignedCount: 1, version: 2, status: 'requested' });
    const dearer = await assign({ socialAccountId: accounts[1]!.id, expectedPriceCents: 14_000 });
    expect(dearer.notice!.message).toMatch(/\$150\.00.*\$140\.00/);
  });

  it('by a wallet that is too short names both figures', async () => {
    const { request, account } = await aRequestThatFits(service, { walletCents: 14_999 });
    const before = await everything(service);
    const answer = await people.operator.act('lease-requests', request.id, 'assign', { socialAccountId: account.id });
    expect(answer.notice).toEqual({ type: 'error', message: 'The wallet holds $149.99; $150.00 are needed.' });
    expect(await everything(service)).toBe(before);
  });

  it('is no refusal when the same assignment stands already', async () => {
    const { request, account } = await assigned(2);
    const before = await everything(service);
    const again = await people.operator.act('lease-requests', request.id, 'assign', {
      socialAccountId: account.id,
      version: 1,
    });
    expect(again.notice).toMatchObject({ type: 'success' });
    expect(again.notice!.message).toContain('assigned to this request already; nothing was charged');
    expect(await everything(service)).toBe(before);
  });
});

describe('A new key', () => {
  it('is shown in that one answer alone', async () => {
    const { organizationId } = await aPartner(service);
    const made = await people.admin.create('api-keys', { organizationId });
    const apiKey = made.body.apiKey as string;
    expect(apiKey).toMatch(/^lp_live_[0-9A-Z]{16}_.{43}$/);
    const secret = apiKey.split('_').slice(3).join('_');
    for (const path of [`records/${made.record!.id}/show`, 'actions/list']) {
      expect((await people.admin.get(`/resources/api-keys/${path}`)).text).not.toContain(secret);
    }
    const trail = await service.dataSource.query('SELECT data::text, internal::text FROM audit_event');
    expect(JSON.stringify(trail)).not.toContain(secret);
  });

  it('comes with a partner that is made whole', async () => {
    const made = await people.admin.create('organizations', {
      name: 'Whole partner',
      projects: ['One', 'Two'],
      walletCents: 30_000,
      tier: 'pilot',
    });
    expect(made.notice).toMatchObject({ type: 'success' });
    expect(made.body.apiKey).toMatch(/^lp_live_/);
    expect(made.body.projects).toHaveLength(2);
    const wallet = await people.finance.get(`/resources/wallets/records/${made.record!.id}/show`);
    expect(wallet.record!.params).toMatchObject({ id: made.record!.id, balanceCents: 30_000 });
  });
});

/** Bodies that differ from a good one in one place that no service may take. */
function badVersionsOf(good: object): object[] {
  const odd: unknown[] = [
    null,
    {},
    [],
    [[]],
    [null],
    true,
    5.5,
    -1e300,
    '',
    '   ',
    '\0',
    'a\0b',
    '\ud800',
    'x'.repeat(3_000),
  ];
  odd.push({ constructor: 1 }, ['x', 'x'], nested(500));
  const bad: object[] = [{ ...good, unknown: 1 }, JSON.parse(`{"__proto__":{"x":1},"constructor":1}`), [], [good]];
  bad.push({ ...good, constructor: { prototype: { x: 1 } } }, { ...good, toString: 'x' });
  for (const [field, value] of Object.entries(good)) {
    for (const other of odd) if (!isAllowed(field, other)) bad.push({ ...good, [field]: other });
    if (typeof value === 'number') bad.push({ ...good, [field]: String(value) }, { ...good, [field]: 1e308 });
    if (typeof value === 'boolean') bad.push({ ...good, [field]: String(value) }, { ...good, [field]: 1 });
  }
  return bad;
}

/** What reads like nothing is something in a few fields. */
function isAllowed(field: string, value: unknown): boolean {
  if (field === 'refund') return value === true;
  if (field === 'countries') return Array.isArray(value) && value.length === 0;
  return field === 'priceCents' && value === null;
}

function nested(depth: number): unknown {
  let inner: unknown = 1;
  for (let level = 0; level < depth; level += 1) inner = { inner };
  return inner;
}
