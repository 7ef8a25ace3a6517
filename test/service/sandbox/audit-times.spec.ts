import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RejectionAudit } from '../../../src/partner-api/rejection-audit.js';
import { OrganizationsService } from '../../../src/partners/organizations.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner, theSystem, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { answers, startReceiver } from '../../support/webhook-receiver.js';
import { anEndpoint, endpointOf, sendDue, someEvents } from '../../support/webhooks.js';

let service: TestApp;
let sandbox: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  sandbox = await aSandbox(service, await aPartner(service));
  await service.dataSource.query('UPDATE organization SET clock_ahead_ms = 3456000000 WHERE id = $1', [
    sandbox.organizationId,
  ]);
});
afterAll(() => service.close());

const timesOf = (type: string, objectId: string) =>
  service.dataSource.query(
    `SELECT occurred_at > now() + interval '39 days' AS ahead FROM audit_event WHERE type = $1 AND object_id = $2`,
    [type, objectId],
  );

it('A refused key of a sandbox is audited at the sandbox’s time', async () => {
  const refused = await call(service, 'POST', `/v1/api-keys/key_0b7e3c1a-52c4-4f1c-8a57-1f2ab7c0d9e3/kill`, {
    key: sandbox.apiKey,
  });
  expect(refused.status).toBe(403);
  await service.app.get(RejectionAudit, { strict: false }).idle();
  expect(await timesOf('auth.scope_denied', sandbox.apiKeyId)).toEqual([{ ahead: true }]);
});

it('A sandbox that staff change is audited at its time', async () => {
  const { organizationId } = sandbox;
  await service.app
    .get(OrganizationsService, { strict: false })
    .update(theSystem(), { organizationId, name: 'Renamed (sandbox)' });
  expect(await timesOf('organization.updated', organizationId)).toEqual([{ ahead: true }]);
});

it('An endpoint of a sandbox has real times, and is audited at the sandbox’s', async () => {
  const receiver = await startReceiver();
  try {
    receiver.behave = answers(410);
    const endpoint = await anEndpoint(service, sandbox, { url: receiver.url });
    await someEvents(service, sandbox, 1);
    await sendDue(service);
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'auto_paused' });
    expect(await timesOf('webhook_endpoint.created', endpoint.id)).toEqual([{ ahead: true }]);
    expect(await timesOf('webhook_endpoint.updated', endpoint.id)).toEqual([{ ahead: true }]);
    const [row] = await service.dataSource.query(
      `SELECT created_at < now() + interval '1 day' AND updated_at < now() + interval '1 day' AS real
         FROM webhook_endpoint WHERE id = $1`,
      [endpoint.id],
    );
    expect(row).toEqual({ real: true });
  } finally {
    await receiver.close();
  }
});
