import { turnaroundItems } from '../../account-pool/turnaround.service.js';
import { oneRow, rows } from '../../database/sql.js';
import type { PanelServices } from '../panel-services.js';
import { overview } from './record-view.js';

const MOST_LEASES = 100;

/** `GET /admin/api/resources/social-accounts/records/:id/overview`: the account's leases and how far its turnaround is. */
export function accountOverview({ dataSource }: PanelServices) {
  return overview(async (_call, socialAccountId) => {
    const em = dataSource.manager;
    const rest = await oneRow(
      em,
      `SELECT status, turnaround, resetting_until AS "resettingUntil", released_at AS "releasedAt" FROM social_account WHERE id = $1`,
      [socialAccountId],
    );
    const leases = await rows(
      em,
      `SELECT lease.id AS "leaseId", lease.status, lease.price_cents AS "priceCents", lease.assigned_at AS "assignedAt",
              lease.next_renewal_at AS "nextRenewalAt", lease.ended_at AS "endedAt", lease.end_reason AS "endReason",
              lease.organization_id AS "organizationId", organization.name AS partner, lease.lease_request_id AS "leaseRequestId",
              request.request_id AS "requestId"
         FROM lease
         JOIN organization ON organization.id = lease.organization_id
         JOIN lease_request request ON request.id = lease.lease_request_id
        WHERE lease.social_account_id = $1
        ORDER BY lease.assigned_at DESC, lease.id DESC LIMIT ${MOST_LEASES}`,
      [socialAccountId],
    );
    return { rest, turnaroundItems, leases };
  });
}
