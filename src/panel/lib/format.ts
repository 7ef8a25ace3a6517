import { formatCount, formatNumber } from '../../core/counts.js';
import { formatBalance, formatChange, formatDollars } from '../../core/money.js';
import type { BlockerKind, OutcomeReason, UnblockReason } from './types.js';

export { formatBalance, formatChange, formatCount, formatDollars, formatNumber };

/** A colour of chips and texts. */
export type Tone = '' | 'ok' | 'warn' | 'bad' | 'blue';

export const blockerNames: Record<BlockerKind, string> = {
  no_inventory: 'No inventory',
  wallet_short: 'Wallet short',
  needs_clarification: 'Needs clarification',
  policy: 'Policy',
  other: 'Other',
};

export const blockerOptions = Object.entries(blockerNames) as [BlockerKind, string][];

/** Why a blocker ended by itself. */
export const unblockReasonNames: Record<UnblockReason, string> = {
  top_up: 'top-up',
  adjustment: 'wallet adjustment',
  refund: 'refund',
  account_available: 'an account became available',
  partner_reply: 'the partner replied',
  day: 'the set day has come',
};

export const outcomeNames: Record<OutcomeReason, string> = {
  no_inventory: 'No inventory',
  wallet_short: 'Wallet short',
  policy: 'Policy',
  unclear: 'Unclear request',
  cancelled: 'Cancelled by the partner',
  other: 'Other',
};

/** The outcomes that staff choose from; `cancelled` is the partner's own. */
export const outcomeOptions = (Object.entries(outcomeNames) as [OutcomeReason, string][]).filter(
  ([outcome]) => outcome !== 'cancelled',
);

const tonesByStatus: Record<string, Tone> = {
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
  paused: 'warn',
  auto_paused: 'bad',
  delivered: 'ok',
  failed: 'bad',
  abandoned: 'warn',
};

/** The colour of a status or blocker; what is as it should be stays grey or green. */
export function getTone(status: string): Tone {
  return tonesByStatus[status] ?? '';
}

/** What staff call what the code names otherwise. */
const staffTerms: [RegExp, string][] = [
  [/^(lease_request\.)woke$/, '$1unblocked'],
  [/^(lease_request\.)noted$/, '$1note_added'],
  [/^(vertical\.)forgotten$/, '$1synonym_removed'],
  [/^(vertical\.)mapped$/, '$1synonym_added'],
  [/movement/, 'transaction'],
  [/organization/, 'partner'],
  [/^lease_request\b/, 'request'],
  [/^(leased|social)_account\b/, 'account'],
];

/** `past_due` → `Past due`, `organization.suspended` → `Partner: suspended`; a code of the partner API stays as partners read it. */
export function formatCode(code: string): string {
  if (/^[A-Z]+(_[A-Z]+)+$/.test(code)) return code;
  const named = staffTerms.reduce((text, [codeTerm, staffTerm]) => text.replace(codeTerm, staffTerm), code);
  const words = named
    .replaceAll(/[_-]+/g, ' ')
    .replace('.', ': ')
    .replace(/^api /, 'API ')
    .replace(/\btop up\b/, 'top-up')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How many of the wanted: `none`, `2 of 5`, `all 5`, `1` of one. */
export function formatPart(part: number, whole: number): string {
  if (part <= 0) return 'none';
  if (part < whole) return `${formatNumber(part)} of ${formatNumber(whole)}`;
  return whole === 1 ? '1' : `all ${formatNumber(whole)}`;
}

/** A count that the server stops at a bound: `38`, `10,000+`. */
export function formatBoundedCount(count: number, bound = 10_000): string {
  return count > bound ? `${formatNumber(bound)}+` : formatNumber(count);
}

/** `US, CA and GB`. */
export function formatList(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `12800` → `12.8 k`. */
export function formatFollowers(followers: number): string {
  if (followers < 1000) return String(followers);
  return followers < 999_950 ? `${(followers / 1000).toFixed(1)} k` : `${(followers / 1_000_000).toFixed(1)} m`;
}

/** `@handle`, whether or not the handle was stored with its sign. */
export function formatHandle(handle: string): string {
  return handle.startsWith('@') ? handle : `@${handle}`;
}

const longId = /^([a-z]{2,4}_)(?:[0-9A-Z]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** One of our ids for a narrow place: `lreq_…S4Y9Y`, for ids of one hour begin with the same letters. Other texts stay. */
export function shortenId(text: string): string {
  const prefix = longId.exec(text)?.[1];
  return prefix ? `${prefix}…${text.slice(-6)}` : text;
}
