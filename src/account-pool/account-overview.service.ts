import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { queryRow, queryRows, sql, literal } from '../core/sql.js';
import type { AccountStatus } from './account-status.js';
import { turnaroundItems, type TurnaroundItem } from './turnaround.service.js';

const MAX_LEASES = 100;

/** How an account stands between two partners. */
interface AccountRest {
  status: AccountStatus;
  /** What has been checked since it came back. */
  turnaround: TurnaroundItem[];
  resettingUntil: Date | null;
  releasedAt: Date | null;
}

interface AccountLease {
  leaseId: string;
  status: string;
  priceCents: number;
  assignedAt: Date;
  nextRenewalAt: Date | null;
  endedAt: Date | null;
  endReason: string | null;
  organizationId: string;
  partner: string;
  leaseRequestId: string;
  requestId: string;
}

/** What an account's own page shows: its leases and its turnaround. */
@Injectable()
export class AccountOverviewService {
  constructor(private readonly dataSource: DataSource) {}

  async overview(socialAccountId: string) {
    const em = this.dataSource.manager;
    const turnaround = await queryRow<AccountRest>(
      em,
      sql`SELECT status, turnaround, resetting_until AS "resettingUntil", released_at AS "releasedAt" FROM social_account WHERE id = ${socialAccountId}`,
    );
    const leases = await queryRows<AccountLease>(
      em,
      sql`SELECT lease.id AS "leaseId", lease.status, lease.price_cents AS "priceCents", lease.assigned_at AS "assignedAt",
              lease.next_renewal_at AS "nextRenewalAt", lease.ended_at AS "endedAt", lease.end_reason AS "endReason",
              lease.organization_id AS "organizationId", organization.name AS partner, lease.lease_request_id AS "leaseRequestId",
              request.request_id AS "requestId"
         FROM lease
         JOIN organization ON organization.id = lease.organization_id
         JOIN lease_request request ON request.id = lease.lease_request_id
        WHERE lease.social_account_id = ${socialAccountId}
        ORDER BY lease.assigned_at DESC, lease.id DESC LIMIT ${literal(MAX_LEASES)}`,
    );
    return { rest: turnaround, turnaroundItems, leases };
  }
}
