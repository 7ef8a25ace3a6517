import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startLoggedApp, type LogLine, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { answers, isSigned, startReceiver, takesAll, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { anEndpoint, deliveriesOf, sendDue, someEvents, type TestEndpoint } from '../../support/webhooks.js';

let service: TestApp & { log: LogLine[] };
let partner: TestPartner;
let receiver: WebhookReceiver;
let endpoint: TestEndpoint;
beforeAll(async () => {
  service = await startLoggedApp({ logLevel: 'trace' });
});
afterAll(() => service.close());
beforeEach(async () => {
  partner = await aPartner(service, { tier: 'internal' });
  receiver = await startReceiver();
  endpoint = await anEndpoint(service, partner, { url: receiver.url });
});
afterEach(() => receiver.close());

const pathOf = (rest = '') => `/v1/webhook-endpoints/${endpoint.id}${rest}`;
const send = (method: string, path: string, options: Parameters<typeof call>[3] = {}) =>
  call(service, method, path, { key: partner.apiKey, ...options });
const everything = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' };

describe('A test', () => {
  it('sends a ping that verifies to this endpoint alone', async () => {
    await anEndpoint(service, partner, { url: `${receiver.url}/other`, events: ['test.ping'] });
    const tested = await send('POST', pathOf('/test'));
    expect([tested.status, tested.body]).toEqual([
      200,
      {
        eventId: expect.stringMatching(/^evt_/),
        deliveryId: expect.stringMatching(/^del_/),
        scheduledAt: expect.stringMatching(/Z$/),
      },
    ]);
    await sendDue(service);
    expect(receiver.calls).toHaveLength(1);
    expect(receiver.calls[0]!.body).toMatchObject({
      id: tested.body.eventId,
      type: 'test.ping',
      data: { endpointId: endpoint.id },
    });
    expect(isSigned(receiver.calls[0]!, endpoint.signingSecret)).toBe(true);
    expect(
      (await send('GET', '/v1/events')).status === 200 ? (await send('GET', '/v1/events')).body.items : [],
    ).toEqual([]);
  });

  it('goes to a paused endpoint too, once, and wakes one that was paused for its failures', async () => {
    await send('PATCH', pathOf(), { body: { status: 'paused' } });
    receiver.behave = answers(500);
    await send('POST', pathOf('/test'));
    await sendDue(service);
    expect(await deliveriesOf(service, endpoint)).toMatchObject([{ status: 'failed', attempts: 1 }]);
    receiver.behave = takesAll;
    await send('POST', pathOf('/test'));
    await sendDue(service);
    expect((await send('GET', pathOf())).body).toMatchObject({
      status: 'paused',
      consecutiveFailureCount: 0,
      lastSuccessAt: expect.any(String),
    });

    await send('PATCH', pathOf(), { body: { status: 'active' } });
    receiver.behave = answers(410);
    await send('POST', pathOf('/test'));
    await sendDue(service);
    expect((await send('GET', pathOf())).body).toMatchObject({
      status: 'auto_paused',
      lastFailureAt: expect.any(String),
    });
    receiver.behave = takesAll;
    await send('POST', pathOf('/test'));
    await sendDue(service);
    expect((await send('GET', pathOf())).body).toMatchObject({ status: 'active' });
  });

  it('is one however often it is repeated with one key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const [first, again] = [
      await send('POST', pathOf('/test'), { headers }),
      await send('POST', pathOf('/test'), { headers }),
    ];
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    await sendDue(service);
    expect(receiver.calls).toHaveLength(1);
  });
});

describe('The deliveries of an endpoint', () => {
  it('are listed newest first with their outcomes, by type, by status and page by page', async () => {
    receiver.behave = (response, { body }) =>
      (body.type === 'test.ping' ? answers(500) : takesAll)(response, {} as never);
    const ids = await someEvents(service, partner, 5);
    await sendDue(service);
    const { body: tested } = await send('POST', pathOf('/test'));
    await sendDue(service);
    const whole = await send('GET', pathOf('/deliveries'));
    expect(whole.status).toBe(200);
    expect(whole.body.items.map(({ eventId }: { eventId: string }) => eventId)).toEqual([
      tested.eventId,
      ...ids.reverse(),
    ]);
    expect(whole.body.items[0]).toEqual({
      id: tested.deliveryId,
      endpointId: endpoint.id,
      eventId: tested.eventId,
      eventType: 'test.ping',
      status: 'pending',
      attempts: 1,
      scheduledAt: expect.any(String),
      nextAttemptAt: expect.any(String),
      lastAttemptAt: expect.any(String),
      deliveredAt: null,
      responseStatus: 500,
      responseBody: 'status 500',
      durationMs: expect.any(Number),
      error: 'HTTP 500',
      replayOf: null,
    });
    expect(whole.body.items[1]).toMatchObject({
      status: 'delivered',
      error: null,
      deliveredAt: expect.any(String),
      nextAttemptAt: null,
    });
    const walked: object[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await send('GET', pathOf(`/deliveries?limit=2${cursor && `&cursor=${cursor}`}`));
      walked.push(...body.items);
      cursor = body.nextCursor;
    }
    expect(walked).toEqual(whole.body.items);
    for (const [query, count] of [
      ['eventType=test.ping', 1],
      ['status=delivered', 5],
      ['status=failed', 0],
      ['eventType=test.ping&status=delivered', 0],
    ]) {
      expect((await send('GET', pathOf(`/deliveries?${query}`))).body.items).toHaveLength(Number(count));
    }
    for (const query of ['eventType=x', 'status=x', 'limit=101', 'limit=0', 'cursor=x', 'colour=red']) {
      expectEnvelope(await send('GET', pathOf(`/deliveries?${query}`)), 422, 'VALIDATION');
    }
    const { nextCursor } = (await send('GET', pathOf('/deliveries?limit=2'))).body;
    expectEnvelope(await send('GET', pathOf(`/deliveries?status=failed&cursor=${nextCursor}`)), 422, 'VALIDATION');
  });
});

