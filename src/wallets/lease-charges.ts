import type { EntityManager } from 'typeorm';
import { getActorId } from '../audit/audit.service.js';
import type { Actor } from '../authorization/actor.js';
import { queryRow, sql } from '../core/sql.js';
import type { Posting } from './ledger.js';
import { isChargeSql } from './wallet-sql.js';

/** The lease that a charge belongs to. */
export interface ChargedLease {
  id: string;
  organizationId: string;
  priceCents: number;
  billedFrom: Date;
  nextRenewalAt: Date;
}

interface LeaseCharge {
  id: string;
  leaseId: string;
  organizationId: string;
  amountCents: number;
}

/** The newest charge of a lease; `null` when it was refunded. */
export async function findNewestCharge(em: EntityManager, leaseId: string): Promise<LeaseCharge | null> {
  const charge = await queryRow<LeaseCharge & { reversed: boolean }>(
    em,
    sql`SELECT id, lease_id AS "leaseId", organization_id AS "organizationId", amount_cents AS "amountCents",
            EXISTS (SELECT 1 FROM ledger_transfer reversal WHERE reversal.reverses_id = charge.id) AS reversed
       FROM ledger_transfer charge
      WHERE lease_id = ${leaseId} AND ${isChargeSql('charge')}
      ORDER BY period_start DESC LIMIT 1`,
  );
  return charge?.reversed ? null : charge;
}

export function toFirstCharge(actor: Actor, lease: ChargedLease, transactionId: string): Posting {
  return {
    transactionId,
    kind: 'lease_charge',
    organizationId: lease.organizationId,
    amountCents: lease.priceCents,
    ownAccount: 'revenue',
    leaseId: lease.id,
    period: { start: lease.billedFrom, end: lease.nextRenewalAt },
    bookedBy: getActorId(actor),
  };
}

export function toRefund(
  { id, leaseId, organizationId, amountCents }: LeaseCharge,
  actor: Actor,
  reason: string,
): Posting {
  return {
    kind: 'refund',
    organizationId,
    amountCents,
    ownAccount: 'revenue',
    leaseId,
    reversesId: id,
    reason,
    bookedBy: getActorId(actor),
  };
}
