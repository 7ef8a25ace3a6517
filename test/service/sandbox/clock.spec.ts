import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/core/clock.js';
import { OrganizationClock } from '../../../src/core/organization-clock.js';
import { WalletOutlookService } from '../../../src/forecast/wallet-outlook.service.js';
import { RenewalsService } from '../../../src/renewals/renewals.service.js';
import { SandboxWorker } from '../../../src/sandbox/sandbox-worker.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, expectCleanBooks } from '../../support/ledger.js';
import { aPartner, aRequest, theSystem, topUp, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';

const DAY_MS = 86_400_000;
let service: TestApp;
let clock: Clock;
let sandbox: TestPartner;

beforeAll(async () => {
  service = await startTestApp();
  clock = service.app.get(Clock, { strict: false });
  sandbox = await aSandbox(service, await aPartner(service));
});
afterAll(() => service.close());

const query = (text: string, values: unknown[] = []) => service.dataSource.query(text, values);
const setAhead = (days: number, organizationId = sandbox.organizationId) =>
  query('UPDATE organization SET clock_ahead_ms = $2 WHERE id = $1', [organizationId, days * DAY_MS]);

describe('The clock', () => {
  const ahead = () => Math.round((clock.now().getTime() - clock.databaseNow().getTime()) / DAY_MS);

  it('is ahead within the work for a sandbox alone, across awaits', async () => {
    const within = await clock.runAhead(3 * DAY_MS, async () => {
      const first = ahead();
      await service.dataSource.query('SELECT 1');
      return [first, ahead(), clock.runAhead(9 * DAY_MS, ahead), clock.runForAll(ahead)];
    });
    expect(within).toEqual([3, 3, 3, 0]);
    expect(ahead()).toBe(0);
  });

  it('stands still within the work for one moment', async () => {
    const at = new Date(clock.now().getTime() + 5 * DAY_MS);
    const times = await clock.runAt(at, async () => {
      await service.dataSource.query('SELECT pg_sleep(0.01)');
      return [clock.now(), clock.hold(() => clock.now())];
    });
    expect(times).toEqual([at, at]);
  });

  it('of an organization is the database’s and its sandbox’s offset', async () => {
    await setAhead(10);
    const organizationClock = service.app.get(OrganizationClock, { strict: false });
    const partner = await aPartner(service);
    const aheadOf = (id: string) => organizationClock.run(id, () => Promise.resolve(ahead()));
    expect([
      await aheadOf(sandbox.organizationId),
      await aheadOf(partner.organizationId),
      await aheadOf('org_none'),
    ]).toEqual([10, 0, 0]);
  });

  it('of a sandbox never goes back, and no partner’s is ahead', async () => {
    await expect(setAhead(1)).rejects.toThrow('only moves forward');
    await expect(setAhead(1, (await aPartner(service)).organizationId)).rejects.toThrow(
      'organization_only_sandbox_is_ahead',
    );
  });
});

describe('A sandbox', () => {
  it('is renewed by its own clock, by its own worker and not with the partners', async () => {
    const own = await aSandbox(service, await aPartner(service));
    await aRequest(service, own, { count: 2 });
    const worker = service.app.get(SandboxWorker, { strict: false });
    await worker.run();
    expect(await balanceOf(service, own.organizationId)).toBe(970_000);
    await setAhead(40, own.organizationId);
    await service.app.get(RenewalsService, { strict: false }).run(theSystem());
    expect(await balanceOf(service, own.organizationId)).toBe(970_000);
    await worker.run();
    expect(await balanceOf(service, own.organizationId)).toBe(940_000);
    const [lease] = await query(
      "SELECT next_renewal_at > now() + interval '40 days' AS later FROM lease WHERE organization_id = $1 LIMIT 1",
      [own.organizationId],
    );
    expect(lease.later).toBe(true);
    await worker.run();
    expect(await balanceOf(service, own.organizationId)).toBe(940_000);
    await expectCleanBooks(service);
  });

  it('has its money booked and its wallet looked ahead at its own time', async () => {
    await topUp(service, sandbox.organizationId, 700);
    const [top] = await query(
      `SELECT booked_at > now() + interval '9 days' AS ahead FROM ledger_transfer
        WHERE organization_id = $1 ORDER BY wallet_seq DESC LIMIT 1`,
      [sandbox.organizationId],
    );
    expect(top.ahead).toBe(true);
    const { monthsAhead } = await service.app
      .get(WalletOutlookService, { strict: false })
      .outlook(sandbox.organizationId);
    expect(monthsAhead[0]!.month).toBe(new Date(Date.now() + 10 * DAY_MS).toISOString().slice(0, 7));
    await expectCleanBooks(service);
  });

  it('booked ahead of its own clock is an error of the books', async () => {
    const verified = expectCleanBooks(service);
    await verified;
    await query(
      `WITH wallet AS (UPDATE ledger_account SET balance_cents = balance_cents + 1, wallet_seq = wallet_seq + 1,
                              last_booked_at = now() + interval '20 days' WHERE id = 'wallet:' || $1 RETURNING *)
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reason, booked_by,
                                    wallet_seq, wallet_balance_after, booked_at)
       SELECT 'txn_ahead', 'adjustment', 'sandbox_adjustments', id, 1, $1, 'ahead', 'test', wallet_seq, balance_cents, last_booked_at FROM wallet`,
      [sandbox.organizationId],
    );
    await expect(expectCleanBooks(service)).rejects.toThrow('ahead of the database');
  });
});
