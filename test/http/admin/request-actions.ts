import { expect } from '@jest/globals';
import type { AuditEventType } from '../../../src/audit/event-types.js';
import { newId } from '../../../src/core/ids.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import type { Role } from '../../../src/authorization/roles.js';
import type { TestApp } from '../../support/app.js';
import { aPartner, aRequestThatFits, theSystem } from '../../support/makers.js';
import { moneyDeeds } from './money-actions.js';
import type { Person } from './panel.js';
import { poolDeeds } from './pool-actions.js';
import { staffDeeds } from './staff-actions.js';
import { webhookDeeds } from './webhook-actions.js';

/** A record to act on, and a body that works. */
export interface Scene {
  id: string;
  body: object;
  /** What the record says afterwards. */
  after?: Record<string, unknown>;
}

/** Something that a record's action does, and who may do it. */
export interface Deed {
  resource: string;
  action: string;
  allowed: readonly Role[];
  /** What the trail is to say of it; claims, and having seen something, leave no trail. */
  event?: AuditEventType;
  scene(service: TestApp, person: Person): Promise<Scene>;
}

interface Making {
  resource: string;
  allowed: readonly Role[];
  event: AuditEventType;
  body: (service: TestApp) => Promise<object> | object;
}

const operators = ['operator', 'admin'] as const;
const financiers = ['finance', 'admin'] as const;
const admins = ['admin'] as const;

/** A request of so many accounts, one of which is assigned: by that person, if an operator. */
export async function assigned(service: TestApp, count: number, person?: Person) {
  const fulfilment = service.app.get(FulfillmentService, { strict: false });
  const made = await aRequestThatFits(service, { count });
  const caller = person?.role === 'operator' ? person.caller : theSystem();
  const receipt = await fulfilment.assign(caller, {
    leaseRequestId: made.request.id,
    socialAccountId: made.account.id,
  });
  return { ...made, leaseId: receipt.leaseId };
}

/** A request with a note that the partner reads. */
export async function noted(service: TestApp, blocker?: 'policy') {
  const made = await aRequestThatFits(service);
  const review = service.app.get(ReviewService, { strict: false });
  const note = { body: 'Please wait', visibility: 'partner' as const, ...(blocker && { blocker }) };
  const { noteId } = await review.note(theSystem(), { leaseRequestId: made.request.id, ...note });
  return { ...made, noteId };
}

/** A request that this person holds; nobody else may tell it from one that was claimed by the button. */
async function held(service: TestApp, { staffId }: Person) {
  const made = await aRequestThatFits(service);
  await service.dataSource.query(
    "UPDATE lease_request SET claimed_by = $2, claimed_until = now() + interval '10 minutes' WHERE id = $1",
    [made.request.id, staffId],
  );
  return made;
}

/** A request that woke on its day. */
async function woken(service: TestApp) {
  const made = await aRequestThatFits(service);
  await service.dataSource.query("UPDATE lease_request SET woke_because = 'day', woke_at = now() WHERE id = $1", [
    made.request.id,
  ]);
  return made;
}

