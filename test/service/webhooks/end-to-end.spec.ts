import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aRequestThatFits, theSystem } from '../../support/makers.js';
import { until } from '../../support/until.js';
import { hangs, isSigned, startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { anEndpoint } from '../../support/webhooks.js';

let service: TestApp;
let receiver: WebhookReceiver;
let hanging: WebhookReceiver;
beforeAll(async () => {
  [receiver, hanging] = await Promise.all([startReceiver(), startReceiver(hangs)]);
  service = await startTestApp({ workers: true, webhookAllowLocal: true });
});
afterAll(async () => {
  await service.close();
  await Promise.all([receiver.close(), hanging.close()]);
});

it('a signed lease_request.assigned comes by itself once a request is closed, while another endpoint hangs', async () => {
  const { partner, request, account } = await aRequestThatFits(service, { count: 1, walletCents: 90_000 });
  const stuck = await anEndpoint(service, partner, { url: hanging.url });
  const endpoint = await anEndpoint(service, partner, { url: receiver.url });
  const test = await call(service, 'POST', `/v1/webhook-endpoints/${stuck.id}/test`, { key: partner.apiKey });
  expect(test.status).toBe(200);
  await until('the call that hangs', () => hanging.calls.length === 1);
  const fulfillment = service.app.get(FulfillmentService, { strict: false });
  await fulfillment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
  await until('the event', () => receiver.calls.length === 1);
  const [told] = receiver.calls;
  expect(isSigned(told!, endpoint.signingSecret)).toBe(true);
  expect(isSigned(told!, stuck.signingSecret)).toBe(false);
  expect(told!.headers['x-layers-event-id']).toBe(told!.body.id);
  const read = await call(
    service,
    'GET',
    `/v1/projects/${partner.projectId}/leased-accounts/requests/${request.requestId}`,
    { key: partner.apiKey },
  );
  expect(told!.body).toMatchObject({ type: 'lease_request.assigned', apiVersion: 'v1', data: read.body });
  expect(told!.body.data).toMatchObject({ organizationId: partner.organizationId, version: expect.any(Number) });
});
