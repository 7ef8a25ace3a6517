import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Transactions } from '../../../src/core/transactions.js';
import { DemoClock } from '../../../src/demo-clock/demo-clock.service.js';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { LedgerVerifier } from '../../../src/accounting/ledger-verifier.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import { aPartner, atOnce, theSystem } from '../../support/makers.js';

const at = (text: string) => new Date(`${text}Z`);

describe('the books, each morning', () => {
  let service: TestApp;
  let books: LedgerVerificationJob;
  beforeAll(async () => {
    // Berlin is an hour ahead: six in the morning is 05:00 UTC.
    service = await startTestApp({ businessTimeZone: 'Europe/Berlin' });
    books = service.app.get(LedgerVerificationJob, { strict: false });
    setClock(service, at('2025-01-10T04:00:00'));
    await aPartner(service, { walletCents: 10_000 });
  });
  afterAll(() => service.close());

  const last = () => books.latest(service.dataSource.manager);
  const proofs = () =>
    service.dataSource.query("SELECT internal FROM audit_event WHERE type = 'ledger.verified' ORDER BY occurred_at");

  it('are proved once a day, by one of those who come to it at once', async () => {
    expect(await last()).toBeNull();
    await atOnce(5, () => books.verifyWhenDue());
    expect(await proofs()).toEqual([{ internal: { faults: 0 } }]);
    expect(await last()).toEqual({ verifiedAt: at('2025-01-10T04:00:00'), faults: 0, named: [] });
    setClock(service, at('2025-01-10T04:59:59'));
    await books.verifyWhenDue();
    expect(await proofs()).toHaveLength(1);
    setClock(service, at('2025-01-10T05:00:00'));
    await books.verifyWhenDue();
    setClock(service, at('2025-01-11T04:59:59'));
    await books.verifyWhenDue();
    expect(await proofs()).toHaveLength(2);
    expect(await last()).toMatchObject({ verifiedAt: at('2025-01-10T05:00:00') });
  });

  it('have what is wrong with them named on the trail and in the log', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await service.dataSource.query("UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE kind = 'wallet'");
    setClock(service, at('2025-01-11T05:00:00'));
    await books.verifyWhenDue();
    const { faults, named } = (await last())!;
    expect(named.join()).toMatch(/wallet of org_[\w-]+ holds 10001 cents but its transfers add up to 10000/);
    expect(named).toHaveLength(faults);
    expect(logged.mock.calls.map(([line]) => line)).toEqual(named.map((fault) => `The books have an error: ${fault}`));
    logged.mockRestore();
  });

  it('are proved on each day that is let pass in the demo', async () => {
    const demo = await startTestApp({ demo: true, workers: true });
    try {
      const watch = demo.app.get(LedgerVerificationJob, { strict: false });
      const to = new Date(Date.now() + 3 * 86_400_000);
      await demo.app.get(DemoClock, { strict: false }).set(theSystem(), { to: to.toISOString() });
      await demo.app.get(Transactions, { strict: false }).idle();
      expect((await watch.latest())!.verifiedAt.getTime()).toBeGreaterThanOrEqual(to.getTime());
    } finally {
      await demo.close();
    }
  });

  it('are left to another process by one that was killed over it', async () => {
    setClock(service, at('2025-01-12T05:00:00'));
    const claimUntil = (seconds: number) =>
      service.dataSource.query(`UPDATE house_state SET books_claimed_until = now() + interval '${seconds} seconds'`);
    await claimUntil(600);
    expect(await books.verifyWhenDue()).toBe(false);
    await claimUntil(-1);
    expect(await books.verifyWhenDue()).toBe(true);
  });

  it('stay another process’s who took them over from one that was too slow', async () => {
    setClock(service, at('2025-01-13T05:00:00'));
    const verifier = service.app.get(LedgerVerifier, { strict: false });
    const verify = verifier.verify.bind(verifier);
    const slow = jest.spyOn(verifier, 'verify').mockImplementation(async () => {
      await service.dataSource.query("UPDATE house_state SET books_claimed_until = 'infinity'");
      return verify();
    });
    expect(await books.verifyWhenDue()).toBe(true);
    slow.mockRestore();
    const [{ until }] = await service.dataSource.query('SELECT books_claimed_until::text AS until FROM house_state');
    expect(until).toBe('infinity');
  });
});