describe('A replay', () => {
  it('of one delivery is a new event that names it', async () => {
    const [eventId] = await someEvents(service, partner);
    await sendDue(service);
    const [original] = await deliveriesOf(service, endpoint);
    const replayed = await send('POST', `/v1/webhook-deliveries/${original!.id}/replay`);
    expect([replayed.status, replayed.body]).toEqual([
      200,
      {
        originalDeliveryId: original!.id,
        replayDeliveryId: expect.stringMatching(/^del_/),
        scheduledAt: expect.any(String),
      },
    ]);
    await sendDue(service);
    const [first, second] = receiver.calls;
    expect(second!.body).toEqual({
      ...first!.body,
      id: expect.stringMatching(/^evt_/),
      createdAt: expect.any(String),
      replayOf: original!.id,
    });
    expect(second!.body.id).not.toBe(eventId);
    expect(second!.headers['x-layers-event-id']).toBe(second!.body.id);
    expect(isSigned(second!, endpoint.signingSecret)).toBe(true);
    expect((await deliveriesOf(service, endpoint))[1]).toMatchObject({
      id: replayed.body.replayDeliveryId,
      replayOf: original!.id,
      status: 'delivered',
    });
    expectEnvelope(
      await send('POST', '/v1/webhook-deliveries/del_01HXZR7K8M2P4RSTVW56789ABC/replay'),
      404,
      'NOT_FOUND',
    );
    expectEnvelope(await send('POST', '/v1/webhook-deliveries/x/replay'), 422, 'VALIDATION');
  });

  it('of a time brings what a pause kept, each once, in order', async () => {
    await send('PATCH', pathOf(), { body: { status: 'paused' } });
    const ids = await someEvents(service, partner, 3);
    expectEnvelope(await send('POST', pathOf('/replay'), { body: everything }), 409, 'CONFLICT');
    await send('PATCH', pathOf(), { body: { status: 'active' } });
    await send('POST', pathOf('/test'));
    await sendDue(service);
    const headers = { 'idempotency-key': randomUUID() };
    const replayed = await send('POST', pathOf('/replay'), { body: everything, headers });
    expect([replayed.status, replayed.body]).toEqual([200, { scheduled: 3 }]);
    expect((await send('POST', pathOf('/replay'), { body: everything, headers })).text).toBe(replayed.text);
    await sendDue(service);
    const originals = (await deliveriesOf(service, endpoint)).filter(({ eventId }) => ids.includes(eventId));
    const replays = receiver.calls.filter(({ body }) => body.replayOf);
    expect(replays.map(({ body }) => body.replayOf).sort()).toEqual(originals.map(({ id }) => id).sort());
    expect((await send('POST', pathOf('/replay'), { body: everything })).body).toEqual({ scheduled: 3 });
    const before = { since: '2020-01-01T00:00:00Z', until: '2021-01-01T00:00:00Z' };
    expect((await send('POST', pathOf('/replay'), { body: before })).body).toEqual({ scheduled: 0 });
  });

  it.each([
    [{}, ['since', 'until']],
    [{ since: '2026-01-01T00:00:00Z' }, ['until']],
    [{ since: '2026-01-01', until: '2026-01-02T00:00:00+01:00' }, ['since', 'until']],
    [{ since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' }, ['until']],
    [{ ...everything, status: 'failed' }, ['status']],
  ])('is refused with every fault: %j', async (body, paths) => {
    const refused = await send('POST', pathOf('/replay'), { body });
    expectEnvelope(refused, 422, 'VALIDATION');
    expect(faultPaths(refused).sort()).toEqual(paths);
  });

  it('of more than 5,000 deliveries at once is refused', async () => {
    await service.dataSource.query(
      `WITH recorded AS (INSERT INTO event (id, organization_id, type, endpoint_id, body, created_at)
         SELECT 'evt_' || $1 || n, $2, 'lease_request.assigned', $1, '{"data":{}}', now() FROM generate_series(1, 5001) n RETURNING id)
       INSERT INTO webhook_delivery (id, endpoint_id, organization_id, event_id, event_type, status, scheduled_at, delivered_at)
       SELECT 'del_' || id, $1, $2, id, 'lease_request.assigned', 'delivered', now(), now() FROM recorded`,
      [endpoint.id, partner.organizationId],
    );
    const refused = await send('POST', pathOf('/replay'), { body: everything });
    expectEnvelope(refused, 409, 'CONFLICT');
    expect(refused.body.error.details).toEqual({ reason: 'limit_reached' });
    await service.dataSource.query(`DELETE FROM event WHERE id = 'evt_' || $1 || 5001`, [endpoint.id]);
    expect((await send('POST', pathOf('/replay'), { body: everything })).body).toEqual({ scheduled: 5_000 });
  });
});

describe('The log', () => {
  it('holds no secret, no signature and no body', async () => {
    const rotated = await send('POST', pathOf('/rotate-secret'));
    receiver.behave = answers(500);
    await someEvents(service, partner);
    await sendDue(service);
    const text = JSON.stringify(service.log);
    expect(service.log.length).toBeGreaterThan(5);
    for (const secret of [endpoint.signingSecret, rotated.body.signingSecret, 'whsec_', 'v1=', '"n":0'])
      expect(text).not.toContain(secret);
  });
});
