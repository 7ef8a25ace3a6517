import type { Candidate } from '../../lib/types.js';

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'long' });
const monthAndYearFormat = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });

/** `released by this partner in May`; null where it was not. */
export function releasedInWords({ releasedByPartnerAt }: Candidate, now: number): string | null {
  if (!releasedByPartnerAt) return null;
  const at = Date.parse(releasedByPartnerAt);
  const format = now - at < 300 * 86_400_000 ? monthFormat : monthAndYearFormat;
  return `released by this partner in ${format.format(at)}`;
}

/** Everything that speaks against this account, for a confirmation; empty when nothing does. */
export function doubtsAbout(candidate: Candidate, now: number): string[] {
  const unmet = candidate.reasons.filter((reason) => !reason.startsWith('✓')).map((reason) => reason.slice(1).trim());
  const released = releasedInWords(candidate, now);
  return candidate.fits && !released ? [] : [...unmet, ...(released ? [released] : [])];
}
