import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { TurnaroundService } from '../../../src/account-pool/turnaround.service.js';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { isServerGone, withServices } from '../../../src/cli/operator-session.js';
import { Clock } from '../../../src/core/clock.js';
import { ClockSync } from '../../../src/core/clock-sync.js';
import { Unavailable } from '../../../src/core/errors.js';
import { queryRows, sql } from '../../../src/core/sql.js';
import { Transactions } from '../../../src/core/transactions.js';
import { RenewalWorker } from '../../../src/renewals/renewal-worker.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { everything, expectCleanBooks, resetClock } from '../../support/ledger.js';
import { anAccount, aPartner, theSystem, topUp, type TestPartner } from '../../support/makers.js';
import { until } from '../../support/until.js';
import { createShiftedDatabase, type ShiftedDatabase } from '../../support/shifted-clock.js';
import { aLessee, monthsCharged } from '../renewals/leases.js';

const DAY_MS = 86_400_000;

let database: ShiftedDatabase;
let service: TestApp;
let clock: Clock;
let sync: ClockSync;
beforeAll(async () => {
  database = await createShiftedDatabase();
});
afterAll(() => database.drop());

/** A service that starts while the database's clock is ahead of the machine's by so much. */
async function start(aheadMs: number, overrides = {}): Promise<void> {
  await database.shift(aheadMs);
  service = await startTestApp(overrides, database.url);
  clock = service.app.get(Clock, { strict: false });
  sync = service.app.get(ClockSync, { strict: false });
}

/** The database's clock is set while the service runs. */
async function jump(aheadMs: number): Promise<void> {
  await database.shift(aheadMs);
  await sync.sync();
}

const aheadOfMachine = () => clock.now().getTime() - Date.now();
const readiness = async () => {
  const { status, body } = await call(service, 'GET', '/readyz');
  return { status, message: body.error?.message as string | undefined };
};

describe('business time', () => {
  it.each([
    ['behind', 32, 'Not ready: this machine’s clock is 32 days behind the database’s.'],
    ['ahead of', -32, 'Not ready: this machine’s clock is 32 days ahead of the database’s.'],
  ])('is the database’s, and a machine %s it is not ready', async (_which, aheadDays, message) => {
    await start(aheadDays * DAY_MS);
    try {
      expect(Math.abs(aheadOfMachine() - aheadDays * DAY_MS)).toBeLessThan(500);
      expect(await readiness()).toEqual({ status: 503, message });
      const partner = await aPartner(service);
      const [{ bookedAt, now }] = await service.dataSource.query(
        `SELECT booked_at AS "bookedAt", clock_timestamp() AS now FROM ledger_transfer WHERE organization_id = $1`,
        [partner.organizationId],
      );
      expect(now.getTime() - bookedAt.getTime()).toBeLessThan(10_000);
      expect(now.getTime() - bookedAt.getTime()).toBeGreaterThan(-500);
      await expectCleanBooks(service);

      await jump(0);
      expect((await readiness()).status).toBe(503);
    } finally {
      await service.close();
    }
  });

  it('follows small steps of the database’s clock, is ready, and warns of more than two seconds once', async () => {
    await start(0);
    const warnings: string[] = [];
    Reflect.set(Reflect.get(sync, 'logger'), 'warn', (line: string) => warnings.push(line));
    try {
      await jump(1_000);
      await jump(0);
      expect(warnings).toEqual([]);
      await jump(3_000);
      await jump(3_000);
      expect(warnings).toEqual([expect.stringMatching(/clock (jumped|is) 3 seconds (ahead|behind)/)]);
      await jump(0);
      await jump(0);
      expect(warnings).toHaveLength(2);
      expect(warnings[1]).toBe('The clocks agree again');
      for (const aheadMs of [3_000, 9_000, 2_500, -1_000]) {
        await jump(aheadMs);
        expect(Math.abs(aheadOfMachine() - aheadMs)).toBeLessThan(500);
        expect(await readiness()).toEqual({ status: 200, message: undefined });
      }
    } finally {
      await service.close();
    }
  });

  it('does not follow a large one until the process is started again', async () => {
    await start(0);
    try {
      await jump(-3_600_000);
      const jumpedBack = /^Not ready: the database’s clock jumped 60 minutes back; .*restart this process/;
      expect(await readiness()).toEqual({ status: 503, message: expect.stringMatching(jumpedBack) });
      await jump(32 * DAY_MS);
      const jumpedAhead = /^Not ready: the database’s clock jumped 32 days ahead;/;
      expect(await readiness()).toEqual({ status: 503, message: expect.stringMatching(jumpedAhead) });
      expect(Math.abs(aheadOfMachine())).toBeLessThan(500);
      await jump(0);
      expect(await readiness()).toEqual({ status: 200, message: undefined });
    } finally {
      await service.close();
    }
  });

  it('goes on while the machine’s wall clock jumps, and asks the database by itself', async () => {
    await start(0, { demo: true });
    const { now } = Date;
    try {
      Date.now = () => now() + 40 * DAY_MS;
      expect(Math.abs(clock.now().getTime() - now())).toBeLessThan(500);
      await until('the jump is noticed', () => clock.fault !== null);
      Date.now = now;
      await until('it is over', () => clock.fault === null);
    } finally {
      Date.now = now;
      await service.close();
    }
  });
});