let numbered = 0;
export const deeds: Deed[] = [
  ...moneyDeeds,
  ...poolDeeds,
  {
    resource: 'lease-requests',
    action: 'claim',
    allowed: ['operator', 'admin'],
    scene: async (service) => ({
      id: (await aRequestThatFits(service)).request.id,
      body: { takeOver: false },
      after: { version: 1 },
    }),
  },
  {
    resource: 'lease-requests',
    action: 'unclaim',
    allowed: ['operator', 'admin'],
    scene: async (service, person) => ({
      id: (await held(service, person)).request.id,
      body: {},
      after: { version: 1 },
    }),
  },
  {
    resource: 'lease-requests',
    action: 'readReply',
    allowed: operators,
    scene: async (service) => {
      const { request } = await aRequestThatFits(service);
      const noteId = newId('note');
      await service.dataSource.query(
        `INSERT INTO request_note (id, lease_request_id, author, body, visibility, created_at) VALUES ($1, $2, 'partner', 'Blue.', 'partner', now())`,
        [noteId, request.id],
      );
      await service.dataSource.query('UPDATE lease_request SET unread_reply_id = $2 WHERE id = $1', [
        request.id,
        noteId,
      ]);
      return { id: request.id, body: { noteId }, after: { version: 1 } };
    },
  },
  {
    resource: 'lease-requests',
    action: 'opened',
    allowed: operators,
    scene: async (service) => ({ id: (await woken(service)).request.id, body: {}, after: { version: 1 } }),
  },
  {
    resource: 'lease-requests',
    action: 'replace',
    allowed: operators,
    event: 'leased_account.replaced',
    scene: async (service) => {
      const { request, accounts } = await assigned(service, 2);
      const body = {
        socialAccountId: accounts[0]!.id,
        newSocialAccountId: accounts[1]!.id,
        oldAccountTo: 'pool',
        reason: 'Banned',
      };
      return { id: request.id, body, after: { assignedCount: 1, version: 3 } };
    },
  },
  {
    resource: 'lease-requests',
    action: 'assign',
    allowed: operators,
    event: 'leased_account.assigned',
    scene: async (service) => {
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
    event: 'leased_account.assignment_undone',
    scene: async (service, person) => {
      const { request, account } = await assigned(service, 2, person);
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
    event: 'lease_request.noted',
    scene: async (service) => {
      const { request } = await aRequestThatFits(service);
      return {
        id: request.id,
        body: {
          body: 'None of these just now',
          visibility: 'internal',
          blocker: 'no_inventory',
          lookAgainOn: '2027-05-03',
        },
        after: { blocker: 'no_inventory', version: 2 },
      };
    },
  },
  {
    resource: 'lease-requests',
    action: 'withdrawNote',
    allowed: operators,
    event: 'lease_request.note_withdrawn',
    scene: async (service) => {
      const { request, noteId } = await noted(service);
      return { id: request.id, body: { noteId }, after: { version: 3 } };
    },
  },
  {
    resource: 'lease-requests',
    action: 'showNote',
    allowed: operators,
    event: 'lease_request.note_shown',
    scene: async (service) => {
      const { request, noteId } = await noted(service);
      await service.dataSource.query("UPDATE request_note SET visibility = 'internal' WHERE id = $1", [noteId]);
      return { id: request.id, body: { noteId }, after: { version: 3 } };
    },
  },
  {
    resource: 'lease-requests',
    action: 'clearBlocker',
    allowed: operators,
    event: 'lease_request.blocker_cleared',
    scene: async (service) => ({ id: (await noted(service, 'policy')).request.id, body: {}, after: { blocker: null } }),
  },
  {
    resource: 'lease-requests',
    action: 'closePartial',
    allowed: operators,
    event: 'lease_request.partial',
    scene: async (service) => {
      const { request } = await assigned(service, 2);
      const body = { note: 'Only one fits', outcomeReason: 'no_inventory' };
      return { id: request.id, body, after: { status: 'partial', assignedCount: 1, outcomeReason: 'no_inventory' } };
    },
  },
  {
    resource: 'lease-requests',
    action: 'reject',
    allowed: operators,
    event: 'lease_request.rejected',
    scene: async (service) => {
      const { request } = await aRequestThatFits(service);
      return { id: request.id, body: { note: 'Not with us' }, after: { status: 'rejected', outcomeReason: 'other' } };
    },
  },
  {
    resource: 'leases',
    action: 'disconnect',
    allowed: financiers,
    event: 'leased_account.disconnected',
    scene: async (service) => {
      const { leaseId } = await assigned(service, 2);
      return {
        id: leaseId,
        body: { reason: 'Banned', refund: true },
        after: { status: 'ended', endReason: 'removed_by_layers' },
      };
    },
  },
  {
    resource: 'leases',
    action: 'release',
    allowed: financiers,
    event: 'leased_account.released',
    scene: async (service) => {
      const { leaseId } = await assigned(service, 2);
      const body = { reason: 'They asked by email while suspended' };
      return { id: leaseId, body, after: { status: 'ended', endReason: 'released_by_partner' } };
    },
  },
  ...(['kill', 'resume', 'revoke'] as const).map((action): Deed => {
    const status = { kill: 'killed', resume: 'active', revoke: 'revoked' }[action];
    const event = ({ kill: 'api_key.killed', resume: 'api_key.resumed', revoke: 'api_key.revoked' } as const)[action];
    return {
      resource: 'api-keys',
      action,
      allowed: admins,
      event,
      scene: async (service) => {
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
  {
    resource: 'api-keys',
    action: 'rotate',
    allowed: admins,
    event: 'api_key.rotated',
    scene: async (service) => ({
      id: (await aPartner(service)).apiKeyId,
      body: { graceSeconds: 3_600 },
      after: { status: 'active' },
    }),
  },
  ...(['suspend', 'resume'] as const).map((action): Deed => ({
    resource: 'organizations',
    action,
    allowed: admins,
    event: action === 'suspend' ? 'organization.suspended' : 'organization.resumed',
    scene: async (service) => {
      const { organizationId } = await aPartner(service);
      if (action === 'resume') {
        await service.dataSource.query('UPDATE organization SET suspended_at = now() WHERE id = $1', [organizationId]);
      }
      return { id: organizationId, body: {}, after: { status: action === 'suspend' ? 'suspended' : 'active' } };
    },
  })),
  {
    resource: 'organizations',
    action: 'createSandbox',
    allowed: admins,
    event: 'sandbox.created',
    scene: async (service) => {
      const { organizationId } = await aPartner(service);
      return { id: organizationId, body: {}, after: { sandboxId: expect.stringMatching(/^org_/) } };
    },
  },
  {
    resource: 'organizations',
    action: 'edit',
    allowed: admins,
    event: 'organization.updated',
    scene: async (service) => {
      const { organizationId } = await aPartner(service);
      const name = `Renamed ${(numbered += 1)}`;
      return {
        id: organizationId,
        body: { name, priceCents: 12_000, reason: 'New contract' },
        after: { name, priceCents: 12_000 },
      };
    },
  },
  {
    resource: 'projects',
    action: 'edit',
    allowed: admins,
    event: 'project.updated',
    scene: async (service) => ({
      id: (await aPartner(service)).projectId,
      body: { name: 'Autumn' },
      after: { name: 'Autumn' },
    }),
  },
  ...staffDeeds,
  ...webhookDeeds,
];

/** What `new` makes, and who may make it. */
export const makings: Making[] = [
  {
    resource: 'organizations',
    allowed: admins,
    event: 'organization.created',
    body: () => ({ name: `Partner made ${(numbered += 1)}` }),
  },
  {
    resource: 'projects',
    allowed: admins,
    event: 'project.created',
    body: async (service) => ({ organizationId: (await aPartner(service)).organizationId, name: 'Spring' }),
  },
  {
    resource: 'api-keys',
    allowed: admins,
    event: 'api_key.created',
    body: async (service) => ({ organizationId: (await aPartner(service)).organizationId, name: 'Second key' }),
  },
  {
    resource: 'social-accounts',
    allowed: operators,
    event: 'social_account.created',
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
    event: 'staff.created',
    body: () => ({ email: `made${(numbered += 1)}@staff.example`, role: 'viewer' }),
  },
];
