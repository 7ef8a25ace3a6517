import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressGuard } from '../../../src/webhooks/address-guard.js';
import { endLeftovers } from '../../../src/webhooks/delivery-queue.js';
import { TestPings } from '../../../src/webhooks/test-pings.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { answers, isSigned, startReceiver, takesAll, type WebhookReceiver } from '../../support/webhook-receiver.js';
import {
  anEndpoint,
  deliveriesOf,
  endpointOf,
  sendDue,
  skipWaits,
  someEvents,
  type TestEndpoint,
} from '../../support/webhooks.js';

let service: TestApp;
let partner: TestPartner;
let receiver: WebhookReceiver;
let endpoint: TestEndpoint;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());
beforeEach(async () => {
  partner = await aPartner(service, { tier: 'internal' });
  receiver = await startReceiver();
  endpoint = await anEndpoint(service, partner, { url: receiver.url });
});
afterEach(() => receiver.close());

const only = async () => (await deliveriesOf(service, endpoint))[0]!;
const pathOf = () => `/v1/webhook-endpoints/${endpoint.id}`;
const patch = (body: object) => call(service, 'PATCH', pathOf(), { key: partner.apiKey, body });

describe('An endpoint that fails', () => {
  const fail = async (times: number) => {
    receiver.behave = answers(500);
    await someEvents(service, partner, times);
    await sendDue(service);
  };

  it('is paused after 20 failures in a row; the others are told, what is pending is abandoned', async () => {
    const told = await startReceiver();
    const watching = await anEndpoint(service, partner, { url: told.url, events: ['webhook_endpoint.auto_paused'] });
    await patch({ events: ['lease_request.assigned', 'webhook_endpoint.auto_paused'] });
    await fail(19);
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'active', consecutive_failure_count: 19 });
    await fail(3);
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'auto_paused', consecutive_failure_count: 20 });
    const statuses = (await deliveriesOf(service, endpoint)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['abandoned']));
    expect(receiver.calls).toHaveLength(20);

    await service.app.get(EventSequencer, { strict: false }).sequenceAll();
    await sendDue(service);
    expect(told.calls.map(({ body }) => [body.type, body.data.id, body.data.status])).toEqual([
      ['webhook_endpoint.auto_paused', endpoint.id, 'auto_paused'],
    ]);
    expect(isSigned(told.calls[0]!, watching.signingSecret)).toBe(true);
    const audited = await service.dataSource.query(
      `SELECT actor_kind, data FROM audit_event WHERE object_id = $1 AND actor_kind = 'system'`,
      [endpoint.id],
    );
    expect(audited).toEqual([{ actor_kind: 'system', data: { endpointId: endpoint.id, status: 'auto_paused' } }]);
    await someEvents(service, partner, 2);
    await sendDue(service);
    expect(receiver.calls).toHaveLength(20);
    expect((await deliveriesOf(service, endpoint)).slice(-2).map(({ status }) => status)).toEqual([
      'abandoned',
      'abandoned',
    ]);
    await told.close();
  });

  it.each([
    { code: 'ETIMEOUT', syscall: 'queryA' },
    { code: 'ESERVFAIL', syscall: 'queryA' },
    { code: 'ECONNREFUSED', syscall: 'queryA' },
  ])('is not paused while our name servers fail ($code), but tried again', async (failure) => {
    await service.dataSource.query(
      `UPDATE webhook_endpoint SET url = 'https://name.example/', consecutive_failure_count = 19 WHERE id = $1`,
      [endpoint.id],
    );
    const guard = service.app.get(AddressGuard, { strict: false });
    const { resolve } = guard;
    guard.resolve = () => Promise.reject(Object.assign(new Error('no answer'), failure));
    await someEvents(service, partner);
    await sendDue(service);
    guard.resolve = resolve;
    expect(await only()).toMatchObject({
      status: 'pending',
      attempts: 1,
      error: expect.stringContaining('name server'),
    });
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'active', consecutive_failure_count: 19 });
  });

  it('is paused by a 410 at once', async () => {
    receiver.behave = answers(410);
    await someEvents(service, partner);
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'failed', attempts: 1 });
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'auto_paused' });
  });

  it('is tried once an hour, and resumes by itself', async () => {
    receiver.behave = answers(410);
    await someEvents(service, partner);
    await sendDue(service);
    const pings = service.app.get(TestPings, { strict: false });
    const anHourLater = () =>
      service.dataSource.query(
        `UPDATE webhook_endpoint SET next_probe_at = next_probe_at - interval '1 hour' WHERE id = $1`,
        [endpoint.id],
      );
    const probe = async () => {
      await pings.probe();
      await sendDue(service);
    };
    await probe();
    expect(receiver.calls).toHaveLength(1);
    await anHourLater();
    receiver.behave = answers(500);
    await probe();
    await probe();
    expect(receiver.calls).toHaveLength(2);
    expect((await deliveriesOf(service, endpoint))[1]).toMatchObject({ status: 'failed', attempts: 1 });
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'auto_paused' });
    await anHourLater();
    receiver.behave = takesAll;
    await probe();
    expect(receiver.calls[2]!.body).toMatchObject({ type: 'test.ping', data: { endpointId: endpoint.id } });
    expect(await endpointOf(service, endpoint)).toMatchObject({
      status: 'active',
      consecutive_failure_count: 0,
      next_probe_at: null,
    });
    await someEvents(service, partner);
    await sendDue(service);
    expect(receiver.calls).toHaveLength(4);
  });
});

