import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { AlertWatch } from '../../../src/alerts/alert-watch.js';
import { migrate, revertLastMigration } from '../../../src/database/migrate.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { RenewalsService } from '../../../src/renewals/renewals.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { balanceOf, expectCleanBooks, outcomes, setClock } from '../../support/ledger.js';
import { isInstalled } from '../../support/load-balancers.js';
import { aPartner, aStaffMember, anAccount, atOnce, theSystem, type TestPartner } from '../../support/makers.js';
import { startMetrics } from '../../support/metrics.js';
import { startPgbouncer, type Pooler } from '../../support/pgbouncer.js';
import { startReceiver } from '../../support/webhook-receiver.js';
import { anEndpoint, sendDue, someEvents } from '../../support/webhooks.js';

const describeWhere = isInstalled('pgbouncer') ? describe : describe.skip;

describeWhere(
  'Behind a pgbouncer in transaction mode, with PREPARED_STATEMENTS=off (skipped where none is installed)',
  () => {
    const settings = { preparedStatements: false, poolSize: 20, metricsPort: 1 };
    let database: TestDatabase;
    let pooler: Pooler;
    let service: TestApp;
    let partner: TestPartner;
    beforeAll(async () => {
      database = await createTestDatabase();
      pooler = await startPgbouncer(database.url);
      service = await startTestApp(settings, pooler.url);
      partner = await aPartner(service, { tier: 'internal', walletCents: 300_000 });
    });
    afterAll(async () => {
      await service.close();
      await pooler.close();
      await database.drop();
    });

    const submit = (headers: Record<string, string> = {}) =>
      call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
        key: partner.apiKey,
        body: { projectId: partner.projectId, count: 2, niche: { vertical: 'coffee', language: 'en' } },
        headers,
      });

    it('migrates back and forth', async () => {
      const migrated = { databaseUrl: pooler.url, preparedStatements: false };
      const name = await revertLastMigration(migrated);
      expect(await migrate(migrated)).toEqual([name]);
    });

    it('takes more calls at once than there are connections, each with its own answer', async () => {
      const replies = await atOnce(60, (n) =>
        n % 2 === 0 ? submit() : call(service, 'GET', '/v1/wallet', { key: partner.apiKey }),
      );
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202, 200]));
      expect(new Set(replies.flatMap(({ body }) => body.requestId ?? [])).size).toBe(30);
      const headers = { 'idempotency-key': randomUUID() };
      const repeated = await atOnce(8, () => submit(headers));
      expect(new Set(repeated.map(({ text }) => text)).size).toBe(1);
      const wrong = await call(service, 'GET', '/v1/leased-accounts/requests?limit=0', { key: partner.apiKey });
      expect(wrong.status).toBe(422);
    });

    it('charges once in a race, renews, verifies, sends and releases', async () => {
      const account = await anAccount(service);
      const [{ id: leaseRequestId }] = await service.dataSource.query('SELECT id FROM lease_request LIMIT 1');
      const staff = await aStaffMember(service, 'operator');
      const fulfillment = service.app.get(FulfillmentService, { strict: false });
      const command = { leaseRequestId, socialAccountId: account.id };
      await outcomes(Array.from({ length: 12 }, () => fulfillment.assign(staff, command)));
      expect(await balanceOf(service, partner.organizationId)).toBe(285_000);
      setClock(service, new Date(Date.now() + 32 * 86_400_000));
      await service.app.get(RenewalsService, { strict: false }).run(theSystem());
      expect(await balanceOf(service, partner.organizationId)).toBe(270_000);
      expect(await service.app.get(LedgerVerificationJob, { strict: false }).verifyWhenDue()).toBe(true);

      const receiver = await startReceiver();
      await anEndpoint(service, partner, { url: receiver.url });
      await someEvents(service, partner, 3);
      await sendDue(service);
      expect(receiver.calls).toHaveLength(3);
      await receiver.close();
      const events = await call(service, 'GET', '/v1/events', { key: partner.apiKey });
      expect(events.body.items.length).toBeGreaterThan(3);
      const released = await call(service, 'DELETE', `/v1/leased-accounts/${account.id}`, { key: partner.apiKey });
      expect(released.status).toBe(200);
      await expectCleanBooks(service);
    });

    it('is watched and ready', async () => {
      const metrics = await startMetrics(service);
      expect(await metrics.read('lease_console_database_up')).toBe(1);
      await metrics.close();
      await service.app.get(AlertWatch, { strict: false }).watch();
      expect((await call(service, 'GET', '/readyz')).status).toBe(200);
    });
  },
);
