import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { RenewalsService } from '../../../src/renewals/renewals.service.js';
import type { TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import { anAccount, aPartner, aRequest, theSystem, type TestPartner } from '../../support/makers.js';

/** Leases accounts to a partner, one after the other, each at its moment by the business clock. */
export async function lease(service: TestApp, partner: TestPartner, ...assignedAt: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const at of assignedAt) {
    setClock(service, new Date(at));
    const request = await aRequest(service, partner, { count: 1 });
    const { id: socialAccountId } = await anAccount(service);
    const fulfillment = service.app.get(FulfillmentService, { strict: false });
    ids.push((await fulfillment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId })).leaseId);
  }
  return ids;
}

/** A partner with leases, whose wallet holds so much once they are paid for. */
export async function aLessee(service: TestApp, leftCents: number, ...assignedAt: string[]) {
  const partner = await aPartner(service, { walletCents: leftCents + 15_000 * assignedAt.length });
  return { partner, leaseIds: await lease(service, partner, ...assignedAt) };
}

/** Moves the clock and renews what is due then. */
export async function renewAt(service: TestApp, at: string) {
  setClock(service, new Date(at));
  return renewals(service).run(theSystem());
}

export function renewals(service: TestApp): RenewalsService {
  return service.app.get(RenewalsService, { strict: false });
}

export async function leaseState(service: TestApp, id: string) {
  const [found] = await service.dataSource.query(
    `SELECT status, next_renewal_at AS "nextRenewalAt", past_due_since AS "pastDueSince", end_reason AS "endReason"
       FROM lease WHERE id = $1`,
    [id],
  );
  return found as { status: string; nextRenewalAt: Date | null; pastDueSince: Date | null; endReason: string | null };
}

/** The beginnings of the months that were charged for a lease, in the order of the statement. */
export async function monthsCharged(service: TestApp, leaseId: string): Promise<string[]> {
  const found: { start: Date }[] = await service.dataSource.query(
    `SELECT period_start AS start FROM ledger_transfer
      WHERE lease_id = $1 AND kind IN ('lease_charge', 'lease_renewal') ORDER BY wallet_seq`,
    [leaseId],
  );
  return found.map(({ start }) => start.toISOString().slice(0, 10));
}

/** Ends every live lease. */
export async function releaseAll(service: TestApp): Promise<void> {
  const live: { id: string }[] = await service.dataSource.query(
    "SELECT id FROM lease WHERE status IN ('active', 'past_due')",
  );
  const leases = service.app.get(LeasesService, { strict: false });
  for (const { id } of live) await leases.releaseFor(theSystem(), { leaseId: id, reason: 'the test is over' });
}