describe('A pause', () => {
  it('abandons what is pending, gathers what comes, and sends neither when it ends', async () => {
    receiver.behave = answers(500);
    await someEvents(service, partner);
    await sendDue(service);
    expect((await patch({ status: 'paused' })).body).toMatchObject({ status: 'paused' });
    await someEvents(service, partner);
    await skipWaits(service, endpoint);
    await sendDue(service);
    expect((await deliveriesOf(service, endpoint)).map(({ status }) => status)).toEqual(['abandoned', 'abandoned']);
    receiver.behave = takesAll;
    expect((await patch({ status: 'active' })).body).toMatchObject({ status: 'active', consecutiveFailureCount: 0 });
    await sendDue(service);
    expect(receiver.calls).toHaveLength(1);
  });

  it('that comes between an event and its delivery leaves nothing pending', async () => {
    await someEvents(service, partner);
    await service.dataSource.query(`UPDATE webhook_endpoint SET status = 'paused' WHERE id = $1`, [endpoint.id]);
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'pending' });
    await endLeftovers(service.dataSource.manager);
    expect(await only()).toMatchObject({ status: 'abandoned' });
    expect(receiver.calls).toHaveLength(0);
  });

  it('of the organization lets its webhooks wait', async () => {
    const suspend = (at: string | null) =>
      service.dataSource.query('UPDATE organization SET suspended_at = $2 WHERE id = $1', [partner.organizationId, at]);
    await suspend('2026-01-01');
    await someEvents(service, partner);
    await sendDue(service);
    await endLeftovers(service.dataSource.manager);
    expect([await only(), receiver.calls.length]).toMatchObject([{ status: 'pending', attempts: 0 }, 0]);
    await suspend(null);
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'delivered' });
  });

  it('by deleting it ends everything', async () => {
    receiver.behave = answers(500);
    await someEvents(service, partner);
    await sendDue(service);
    const gone = await call(service, 'DELETE', pathOf(), { key: partner.apiKey });
    expect(gone.body).toEqual({ id: endpoint.id, deleted: true });
    await someEvents(service, partner);
    await skipWaits(service, endpoint);
    await sendDue(service);
    expect((await deliveriesOf(service, endpoint)).map(({ status }) => status)).toEqual(['abandoned']);
    expect(receiver.calls).toHaveLength(1);
  });
});
