import type { Candidate } from './types.js';

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'long' });
const monthAndYearFormat = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });
const YEAR_SHOWN_AFTER_MS = 300 * 86_400_000;

/** Whether this partner has released it before, or had it replaced. */
export function wasWithPartner({ releasedByPartnerAt, replacedForPartnerAt }: Candidate): boolean {
  return releasedByPartnerAt !== null || replacedForPartnerAt !== null;
}

/** `released by this partner in May`; null where it was not with this partner. */
export function getReleaseWarning(
  { releasedByPartnerAt, replacedForPartnerAt }: Candidate,
  now: number,
): string | null {
  const endedAt = Date.parse(releasedByPartnerAt ?? replacedForPartnerAt ?? '');
  if (Number.isNaN(endedAt)) return null;
  const format = now - endedAt < YEAR_SHOWN_AFTER_MS ? monthFormat : monthAndYearFormat;
  return `${releasedByPartnerAt ? 'released by' : 'replaced for'} this partner in ${format.format(endedAt)}`;
}

/** What speaks against assigning this account. */
export function getWarnings(candidate: Candidate, now: number): string[] {
  const unmet = candidate.reasons.filter((reason) => !reason.startsWith('✓')).map((reason) => reason.slice(1).trim());
  const release = getReleaseWarning(candidate, now);
  if (candidate.fits && !release) return [];
  return [...unmet, ...(release ? [release] : [])];
}

export function hasWarnings(candidate: Candidate, now: number): boolean {
  return getWarnings(candidate, now).length > 0;
}
