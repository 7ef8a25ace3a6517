import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { Clock } from '../../../src/core/clock.js';
import { readOperatingFigures } from '../../../src/metrics/operating-figures.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aRequest, aRequestThatFits, aStaffMember } from '../../support/makers.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { aSandbox } from '../../support/sandboxes.js';
import { anEndpoint, someEvents } from '../../support/webhooks.js';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const read = () => readOperatingFigures(service.dataSource.manager, service.app.get(Clock, { strict: false }).now());
const change = (statement: string, values: unknown[] = []) => service.dataSource.query(statement, values);

it('reads what is open, due, late and paused, without the sandboxes of partners', async () => {
  expect(await read()).toEqual({
    openRequests: 0,
    overdueRequests: 0,
    oldestOpenRequestSeconds: 0,
    renewalsDue: 0,
    oldestRenewalDueSeconds: 0,
    leasesPastDue: 0,
    webhookLagSeconds: 0,
    eventLagSeconds: 0,
    autoPausedEndpoints: 0,
    ledgerVerificationAgeSeconds: null,
    ledgerErrors: 0,
  });

  const { partner, request, account } = await aRequestThatFits(service, { count: 1 });
  const operator = await aStaffMember(service, 'operator');
  const fulfillment = service.app.get(FulfillmentService, { strict: false });
  await fulfillment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
  const [{ leaseId }] = await change('SELECT id AS "leaseId" FROM lease');
  const late = await aRequest(service, partner);
  await change(
    "UPDATE lease_request SET submitted_at = now() - interval '3 days', due_at = now() - interval '1 day' WHERE id = $1",
    [late.id],
  );
  await aRequest(service, partner);
  const paused = await aRequest(service, partner);
  await change("UPDATE lease_request SET due_at = now() - interval '1 day', paused_at = now() WHERE id = $1", [
    paused.id,
  ]);
  expect(await read()).toMatchObject({ openRequests: 3, overdueRequests: 1, leasesPastDue: 0, renewalsDue: 0 });
  // Columns keep milliseconds, so that a time may be rounded up.
  expect((await read()).oldestOpenRequestSeconds).toBeGreaterThan(3 * 86_400 - 1);

  await change("UPDATE lease SET next_renewal_at = now() - interval '2 hours' WHERE id = $1", [leaseId]);
  expect(await read()).toMatchObject({ renewalsDue: 1, leasesPastDue: 0 });
  expect((await read()).oldestRenewalDueSeconds).toBeGreaterThan(7_199);
  await change(
    "UPDATE lease SET status = 'past_due', past_due_since = now(), retry_at = now() + interval '1 day' WHERE id = $1",
    [leaseId],
  );
  expect(await read()).toMatchObject({ renewalsDue: 0, leasesPastDue: 1 });

  const endpoint = await anEndpoint(service, partner, { url: 'http://127.0.0.1:9999' });
  await change('UPDATE event SET sequence = nextval($1::regclass) WHERE sequence IS NULL', ['event_sequence']);
  await someEvents(service, partner);
  await change("UPDATE webhook_delivery SET next_attempt_at = now() - interval '1 hour' WHERE endpoint_id = $1", [
    endpoint.id,
  ]);
  expect((await read()).webhookLagSeconds).toBeGreaterThan(3_599);
  await change(
    "UPDATE event SET sequence = NULL, recorded_at = now() - interval '10 minutes' WHERE id = (SELECT min(id) FROM event)",
  );
  expect((await read()).eventLagSeconds).toBeGreaterThan(599);
  await change(
    "UPDATE webhook_endpoint SET status = 'auto_paused', auto_paused_at = now(), next_probe_at = now() WHERE id = $1",
    [endpoint.id],
  );
  expect(await read()).toMatchObject({ webhookLagSeconds: 0, autoPausedEndpoints: 1 });

  await service.app.get(LedgerVerificationJob, { strict: false }).verifyWhenDue();
  expect((await read()).ledgerVerificationAgeSeconds).toBeLessThan(600);

  const { openRequests, overdueRequests, autoPausedEndpoints } = await read();
  const sandbox = await aSandbox(service, partner);
  const theirs = await aRequest(service, sandbox);
  await change("UPDATE lease_request SET due_at = now() - interval '1 day' WHERE id = $1", [theirs.id]);
  const ofSandbox = await anEndpoint(service, sandbox, { url: 'http://127.0.0.1:9999' });
  await change(
    "UPDATE webhook_endpoint SET status = 'auto_paused', auto_paused_at = now(), next_probe_at = now() WHERE id = $1",
    [ofSandbox.id],
  );
  expect(await read()).toMatchObject({ openRequests, overdueRequests, autoPausedEndpoints });
});
