import { formatDollars } from '../core/money.js';
import { sentence } from '../core/sentence.js';
import type { RequestEvent } from './request-events.js';
import { formatCount } from '../core/counts.js';

type EventData = Record<string, unknown>;

/** Why a blocker ended by itself. */
const unblockReasons: Record<string, string> = {
  top_up: 'the wallet was topped up',
  adjustment: 'the wallet was adjusted',
  refund: 'a refund came in',
  account_available: 'an account that fits became available',
  partner_reply: 'the partner replied',
  day: 'the day to look again has come',
};

/** By the visibility of a staff note; a partner's note has none. */
const noteVerbs: Record<string, string> = {
  partner: 'added a note visible to the partner',
  internal: 'added an internal note',
};

/** Where a replaced account went. */
const oldAccountNames: Record<string, string> = {
  quarantine: ' · the old one went into quarantine',
  pool: ' · the old one went back to the pool',
};

/** The sentence of each event, without its actor's name. */
const sentences: Record<string, (data: EventData, internal: EventData) => string> = {
  'lease_request.submitted': (data) => `asked for ${formatCount(Number(data.count), 'account')}`,
  'lease_request.noted': (_data, internal) => noteVerbs[String(internal.visibility)] ?? 'replied',
  'lease_request.note_withdrawn': () => 'withdrew a note',
  'lease_request.note_shown': () => 'made an internal note visible to the partner',
  'lease_request.woke': (_data, internal) =>
    `removed the blocker ${toReadable((internal.before as EventData)?.blocker)}: ${unblockReasons[String(internal.because)] ?? toReadable(internal.because)}`,
  'lease_request.cancelled': () => 'cancelled the request',
  'lease_request.blocker_cleared': (_data, internal) =>
    `cleared the blocker ${toReadable((internal.before as EventData)?.blocker)}`,
  'lease_request.assigned': (data) => `assigned the last account of ${String(data.count)}: the request is complete`,
  'lease_request.partial': (_data, internal) => `closed the request short (${toReadable(internal.outcomeReason)})`,
  'lease_request.rejected': (_data, internal) => `rejected the request (${toReadable(internal.outcomeReason)})`,
  'leased_account.assigned': (data, internal) =>
    `assigned ${toHandle(internal)} · −${formatDollars(Number(data.priceCents))}`,
  'leased_account.assignment_undone': (_data, internal) =>
    sentence`undid the assignment of ${toHandle(internal)}` +
    (internal.reason ? sentence`: ${String(internal.reason)}` : ''),
  'leased_account.released': (_data, internal) => `released ${toHandle(internal)}`,
  'leased_account.replaced': (_data, internal) =>
    sentence`replaced ${toHandle({ handle: internal.lostHandle })} with ${toHandle(internal)}: ${String(internal.reason)}` +
    (oldAccountNames[String(internal.oldAccountTo)] ?? ''),
  'leased_account.renewed': (data) => `renewed an account · −${formatDollars(Number(data.priceCents))}`,
  'leased_account.renewal_failed': (data) =>
    `could not renew an account: the wallet does not hold ${formatDollars(Number(data.priceCents))}`,
  'leased_account.disconnected': (data, internal) =>
    data.disconnectedReason === 'billing_exhausted'
      ? 'disconnected an account for non-payment'
      : `disconnected ${toHandle(internal)}${Number(data.refundedCents) > 0 ? ` · +${formatDollars(Number(data.refundedCents))}` : ', no refund'}`,
};

/** What an event did, to be read after its actor's name. */
export function toEventSentence(event: Pick<RequestEvent, 'type' | 'data' | 'internal'>): string {
  return sentences[event.type]?.(event.data, event.internal) ?? toReadable(event.type.replace('.', ' '));
}

function toHandle(internal: EventData): string {
  return typeof internal.handle === 'string' ? `@${internal.handle.replace(/^@/, '')}` : 'an account';
}

function toReadable(value: unknown): string {
  return String(value ?? '').replaceAll('_', ' ');
}
