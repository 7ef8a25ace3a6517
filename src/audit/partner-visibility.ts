import { isOperatorName, type Actor } from '../authorization/actor.js';
import type { AuditEventType } from './event-types.js';

/** The types that partners filter by and read (contract: Introspection). */
export const partnerEventTypes = [
  'lease_request.submitted',
  'lease_request.noted',
  'lease_request.assigned',
  'lease_request.partial',
  'lease_request.rejected',
  'lease_request.cancelled',
  'leased_account.assigned',
  'leased_account.assignment_undone',
  'leased_account.released',
  'leased_account.replaced',
  'leased_account.renewed',
  'leased_account.renewal_failed',
  'leased_account.disconnected',
  'wallet.topped_up',
  'wallet.adjusted',
  'wallet.reversed',
  'wallet.paid_out',
  'api_key.created',
  'api_key.rotated',
  'api_key.killed',
  'api_key.resumed',
  'api_key.revoked',
  'webhook_endpoint.created',
  'webhook_endpoint.updated',
  'webhook_endpoint.deleted',
  'webhook_endpoint.secret_rotated',
  'organization.suspended',
  'organization.resumed',
  'auth.key_rejected',
  'auth.scope_denied',
  'auth.rate_limited',
] as const satisfies readonly AuditEventType[];
export type PartnerEventType = (typeof partnerEventTypes)[number];

interface PartnerView {
  /** Where partners know it by the name of another type. */
  as?: PartnerEventType;
  /** The fields of `data` that partners see. Nothing else of an event's `data`, and nothing of `internal`, ever reaches them. */
  fields: readonly string[];
}

const requestEnd = ['requestId', 'status', 'outcomeReason', 'count', 'assignedCount'];
const payment = ['amountCents', 'transactionId'];
const apiKey = ['apiKeyId', 'name', 'prefix'];

/** What partners see of the audit log, by the type that is written. They never see a type that is not here. */
export const partnerViews: Partial<Record<AuditEventType, PartnerView>> = {
  'lease_request.submitted': { fields: ['requestId', 'count', 'vertical'] },
  // Internal ones are left out (`isNoteOfPartner` of the audit log’s service).
  'lease_request.noted': { fields: ['requestId', 'noteId'] },
  'lease_request.note_shown': { as: 'lease_request.noted', fields: ['requestId', 'noteId'] },
  'lease_request.assigned': { fields: requestEnd },
  'lease_request.partial': { fields: requestEnd },
  'lease_request.rejected': { fields: requestEnd },
  'lease_request.cancelled': { fields: requestEnd },
  'leased_account.assigned': { fields: ['socialAccountId', 'requestId', 'priceCents'] },
  'leased_account.assignment_undone': { fields: ['socialAccountId', 'requestId'] },
  'leased_account.released': { fields: ['socialAccountId', 'disconnectedReason'] },
  'leased_account.replaced': { fields: ['socialAccountId', 'newSocialAccountId', 'requestId'] },
  'leased_account.renewed': { fields: ['socialAccountId', 'priceCents', 'periodStart', 'periodEnd', 'transactionId'] },
  'leased_account.renewal_failed': {
    fields: ['socialAccountId', 'priceCents', 'dueAt', 'pastDueSince', 'disconnectsAt'],
  },
  'leased_account.disconnected': { fields: ['socialAccountId', 'disconnectedReason', 'refundedCents'] },
  'wallet.topped_up': { fields: payment },
  'wallet.adjusted': { fields: payment },
  'wallet.reversed': { fields: payment },
  'wallet.paid_out': { fields: payment },
  'api_key.created': { fields: [...apiKey, 'env', 'scopes'] },
  'api_key.rotated': { fields: [...apiKey, 'graceSeconds'] },
  'api_key.killed': { fields: apiKey },
  'api_key.resumed': { fields: apiKey },
  'api_key.revoked': { fields: apiKey },
  'webhook_endpoint.created': { fields: ['endpointId'] },
  'webhook_endpoint.updated': { fields: ['endpointId', 'status'] },
  'webhook_endpoint.deleted': { fields: ['endpointId'] },
  'webhook_endpoint.secret_rotated': { fields: ['endpointId'] },
  'organization.suspended': { fields: [] },
  'organization.resumed': { fields: [] },
  'auth.key_rejected': { fields: [] },
  'auth.scope_denied': { fields: ['requiredScope'] },
  'auth.rate_limited': { fields: ['endpointClass', 'limit'] },
};

const viewedTypes = Object.keys(partnerViews) as AuditEventType[];

/** The types as they are written. @param eventType as partners know it; without one, all that they see */
export function toWrittenTypes(eventType?: PartnerEventType): AuditEventType[] {
  return viewedTypes.filter((type) => eventType === undefined || toPartnerType(type) === eventType);
}

export function toPartnerType(type: AuditEventType): PartnerEventType {
  return partnerViews[type]!.as ?? (type as PartnerEventType);
}

/** Staff at the command line are staff, though the system is the actor there. */
export function toPartnerActor(kind: Actor['kind'], name: string): Actor['kind'] {
  return kind === 'system' && isOperatorName(name) ? 'staff' : kind;
}

/** The part of an event's `data` that its partner sees: no field that holds an object is among it. */
export function toPartnerData(type: AuditEventType, data: Record<string, unknown>): Record<string, unknown> {
  const shown = partnerViews[type]!.fields.filter((field) => Object.hasOwn(data, field) && isPlain(data[field]));
  return Object.fromEntries(shown.map((field) => [field, data[field]]));
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return value === null || typeof value !== 'object';
}
