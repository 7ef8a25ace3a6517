import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { addBillingMonthsSql } from '../../../src/core/billing-calendar-sql.js';
import { addBillingMonths } from '../../../src/core/billing-calendar.js';
import { queryRows, sql } from '../../../src/core/sql.js';
import { LedgerVerifier } from '../../../src/accounting/ledger-verifier.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aRequestThatFits, aStaffMember } from '../../support/makers.js';

describe('verifying the ledger', () => {
  let service: TestApp;
  let verifier: LedgerVerifier;
  let made: Awaited<ReturnType<typeof aRequestThatFits>> & { leaseId: string; undoneLeaseId: string };
  beforeAll(async () => {
    service = await startTestApp();
    verifier = service.app.get(LedgerVerifier, { strict: false });
    const fitting = await aRequestThatFits(service);
    const operator = await aStaffMember(service, 'operator');
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    const requestId = fitting.request.id;
    const { leaseId } = await fulfilment.assign(operator, {
      leaseRequestId: requestId,
      socialAccountId: fitting.account.id,
    });
    const second = fitting.accounts[1]!.id;
    const { leaseId: undoneLeaseId } = await fulfilment.assign(operator, {
      leaseRequestId: requestId,
      socialAccountId: second,
    });
    await fulfilment.undoAssign(operator, { leaseRequestId: requestId, socialAccountId: second, reason: 'wrong one' });
    made = { ...fitting, leaseId, undoneLeaseId };
  });
  afterAll(() => service.close());

  /** Damages the books past the services and the database's rules, looks at them within the same transaction, and rolls it back. */
  async function faultsAfter(statement: string, value: string): Promise<string[]> {
    const runner = service.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('SET LOCAL session_replication_role = replica');
      await runner.query(statement, [value]);
      return await verifier.findFaults(runner.manager);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  }

  it('finds nothing in clean books', async () => {
    const report = await verifier.verify();
    expect(report).toMatchObject({ ok: true, faults: [] });
    expect(report.checks).toBeGreaterThan(10);
  });

  const organization = () => made.partner.organizationId;
  it.each<[string, string, () => string, RegExp]>([
    [
      'a balance that is not its transfers',
      "UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE id = 'wallet:' || $1",
      organization,
      /holds 85001 cents but its transfers add up to 85000/,
    ],
    [
      'an amount changed in the middle of a statement',
      'UPDATE ledger_transfer SET amount_cents = amount_cents + 7 WHERE organization_id = $1 AND wallet_seq = 2',
      organization,
      /is line 2 of org_.* does not agree with lease/s,
    ],
    [
      'a gap in a statement',
      'UPDATE ledger_transfer SET wallet_seq = 40 WHERE organization_id = $1 AND wallet_seq = 4',
      organization,
      /stands at line 4 but has 4 lines up to number 40/,
    ],
    [
      'a lease without its charge',
      'DELETE FROM ledger_transfer WHERE lease_id = $1',
      () => made.leaseId,
      /has no charge/,
    ],
    ['a charge without its lease', 'DELETE FROM lease WHERE id = $1', () => made.leaseId, /does not agree with lease/],
    [
      'a place that is paid for twice in one month',
      `WITH gone AS (DELETE FROM ledger_transfer WHERE kind = 'refund' AND lease_id = $1)
       UPDATE lease SET place_id = (SELECT id FROM lease other WHERE other.lease_request_id = lease.lease_request_id AND other.id <> lease.id)
        WHERE id = $1`,
      () => made.undoneLeaseId,
      /charges txn_\w+ and txn_\w+ are both for the place of lease lse_/,
    ],
    [
      'an undone lease that was not refunded',
      "DELETE FROM ledger_transfer WHERE kind = 'refund' AND lease_id = $1",
      () => made.undoneLeaseId,
      /was undone but transfer txn_\w+ was not given back/,
    ],
    [
      'an assigned account without a live lease',
      "UPDATE social_account SET status = 'assigned' WHERE id = $1",
      () => made.accounts[2]!.id,
      /is assigned and has 0 live leases/,
    ],
    [
      'a live lease of a free account',
      "UPDATE social_account SET status = 'available' WHERE id = $1",
      () => made.account.id,
      /is available and has 1 live lease$/m,
    ],
    [
      'a count that is not its leases',
      'UPDATE lease_request SET assigned_count = 2 WHERE id = $1',
      () => made.request.id,
      /with 2 of 3 assigned, but 1 leases stand/,
    ],
    [
      'a request that is assigned with too few',
      "UPDATE lease_request SET status = 'assigned', assigned_at = now(), closed_at = now(), closed_by = 'staff' WHERE id = $1",
      () => made.request.id,
      /is assigned, but 1 leases were ever made for the 3/,
    ],
    [
      'a wallet that was booked ahead of its newest line',
      "UPDATE ledger_account SET last_booked_at = last_booked_at + interval '1 year' WHERE id = 'wallet:' || $1",
      organization,
      /but its newest line is of/,
    ],
    [
      'a transfer that is booked ahead of when it was recorded, also when that time has come',
      `WITH wallet AS (UPDATE ledger_account SET last_booked_at = last_booked_at - interval '10 days' WHERE id = 'wallet:' || $1)
       UPDATE ledger_transfer SET booked_at = booked_at - interval '10 days', recorded_at = recorded_at - interval '42 days'
        WHERE organization_id = $1`,
      organization,
      /transfer txn_\w+ of org_\S+ is booked at .*, ahead of the database's clock, which stood at/,
    ],
    [
      'a transfer of an older version that is booked ahead of now',
      `WITH wallet AS (UPDATE ledger_account SET last_booked_at = last_booked_at + interval '1 minute' WHERE id = 'wallet:' || $1)
       UPDATE ledger_transfer SET booked_at = booked_at + interval '1 minute', recorded_at = NULL WHERE organization_id = $1`,
      organization,
      /transfer txn_\w+ of org_\S+ is booked at .*, ahead of the database's clock/,
    ],
    [
      'a lease that is assigned ahead of now',
      "UPDATE lease SET assigned_at = assigned_at + interval '1 minute' WHERE id = $1",
      () => made.leaseId,
      /lease lse_\w+ of org_\S+ is assigned at .*, ahead of the database's clock/,
    ],
    [
      'a line that is booked before the one before it',
      "UPDATE ledger_transfer SET booked_at = booked_at - interval '1 minute' WHERE organization_id = $1 AND wallet_seq = 3",
      organization,
      /is line 3 of org_\S+ and is booked at .*, before the line before it at/,
    ],
    [
      'a refund that is booked before its charge',
      "UPDATE ledger_transfer SET booked_at = booked_at - interval '1 minute' WHERE kind = 'refund' AND lease_id = $1",
      () => made.undoneLeaseId,
      /transfer txn_\w+ is booked at .*, before transfer txn_\w+ that it reverses/,
    ],
    [
      'a renewal that is booked before its month begins',
      `WITH real AS (UPDATE house_state SET is_demo = false),
            wallet AS (UPDATE ledger_account SET wallet_seq = 5, balance_cents = balance_cents - 15000
                        WHERE id = (SELECT 'wallet:' || organization_id FROM lease WHERE id = $1)
                        RETURNING organization_id, balance_cents, last_booked_at),
            renewed AS (UPDATE lease SET next_renewal_at = next_renewal_at + interval '1 month' WHERE id = $1)
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                                    period_start, period_end, booked_by, wallet_seq, wallet_balance_after, booked_at)
       SELECT 'txn_early', 'lease_renewal', debit_account_id, credit_account_id, amount_cents, charge.organization_id, lease_id,
              period_end, period_end + interval '1 month', 'x', 5, balance_cents, last_booked_at
         FROM ledger_transfer charge CROSS JOIN wallet WHERE lease_id = $1 AND kind = 'lease_charge'`,
      () => made.leaseId,
      /renewal txn_early of lease lse_\w+ is booked at .*, before its month begins at/,
    ],
    [
      'a lease whose request was tidied away by hand',
      'DELETE FROM lease_request WHERE id = $1',
      () => made.request.id,
      /names a request that is not there/,
    ],
    [
      'a top-up of which only a part came back',
      `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reverses_id, booked_by, booked_at)
       SELECT 'txn_part', 'top_up_reversal', 'owed:' || $1, 'funding', 40, $1, id, 'x', now()
         FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'`,
      organization,
      /owes 0 cents by its wallet but 40 by its transfers.*brought 100000 cents but 40 came back/s,
    ],
    [
      'a wallet that holds money while it owes',
      "UPDATE ledger_account SET owed_cents = 5 WHERE id = 'wallet:' || $1",
      organization,
      /holds 85000 cents while 5 are owed/,
    ],
    [
      'a top-up that was paid out of revenue',
      "UPDATE ledger_transfer SET debit_account_id = 'revenue' WHERE organization_id = $1 AND kind = 'top_up'",
      organization,
      /is a top_up between revenue and wallet/,
    ],
    [
      'a refund of money that was no charge',
      `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, reverses_id, booked_by,
                                    wallet_seq, wallet_balance_after, booked_at)
       SELECT 'txn_odd', 'refund', credit_account_id, debit_account_id, amount_cents, organization_id, $1, id, 'x', 5, 0, booked_at
         FROM ledger_transfer WHERE kind = 'top_up'`,
      () => made.leaseId,
      /refund txn_odd of lease lse_\w+ does not mirror a charge of it: it reverses transfer txn_/,
    ],
    [
      'a refund of the charge of another lease',
      "UPDATE ledger_transfer SET lease_id = $1 WHERE kind = 'refund'",
      () => made.leaseId,
      /refund txn_\w+ of lease lse_\w+ does not mirror a charge of it/,
    ],
    [
      'a refund of a charge that is not there',
      "UPDATE ledger_transfer SET reverses_id = 'txn_gone' WHERE kind = 'refund' AND lease_id = $1",
      () => made.undoneLeaseId,
      /refund txn_\w+ of lease lse_\w+ does not mirror a charge of it: it reverses transfer txn_gone/,
    ],
    [
      'a month that ends days early, with the renewal',
      `WITH early AS (UPDATE lease SET next_renewal_at = next_renewal_at - interval '9 days' WHERE id = $1)
       UPDATE ledger_transfer SET period_end = period_end - interval '9 days' WHERE lease_id = $1 AND kind = 'lease_charge'`,
      () => made.leaseId,
      /charge txn_\w+ pays for lease lse_\w+ from .* to .*, which is not one month by day \d+/,
    ],
    [
      'a month that ends at another time of day',
      `WITH late AS (UPDATE lease SET next_renewal_at = next_renewal_at + interval '1 second' WHERE id = $1)
       UPDATE ledger_transfer SET period_end = period_end + interval '1 second' WHERE lease_id = $1 AND kind = 'lease_charge'`,
      () => made.leaseId,
      /which is not one month by day/,
    ],
    [
      'a month that begins on no anchor day',
      `UPDATE lease SET anchor_day = CASE WHEN anchor_day > 15 THEN 1 ELSE anchor_day + 1 END WHERE id = $1`,
      () => made.leaseId,
      /which is not one month by day/,
    ],
    [
      'a renewal day that is not the end of the paid period',
      "UPDATE lease SET next_renewal_at = next_renewal_at + interval '1 day' WHERE id = $1",
      () => made.leaseId,
      /does not agree with lease/,
    ],
  ])('names %s', async (_what, statement, value, fault) => {
    const faults = await faultsAfter(statement, value());
    expect(faults.join('\n')).toMatch(fault);
    expect((await verifier.verify()).faults).toEqual([]);
  });

  it('counts months as renewals are', async () => {
    const [start, anchorDay] = [sql`start`, sql`anchor_day`];
    const starts = await queryRows<{ at: Date; anchorDay: number; same: Date; next: Date }>(
      service.dataSource.manager,
      sql`SELECT start AS at, anchor_day AS "anchorDay", ${addBillingMonthsSql(start, anchorDay, sql`0`)} AS same,
              ${addBillingMonthsSql(start, anchorDay, sql`1`)} AS next
         FROM generate_series('2027-01-01T23:59:59.999Z'::timestamptz, '2029-03-01T00:00:00Z', '23 hours 59 minutes') start
        CROSS JOIN generate_series(1, 31) anchor_day`,
    );
    expect(starts.length).toBeGreaterThan(20_000);
    const wrong = starts.filter(
      ({ at, anchorDay, same, next }) =>
        same.getTime() !== addBillingMonths(at, anchorDay, 0).getTime() ||
        next.getTime() !== addBillingMonths(at, anchorDay, 1).getTime(),
    );
    expect(wrong).toEqual([]);
  });

  it('reads one snapshot while others assign', async () => {
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    const operator = await aStaffMember(service, 'operator');
    const { request, accounts } = await aRequestThatFits(service, { count: 6, walletCents: 500_000 });
    const busy = accounts.map(({ id }) =>
      fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: id }),
    );
    const reports = await Promise.all(Array.from({ length: 6 }, () => verifier.verify()));
    await Promise.all(busy);
    expect(reports.flatMap(({ faults }) => faults)).toEqual([]);
  });
});
