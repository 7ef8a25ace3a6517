import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { queryRows, sql, type Sql } from '../core/sql.js';
import { EventRecorder } from '../events/event-recorder.js';
import type { NewEvent } from '../events/types.js';
import { leasedAccountColumns, leasedAccountSource, toLeasedAccount, type LeasedAccountRow } from './leased-account.js';

/** A change of a lease that its partner is told. */
export interface LeaseChange {
  type: Extract<NewEvent['type'], `leased_account.${string}`>;
  leaseId: string;
  /** The transfer that came with it. */
  transactionId: string | null;
  /** The account that this one took the place of. */
  replacedSocialAccountId?: string;
}

/** The events that tell a partner of changes of leases (contract: Webhooks). */
@Injectable()
export class LeaseEvents {
  constructor(private readonly events: EventRecorder) {}

  /**
   * @param em the transaction of the changes, which has made them
   * @param organizationId the one that they all belong to
   */
  async record(em: EntityManager, organizationId: string, changes: readonly LeaseChange[]): Promise<void> {
    await this.events.recordAll(em, await this.toEvents(em, organizationId, changes));
  }

  /** The statement of {@link record}. @param rows the leases after their changes */
  insertSql(
    em: EntityManager,
    organizationId: string,
    changes: readonly LeaseChange[],
    rows: readonly LeasedAccountRow[],
  ): Sql {
    return this.events.insertSql(em, toLeaseEvents(organizationId, changes, rows)).statement;
  }

  /** {@link record} for a caller who writes other events too. One for each change, in their order. */
  async toEvents(em: EntityManager, organizationId: string, changes: readonly LeaseChange[]): Promise<NewEvent[]> {
    if (changes.length === 0) return [];
    const rows = await queryRows<LeasedAccountRow>(em, changedLeasesSql(changes));
    return toLeaseEvents(organizationId, changes, rows);
  }
}

/** The leases after their changes. */
export function changedLeasesSql(changes: readonly LeaseChange[]): Sql {
  return sql`SELECT ${leasedAccountColumns} FROM ${leasedAccountSource}
              WHERE lease.id = ANY (${changes.map(({ leaseId }) => leaseId)}::text[])`;
}

/** @param rows of {@link changedLeasesSql} */
export function toLeaseEvents(
  organizationId: string,
  changes: readonly LeaseChange[],
  rows: readonly LeasedAccountRow[],
): NewEvent[] {
  const rowById = new Map(rows.map((row) => [row.leaseId, row]));
  return changes.map(({ type, leaseId, ...details }) => {
    const account = toLeasedAccount(rowById.get(leaseId)!);
    return { type, organizationId, projectId: account.projectId, data: { ...account, organizationId, ...details } };
  });
}
