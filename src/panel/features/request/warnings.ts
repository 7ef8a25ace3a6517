import type { Candidate } from './types.js';
import { formatDay } from '../../lib/times.js';

/** Whether this partner has released it before, or had it replaced. */
export function wasWithPartner({ releasedByPartnerAt, replacedForPartnerAt }: Candidate): boolean {
  return releasedByPartnerAt !== null || replacedForPartnerAt !== null;
}

/** `released by this partner on 3 May`; null where it was not with this partner. */
export function getReleaseWarning(
  { releasedByPartnerAt, replacedForPartnerAt }: Candidate,
  now: number,
): string | null {
  const endedAt = releasedByPartnerAt ?? replacedForPartnerAt;
  if (endedAt === null) return null;
  return `${releasedByPartnerAt ? 'released by' : 'replaced for'} this partner on ${formatDay(endedAt, now)}`;
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
