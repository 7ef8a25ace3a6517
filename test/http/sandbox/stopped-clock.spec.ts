import { expect, it } from '@jest/globals';
import { SandboxClock } from '../../../src/sandbox/sandbox-clock.service.js';
import { SandboxWorker } from '../../../src/sandbox/sandbox-worker.js';
import { startTestApp } from '../../support/app.js';
import { call, expectEnvelope } from '../../support/calls.js';
import { expectCleanBooks } from '../../support/ledger.js';
import { aPartner, aRequest } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { until } from '../../support/until.js';

const DAY_MS = 86_400_000;

it('A move of a sandbox’s clock ends between two steps when its process stops, and the same call to another one goes on', async () => {
  const service = await startTestApp();
  const sandbox = await aSandbox(service, await aPartner(service));
  const query = (text: string) => service.dataSource.query(text, [sandbox.organizationId]);
  await aRequest(service, sandbox, { count: 2 });
  await service.app.get(SandboxWorker, { strict: false }).run();
  const to = new Date(Date.now() + 100 * DAY_MS);
  const move = () =>
    call(service, 'POST', '/v1/sandbox/clock', { key: sandbox.apiKey, body: { to: to.toISOString() } });

  // A lease that others have locked is waited for, so that the move is under way until it is stopped.
  const other = service.dataSource.createQueryRunner();
  await other.startTransaction();
  await other.query('SELECT FROM lease WHERE organization_id = $1 FOR UPDATE', [sandbox.organizationId]);
  const stopped = move();
  await until('the first renewal', async () => {
    const [{ aheadMs }] = await query('SELECT clock_ahead_ms AS "aheadMs" FROM organization WHERE id = $1');
    return aheadMs > DAY_MS;
  });
  await service.app.get(SandboxClock, { strict: false }).stop();
  expect(await query('SELECT claim FROM sandbox_claim WHERE organization_id = $1')).toEqual([]);
  expectEnvelope(await stopped, 503, 'UNAVAILABLE');
  await other.rollbackTransaction();
  await other.release();
  expectEnvelope(await move(), 503, 'UNAVAILABLE');

  // The one that was started last authenticates the calls of both.
  const next = await startTestApp({}, service.settings.databaseUrl);
  const moved = await call(next, 'POST', '/v1/sandbox/clock', {
    key: sandbox.apiKey,
    body: { to: to.toISOString() },
  });
  expect(moved.status).toBe(200);
  const renewals = await query("SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'lease_renewal'");
  expect(renewals).toHaveLength(6);
  await expectCleanBooks(next);
  await next.close();
  await service.close();
});