describe('while the database’s clock has jumped back and is not followed', () => {
  const idempotencyKey = randomUUID();
  let partner: TestPartner;
  beforeAll(async () => {
    await start(0);
    partner = await aPartner(service);
  });
  afterAll(() => service.close());
  beforeEach(() => jump(0));

  const submit = () =>
    call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
      key: partner.apiKey,
      body: { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } },
      headers: { 'idempotency-key': idempotencyKey },
    });
  const refusal = {
    code: 'UNAVAILABLE',
    cause: new Error('the database’s clock jumped 60 minutes back; set it right, or restart this process to follow it'),
  };

  it('every change is refused with 503 and its cause, and reading goes on', async () => {
    const before = await everything(service);
    await jump(-3_600_000);
    await expect(topUp(service, partner.organizationId, 100)).rejects.toMatchObject(refusal);
    const refused = await submit();
    expect([refused.status, refused.body.error.code]).toEqual([503, 'UNAVAILABLE']);
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    const key = partner.apiKey;
    expect((await call(service, 'GET', '/v1/leased-accounts/requests', { key })).status).toBe(200);
    const wallets = service.app.get(WalletsService, { strict: false });
    expect(await wallets.show(partner.organizationId)).toMatchObject({ balanceCents: 100_000 });
    expect(await everything(service)).toBe(before);

    await jump(0);
    expect((await submit()).status).toBe(202);
  });

  it('a change in flight is rolled back', async () => {
    const before = await everything(service);
    const change = service.app.get(Transactions, { strict: false }).run(async (em) => {
      await queryRows(em, sql`UPDATE organization SET name = 'Changed' WHERE id = ${partner.organizationId}`);
      await jump(-3_600_000);
    });
    await expect(change).rejects.toMatchObject(refusal);
    expect(await everything(service)).toBe(before);
  });

  it('nothing is booked before the jump is noticed', async () => {
    const before = await everything(service);
    await database.shift(-3_600_000);
    await expect(topUp(service, partner.organizationId, 100)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await everything(service)).toBe(before);
    await expectCleanBooks(service);
  });

  it('a command that runs is refused too', async () => {
    const command = withServices(
      service.settings,
      () => undefined,
      async (services) => {
        await database.shift(-3_600_000);
        await services(ClockSync).sync();
        await services(WalletsService).topUp(theSystem(), {
          organizationId: partner.organizationId,
          amountCents: 100,
          reference: 'by a command',
        });
      },
    );
    await expect(command).rejects.toMatchObject(refusal);
    // On an embedded database, a new process would follow the jump.
    expect(isServerGone(await command.catch((error: unknown) => error))).toBe(false);
    expect(isServerGone(new Unavailable())).toBe(true);
  });
});

interface Job {
  name: string;
  run(): Promise<unknown>;
}

/** Every method that an `@Interval` calls. */
function listJobs(): Job[] {
  const providers = [...service.app.get(ModulesContainer).values()].flatMap((module) => [...module.providers.values()]);
  const instances = new Set(providers.map(({ instance }) => instance as Record<string, () => Promise<unknown>> | null));
  return [...instances].flatMap((instance) => {
    if (typeof instance !== 'object' || instance === null) return [];
    const prototype = Object.getPrototypeOf(instance) ?? {};
    const names = Object.getOwnPropertyNames(prototype).filter((name) => {
      const method = Object.getOwnPropertyDescriptor(prototype, name)?.value;
      return typeof method === 'function' && Reflect.hasMetadata('SCHEDULE_INTERVAL_OPTIONS', method);
    });
    return names.map((name) => ({
      name: `${prototype.constructor.name}.${name}`,
      run: async () => instance[name]!(),
    }));
  });
}

describe('background jobs', () => {
  beforeAll(() => start(0));
  afterAll(() => service.close());
  beforeEach(() => jump(0));

  it('stand still while the clocks differ too much, and go on afterwards', async () => {
    const at = new Date(Date.now() - 40 * DAY_MS).toISOString();
    const { partner, leaseIds } = await aLessee(service, 15_000, at);
    resetClock(service);
    const account = await anAccount(service);
    await service.dataSource.query(
      `UPDATE social_account SET status = 'resetting', resetting_until = now() - interval '1 second' WHERE id = $1`,
      [account.id],
    );
    const jobs = listJobs();
    const acting = [RenewalWorker, LedgerVerificationJob, TurnaroundService].map(({ name }) => name);
    expect(jobs.map(({ name }) => name.split('.')[0])).toEqual(expect.arrayContaining(acting));

    await jump(32 * DAY_MS);
    const before = await everything(service);
    for (const job of jobs) await job.run();
    expect(await everything(service)).toBe(before);

    await jump(0);
    const { now } = Date;
    Date.now = () => now() + 40 * DAY_MS;
    await sync.sync();
    Date.now = now;
    await topUp(service, partner.organizationId, 100);
    expect(await monthsCharged(service, leaseIds[0]!)).toHaveLength(1);

    await sync.sync();
    for (const job of jobs) await job.run();
    await until('the month is charged', async () => (await monthsCharged(service, leaseIds[0]!)).length === 2);
    const [{ status }] = await service.dataSource.query('SELECT status FROM social_account WHERE id = $1', [
      account.id,
    ]);
    expect(status).toBe('available');
    expect(await service.app.get(LedgerVerificationJob, { strict: false }).latest()).toMatchObject({ faults: 0 });
  });
});
