import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { signedIn, type Person } from './panel.js';
import { aFailedDelivery } from './webhook-actions.js';

let service: TestApp;
let viewer: Person;
let operator: Person;
beforeAll(async () => {
  service = await startTestApp();
  viewer = await signedIn(service, 'viewer');
  operator = await signedIn(service, 'operator');
});
afterAll(() => service.close());

describe('Webhooks in the panel', () => {
  it('are listed and shown with attempts, status, answer and payload, without secrets', async () => {
    const { endpointId, deliveryId, organizationId } = await aFailedDelivery(service);
    const texts: string[] = [];
    for (const [resource, id, query] of [
      ['webhook-endpoints', endpointId, `filters.organizationId=${organizationId}&filters.status=active`],
      [
        'webhook-deliveries',
        deliveryId,
        `filters.endpointId=${endpointId}&filters.eventType=lease_request.assigned&filters.status=failed`,
      ],
    ]) {
      const listed = await viewer.get(`/resources/${resource}/actions/list?${query}`);
      expect(listed.records!.map((record) => record.id)).toEqual([id]);
      texts.push(listed.text, (await viewer.get(`/resources/${resource}/records/${id}/show`)).text);
    }
    const { record } = await viewer.get(`/resources/webhook-deliveries/records/${deliveryId}/show`);
    expect(record!.params).toMatchObject({
      status: 'failed',
      attempts: 8,
      statusCode: 500,
      error: 'HTTP 500',
      answer: 'out of order',
    });
    expect(record!.params.payload).toContain('"requestId":"spring-17"');
    const { body } = await viewer.get(`/resources/organizations/records/${organizationId}/overview`);
    expect(JSON.stringify(body)).toContain('https://hooks.partner.example/layers');
    expect([...texts, JSON.stringify(body)].join()).not.toMatch(/sealed|SEALED|whsec_/);
  });

  it('are found by the id of the endpoint, the delivery, or the event that the receiver was told', async () => {
    const { endpointId, deliveryId } = await aFailedDelivery(service);
    const [{ eventId }] = await service.dataSource.query(
      'SELECT event_id AS "eventId" FROM webhook_delivery WHERE id = $1',
      [deliveryId],
    );
    const url = 'https://hooks.partner.example/layers';
    const delivery = {
      ...{ resource: 'webhook-deliveries', id: deliveryId, title: `lease_request.assigned to ${url}` },
      about: expect.stringMatching(/Partner.* · failed · 20/),
    };
    const find = async (q: string) => (await viewer.get(`/pages/search?q=${q}`)).body;
    for (const q of [deliveryId, eventId]) {
      expect([q, await find(q)]).toMatchObject([q, { deliveries: [delivery], counts: { deliveries: 1 } }]);
    }
    const endpoint = {
      resource: 'webhook-endpoints',
      id: endpointId,
      title: url,
      about: expect.stringMatching(/active/),
    };
    expect((await find(endpointId)).endpoints).toEqual([endpoint]);
    await service.dataSource.query(`UPDATE webhook_endpoint SET deleted_at = now() WHERE id = $1`, [endpointId]);
    expect((await find(endpointId)).endpoints).toMatchObject([
      { id: endpointId, about: expect.stringMatching(/deleted/) },
    ]);
    expect(await find('evt_01HXZR7K8M2P4RSTVW56789ABC')).toMatchObject({ endpoints: [], deliveries: [] });

    await aFailedDelivery(service);
    for (const filter of [`filters.id=${deliveryId}`, `filters.eventId=${eventId}`]) {
      const { records } = await viewer.get(`/resources/webhook-deliveries/actions/list?${filter}`);
      expect([filter, records!.map(({ id }) => id)]).toEqual([filter, [deliveryId]]);
    }
  });

  it('are sent again, one or those of a time, and the trail says by whom', async () => {
    const { endpointId, deliveryId } = await aFailedDelivery(service);
    const one = await operator.act('webhook-deliveries', deliveryId, 'replay', {});
    expect(one.notice).toEqual({ type: 'success', message: expect.stringMatching(/^Sent again as del_\w+\.$/) });
    const range = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' };
    const many = await operator.act('webhook-endpoints', endpointId, 'replay', range);
    expect(many.notice).toEqual({ type: 'success', message: '1 event is sent again.' });
    const replays = await service.dataSource.query(
      'SELECT replay_of, status FROM webhook_delivery WHERE endpoint_id = $1 AND replay_of IS NOT NULL',
      [endpointId],
    );
    expect(replays).toEqual(Array(2).fill({ replay_of: deliveryId, status: 'pending' }));
    const { records } = await viewer.get(`/resources/webhook-deliveries/actions/list?filters.endpointId=${endpointId}`);
    expect(records!.map(({ params }) => params.replayOf)).toEqual([deliveryId, deliveryId, null]);
    const events = await service.dataSource.query(
      'SELECT type, actor_id, internal FROM audit_event WHERE object_id = $1 ORDER BY id',
      [endpointId],
    );
    const by = { type: 'webhook_endpoint.replayed', actor_id: operator.staffId };
    expect(events).toMatchObject([
      { ...by, internal: { deliveryId } },
      { ...by, internal: { scheduled: 1 } },
    ]);
  });
});
