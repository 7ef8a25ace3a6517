import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DailyVerification } from '../../src/books/daily-verification.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { setClock } from '../support/books.js';
import { aPartner, atOnce } from '../support/makers.js';

describe('the daily proof of the books', () => {
  let service: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
    other = await startTestApp({}, service.settings.databaseUrl);
  });
  afterAll(async () => {
    await other.close();
    await service.close();
  });

  const proofs = () => [service, other].map(({ app }) => app.get(DailyVerification, { strict: false }));
  const on = (day: string) => [service, other].forEach((one) => setClock(one, new Date(`${day}T06:00:00Z`)));

  it('is done once a day by all processes together, and tells what it found', async () => {
    on('2027-01-10');
    const did = await atOnce(8, (n) => proofs()[n % 2]!.verifyToday());
    expect(did.filter(Boolean)).toHaveLength(1);
    expect(await proofs()[0]!.latest()).toMatchObject({ day: '2027-01-10', ok: true, faults: [] });
    on('2027-01-11');
    expect(await proofs()[1]!.verifyToday()).toBe(true);
    expect(await proofs()[0]!.latest()).toMatchObject({ day: '2027-01-11', ok: true });
  });

  it('is left to another process by one that was killed over it', async () => {
    on('2027-01-12');
    await service.dataSource.query(
      `INSERT INTO ledger_verification (day, claimed_until) VALUES ('2027-01-12', now() + interval '1 minute')`,
    );
    expect(await proofs()[0]!.verifyToday()).toBe(false);
    await service.dataSource.query(
      `UPDATE ledger_verification SET claimed_until = now() - interval '1 second' WHERE day = '2027-01-12'`,
    );
    expect(await proofs()[0]!.verifyToday()).toBe(true);
  });

  it('names a fault until the books are mended', async () => {
    on('2027-01-13');
    const { organizationId } = await aPartner(service);
    const set = (cents: number) =>
      service.dataSource.query(
        `UPDATE ledger_account SET balance_cents = balance_cents + $2 WHERE id = 'wallet:' || $1`,
        [organizationId, cents],
      );
    await set(1);
    await proofs()[0]!.beat();
    const found = await proofs()[1]!.latest();
    expect(found).toMatchObject({ day: '2027-01-13', ok: false });
    expect(found!.faults.join()).toContain(
      `wallet of ${organizationId} holds 100001 cents but its transfers add up to 100000`,
    );
    await set(-1);
    on('2027-01-14');
    await proofs()[0]!.beat();
    expect(await proofs()[1]!.latest()).toMatchObject({ day: '2027-01-14', ok: true });
  });
});
