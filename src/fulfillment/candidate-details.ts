import type { EntityManager } from 'typeorm';
import type { Candidate } from '../account-pool/matching.js';
import { turnaroundItems } from '../account-pool/turnaround.service.js';
import { literal, queryRows, sql } from '../core/sql.js';

/** What speaks against an account, apart from the wishes that it does not meet. */
export interface CandidateDetails {
  /** When this partner last released it. */
  releasedByPartnerAt: Date | null;
  /** When it was last replaced by another one for this partner. */
  replacedForPartnerAt: Date | null;
  /** When a partner last released it, where its turnaround checklist is not complete since. */
  uncheckedSince: Date | null;
}

export type DetailedCandidate = Candidate & CandidateDetails;

/** Candidates that this partner has had before come last, even if they fit. */
export async function addCandidateDetails(
  em: EntityManager,
  organizationId: string,
  candidates: Candidate[],
): Promise<DetailedCandidate[]> {
  if (candidates.length === 0) return [];
  const ids = candidates.map(({ socialAccountId }) => socialAccountId);
  const found = await queryRows<CandidateDetails & { id: string }>(
    em,
    sql`SELECT account.id,
            CASE WHEN cardinality(account.turnaround) < ${literal(turnaroundItems.length)} THEN account.released_at END AS "uncheckedSince",
            earlier.released_at AS "releasedByPartnerAt", earlier.replaced_at AS "replacedForPartnerAt"
       FROM social_account account
      CROSS JOIN LATERAL (
        SELECT max(lease.ended_at) FILTER (WHERE lease.end_reason = 'released_by_partner') AS released_at,
               max(lease.ended_at) FILTER (WHERE lease.end_reason = 'replaced') AS replaced_at
          FROM lease WHERE lease.social_account_id = account.id AND lease.organization_id = ${organizationId}) earlier
      WHERE account.id = ANY (${ids}::text[])`,
  );
  const detailsById = new Map(found.map(({ id, ...details }) => [id, details]));
  const noDetails = { releasedByPartnerAt: null, replacedForPartnerAt: null, uncheckedSince: null };
  return candidates
    .map((candidate) => ({ ...candidate, ...(detailsById.get(candidate.socialAccountId) ?? noDetails) }))
    .sort((a, b) => getRank(a) - getRank(b));
}

function getRank({ fits, releasedByPartnerAt, replacedForPartnerAt }: DetailedCandidate): number {
  return (releasedByPartnerAt || replacedForPartnerAt ? 2 : 0) + (fits ? 0 : 1);
}
