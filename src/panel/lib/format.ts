import type { BlockerKind, OutcomeReason, WakeReason } from './types.js';

export { formatDollars } from '../../core/money.js';

export type Tone = '' | 'ok' | 'warn' | 'bad' | 'blue';

export const blockerNames: Record<BlockerKind, string> = {
  no_inventory: 'No inventory',
  wallet_short: 'Wallet short',
  needs_clarification: 'Needs clarification',
  policy: 'Policy',
  other: 'Other',
};

/** Why a blocker ended by itself. */
export const wakeNames: Record<WakeReason, string> = {
  top_up: 'top-up',
  adjustment: 'the wallet was adjusted',
  refund: 'refund',
  account_available: 'an account came free',
  partner_reply: 'the partner replied',
  day: 'its day has come',
};

/** The outcomes that staff choose from; `cancelled` is the partner's own. */
export const staffOutcomes: Exclude<OutcomeReason, 'cancelled'>[] = [
  'no_inventory',
  'wallet_short',
  'policy',
  'unclear',
  'other',
];

export const outcomeNames: Record<OutcomeReason, string> = {
  no_inventory: 'No inventory',
  wallet_short: 'Wallet short',
  policy: 'Policy',
  unclear: 'Unclear request',
  cancelled: 'Cancelled by the partner',
  other: 'Other',
};

const tones: Record<string, Tone> = {
  requested: 'blue',
  assigned: 'ok',
  partial: 'warn',
  rejected: 'bad',
  active: 'ok',
  past_due: 'bad',
  available: 'ok',
  quarantined: 'bad',
  wallet_short: 'bad',
  no_inventory: 'warn',
  needs_clarification: 'warn',
  policy: 'warn',
  killed: 'bad',
  revoked: 'bad',
  suspended: 'bad',
  disabled: 'bad',
  invited: 'blue',
  invitation_over: 'warn',
};

/** The colour of a status; what is as it should be stays grey or green. */
export function toneOf(status: string): Tone {
  return tones[status] ?? '';
}

/** `past_due` → `Past due`. */
export function inWords(code: string): string {
  const words = code.replaceAll(/[_-]+/g, ' ').replace('.', ': ').replace(/^api /, 'API ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1 account`, `3 accounts`. */
export function howMany(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** A count that the server stops at a bound, 10,000 if nothing else is said: `38`, `10,000+`. */
export function counted(count: number, bound = 10_000): string {
  return count > bound ? `${bound.toLocaleString('en-US')}+` : count.toLocaleString('en-US');
}

/** `US, CA and GB`. */
export function listed(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `12800` → `12.8 k`. */
export function followersInWords(followers: number): string {
  if (followers < 1000) return String(followers);
  return followers < 999_950 ? `${(followers / 1000).toFixed(1)} k` : `${(followers / 1_000_000).toFixed(1)} m`;
}

/** `@handle`, whether or not the handle was stored with its sign. */
export function at(handle: string): string {
  return handle.startsWith('@') ? handle : `@${handle}`;
}

const longId = /^([a-z]{2,4}_)(?:[0-9A-Z]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** One of our ids for a narrow place: `lreq_…S4Y9Y`. Its end tells it apart; ids of one hour begin alike. Other texts stay. */
export function shortId(text: string): string {
  const prefix = longId.exec(text)?.[1];
  return prefix ? `${prefix}…${text.slice(-6)}` : text;
}
