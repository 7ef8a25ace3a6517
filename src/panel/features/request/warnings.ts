import type { Candidate } from './types.js';

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'long' });
const monthAndYearFormat = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });
const YEAR_SHOWN_AFTER_MS = 300 * 86_400_000;

/** `released by this partner in May`; null where it was not. */
export function getReleaseWarning({ releasedByPartnerAt }: Candidate, now: number): string | null {
  if (!releasedByPartnerAt) return null;
  const releasedAt = Date.parse(releasedByPartnerAt);
  const format = now - releasedAt < YEAR_SHOWN_AFTER_MS ? monthFormat : monthAndYearFormat;
  return `released by this partner in ${format.format(releasedAt)}`;
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
