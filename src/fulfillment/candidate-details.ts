import type { EntityManager } from 'typeorm';
import type { Candidate } from '../account-pool/matching.js';
import { turnaroundItems } from '../account-pool/turnaround.service.js';
import { queryRows } from '../core/sql.js';

/** What speaks against an account beside the wishes it does not meet. */
export interface CandidateDetails {
  /** When this partner last gave it back. */
  releasedByPartnerAt: Date | null;
  /** When it came back from a partner, where nobody has checked it since. */
  uncheckedSince: Date | null;
}

export type DetailedCandidate = Candidate & CandidateDetails;

/** The same candidates with their marks; the ones this partner has given back before come last, whether they fit or not. */
export async function addCandidateDetails(
  em: EntityManager,
  organizationId: string,
  candidates: Candidate[],
): Promise<DetailedCandidate[]> {
  if (candidates.length === 0) return [];
  const found = await queryRows<CandidateDetails & { id: string }>(
    em,
    `SELECT account.id,
            CASE WHEN cardinality(account.turnaround) < ${turnaroundItems.length} THEN account.released_at END AS "uncheckedSince",
            (SELECT max(lease.ended_at) FROM lease
              WHERE lease.social_account_id = account.id AND lease.organization_id = $2
                AND lease.end_reason = 'released_by_partner') AS "releasedByPartnerAt"
       FROM social_account account WHERE account.id = ANY ($1)`,
    [candidates.map(({ socialAccountId }) => socialAccountId), organizationId],
  );
  const marks = new Map(found.map(({ id, ...mark }) => [id, mark]));
  const none = { releasedByPartnerAt: null, uncheckedSince: null };
  return candidates
    .map((candidate) => ({ ...candidate, ...(marks.get(candidate.socialAccountId) ?? none) }))
    .sort((a, b) => place(a) - place(b));
}

function place({ fits, releasedByPartnerAt }: DetailedCandidate): number {
  return (releasedByPartnerAt ? 2 : 0) + (fits ? 0 : 1);
}
