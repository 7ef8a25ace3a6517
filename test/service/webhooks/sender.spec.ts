import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressGuard } from '../../../src/webhooks/address-guard.js';
import { WebhookSender } from '../../../src/webhooks/webhook-sender.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { startProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';
import {
  answers,
  closesHalfWay,
  hangs,
  isSigned,
  startReceiver,
  takesAll,
  type WebhookReceiver,
} from '../../support/webhook-receiver.js';
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

describe('A delivery', () => {
  it('is the event, signed, and recorded as delivered', async () => {
    const [eventId] = await someEvents(service, partner);
    await sendDue(service);
    expect(receiver.calls).toHaveLength(1);
    const [received] = receiver.calls;
    expect(received!.headers).toMatchObject({ 'content-type': 'application/json', 'x-layers-event-id': eventId });
    expect(received!.body).toEqual({
      id: eventId,
      type: 'lease_request.assigned',
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      apiVersion: 'v1',
      data: { n: 0 },
    });
    const [{ body }] = await service.dataSource.query('SELECT body FROM event WHERE id = $1', [eventId]);
    expect(received!.text).toBe(body);
    expect(isSigned(received!, endpoint.signingSecret)).toBe(true);
    expect(isSigned(received!, `${endpoint.signingSecret}x`)).toBe(false);
    expect(await only()).toMatchObject({
      status: 'delivered',
      attempts: 1,
      statusCode: 200,
      error: null,
      answer: 'ok',
      waitSeconds: null,
    });
    expect(await endpointOf(service, endpoint)).toMatchObject({
      consecutive_failure_count: 0,
      last_success_at: expect.any(Date),
      last_failure_at: null,
    });
    await sendDue(service);
    expect(receiver.calls).toHaveLength(1);
  });

  it('is of every event that the endpoint wants, of its own organization and project alone', async () => {
    const elsewhere = await startReceiver();
    const stranger = await aPartner(service);
    await anEndpoint(service, stranger, { url: elsewhere.url });
    const [, second] = (await aPartner(service, { projects: 2 })).projectIds;
    await anEndpoint(service, partner, { url: elsewhere.url, events: ['leased_account.renewed'] });
    const own = await anEndpoint(service, partner, { url: `${receiver.url}/project`, projectId: partner.projectId });
    await someEvents(service, partner, 2);
    await someEvents(service, { ...partner, projectId: second! });
    await sendDue(service);
    expect(elsewhere.calls).toHaveLength(0);
    expect(await deliveriesOf(service, endpoint)).toHaveLength(3);
    expect(await deliveriesOf(service, own)).toHaveLength(2);
    await elsewhere.close();
  });

  it('reuses connections', async () => {
    await someEvents(service, partner, 40);
    await sendDue(service);
    expect(receiver.calls).toHaveLength(40);
    expect(receiver.connections).toBeLessThanOrEqual(8);
  });

  it('is signed by both secrets for 24 hours after a rotation', async () => {
    const path = `/v1/webhook-endpoints/${endpoint.id}/rotate-secret`;
    const { body: rotated } = await call(service, 'POST', path, { key: partner.apiKey });
    expect(rotated).toMatchObject({
      endpointId: endpoint.id,
      signingSecret: expect.stringMatching(/^whsec_/),
      warning: expect.any(String),
    });
    const graceMs = Date.parse(rotated.previousSecretExpiresAt) - Date.now();
    expect(Math.abs(graceMs - 86_400_000)).toBeLessThan(60_000);
    await someEvents(service, partner);
    await sendDue(service);
    for (const secret of [endpoint.signingSecret, rotated.signingSecret])
      expect(isSigned(receiver.calls[0]!, secret)).toBe(true);
    await service.dataSource.query(
      "UPDATE webhook_endpoint SET previous_secret_expires_at = now() - interval '1 second' WHERE id = $1",
      [endpoint.id],
    );
    await someEvents(service, partner);
    await sendDue(service);
    expect(isSigned(receiver.calls[1]!, rotated.signingSecret)).toBe(true);
    expect(isSigned(receiver.calls[1]!, endpoint.signingSecret)).toBe(false);
    const { secrets } = { secrets: JSON.stringify(await endpointOf(service, endpoint)) };
    expect(secrets).not.toContain('whsec_');
  });
});

describe('A failure', () => {
  it('is tried again 30 s, 1 m, 5 m, 15 m, 1 h, 6 h and 24 h after the one before, eight times in all', async () => {
    receiver.behave = answers(500);
    await someEvents(service, partner);
    for (const [index, seconds] of [30, 60, 300, 900, 3_600, 21_600, 86_400].entries()) {
      await sendDue(service);
      const delivery = await only();
      expect(delivery).toMatchObject({
        status: 'pending',
        attempts: index + 1,
        statusCode: 500,
        error: 'HTTP 500',
        answer: 'status 500',
      });
      expect(delivery.waitSeconds).toBeGreaterThan(seconds - 10);
      expect(delivery.waitSeconds).toBeLessThan(seconds * 1.1 + 1);
      await skipWaits(service, endpoint);
    }
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'failed', attempts: 8, waitSeconds: null });
    const ids = receiver.calls.map(({ headers }) => headers['x-layers-event-id']);
    expect([ids.length, new Set(ids).size]).toEqual([8, 1]);
    expect(await endpointOf(service, endpoint)).toMatchObject({ consecutive_failure_count: 8, status: 'active' });
  });

  it.each([
    ['429 with seconds', 429, '120', 120],
    ['503 with a date', 503, 'in 600 s', 600],
    ['429 that asks for a year', 429, '31536000', 86_400],
    ['500, which may not ask', 500, '120', 30],
    ['429 with nonsense', 429, 'soon', 30],
  ])('waits as long as it is asked to: %s', async (_name, status, retryAfter, seconds) => {
    const inTenMinutes = new Date(Date.now() + 600_000).toUTCString();
    receiver.behave = answers(status, { 'retry-after': retryAfter.replace('in 600 s', inTenMinutes) });
    await someEvents(service, partner);
    await sendDue(service);
    const { waitSeconds } = await only();
    expect(waitSeconds).toBeGreaterThan(seconds - 10);
    expect(waitSeconds).toBeLessThan(seconds * 1.1 + 2);
  });

  it('is a redirect, which is not followed', async () => {
    const elsewhere = await startReceiver();
    receiver.behave = answers(307, { location: elsewhere.url });
    await someEvents(service, partner);
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'pending', error: 'HTTP 307: redirects are not followed' });
    expect(elsewhere.calls).toHaveLength(0);
    await elsewhere.close();
  });

  it('is a connection that closes half way, one that is refused, and a name that turns private', async () => {
    receiver.behave = closesHalfWay;
    await someEvents(service, partner);
    await sendDue(service);
    expect(await only()).toMatchObject({
      status: 'pending',
      statusCode: null,
      error: expect.stringContaining('closed'),
    });

    const gone = await startReceiver();
    await gone.close();
    const refusing = await anEndpoint(service, partner, { url: gone.url });
    const guard = service.app.get(AddressGuard, { strict: false });
    guard.resolve = async () => ['127.0.0.1'];
    const rebinding = await anEndpoint(service, partner, { url: receiver.url.replace('127.0.0.1', 'name.localhost') });
    await service.dataSource.query(`UPDATE webhook_endpoint SET url = 'https://name.example/' WHERE id = $1`, [
      rebinding.id,
    ]);
    guard.resolve = async () => ['10.0.0.1'];
    await someEvents(service, partner);
    await sendDue(service);
    expect((await deliveriesOf(service, refusing))[0]).toMatchObject({ error: 'the connection was refused' });
    expect((await deliveriesOf(service, rebinding))[0]).toMatchObject({ error: 'the address is not public' });
  });

  it('flaps: the count begins again with each success', async () => {
    let taken = 0;
    receiver.behave = (response, received) => ((taken += 1) % 10 === 0 ? takesAll : answers(500))(response, received);
    await someEvents(service, partner, 5);
    for (let round = 0; round < 8; round += 1) {
      await sendDue(service);
      await skipWaits(service, endpoint);
    }
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'active' });
    expect(receiver.calls.length).toBeGreaterThan(20);
  });
});

describe('An answer', () => {
  it('of 100 MB is cut off after 1 KiB', async () => {
    let sentBytes = 0;
    receiver.behave = (response) => {
      const chunk = Buffer.alloc(65_536, 'a');
      const write = () => {
        while (!response.destroyed && sentBytes < 100 * 1024 * 1024) {
          sentBytes += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
      };
      write();
    };
    await someEvents(service, partner);
    await sendDue(service);
    expect(sentBytes).toBeLessThan(20 * 1024 * 1024);
    expect(await only()).toMatchObject({ status: 'delivered', answer: 'a'.repeat(1_024) });
  });

  it('of a byte a second, or that does not come, is waited for 10 s, by four calls at a time, and holds up nobody else', async () => {
    const dripping = await startReceiver((response) => {
      const timer = setInterval(() => response.write('b'), 1_000);
      response.on('close', () => clearInterval(timer));
      response.writeHead(500);
      response.write('b');
    });
    const stranger = await aPartner(service);
    const slow = await anEndpoint(service, stranger, { url: dripping.url });
    await someEvents(service, stranger);
    const stuck = await startReceiver(hangs);
    const hanging = await anEndpoint(service, partner, { url: stuck.url });
    await someEvents(service, partner, 30);
    const startedAtMs = Date.now();
    const sent = sendDue(service);
    await until('the other endpoint has all', () => receiver.calls.length === 30, 8_000);
    expect(stuck.calls).toHaveLength(4);
    await call(service, 'PATCH', `/v1/webhook-endpoints/${hanging.id}`, {
      key: partner.apiKey,
      body: { status: 'paused' },
    });
    await sent;
    expect(Date.now() - startedAtMs).toBeLessThan(25_000);
    expect((await deliveriesOf(service, slow))[0]).toMatchObject({
      status: 'pending',
      error: 'HTTP 500',
      answer: expect.stringMatching(/^b+$/),
    });
    const deliveries = await deliveriesOf(service, hanging);
    expect(deliveries[0]).toMatchObject({ status: 'abandoned', attempts: 1, error: 'no answer within 10 s' });
    expect(deliveries[4]).toMatchObject({ status: 'abandoned', attempts: 0 });
    await stuck.close();
    await dripping.close();
  });
});

describe('Two processes', () => {
  let other: TestApp;
  beforeAll(async () => {
    other = await startTestApp({}, service.settings.databaseUrl);
  });
  afterAll(() => other.close());

  it('deliver nothing twice between them', async () => {
    await someEvents(service, partner, 120);
    await Promise.all([sendDue(service), sendDue(other), sendDue(service), sendDue(other)]);
    const ids = receiver.calls.map(({ body }) => body.id);
    expect([ids.length, new Set(ids).size]).toEqual([120, 120]);
    expect(
      (await deliveriesOf(service, endpoint)).every(({ status, attempts }) => status === 'delivered' && attempts === 1),
    ).toBe(true);
  });

  it('take over from each other when a claim has ended, and the late one changes nothing', async () => {
    let answer = () => {};
    receiver.behave = (response) => (answer = () => void response.writeHead(500).end());
    await someEvents(service, partner);
    const late = sendDue(service);
    await until('the first call', () => receiver.calls.length === 1);
    await sendDue(other);
    expect(receiver.calls).toHaveLength(1);
    await skipWaits(service, endpoint);
    receiver.behave = takesAll;
    await sendDue(other);
    expect(await only()).toMatchObject({ status: 'delivered', attempts: 2 });
    answer();
    await late;
    expect(await only()).toMatchObject({ status: 'delivered', attempts: 2, error: null });
    expect(await endpointOf(service, endpoint)).toMatchObject({ consecutive_failure_count: 0 });
  });

  it('take over what a killed one had claimed, once its claim has ended', async () => {
    receiver.behave = hangs;
    const killed = await startProcess(service.settings.databaseUrl, { workers: true });
    const [eventId] = await someEvents(service, partner);
    await until('the call of the other process', () => receiver.calls.length === 1);
    await killed.stop();
    receiver.behave = takesAll;
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'delivering', attempts: 1 });
    expect((await only()).waitSeconds).toBeLessThanOrEqual(30);
    await skipWaits(service, endpoint);
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(receiver.calls.map(({ body }) => body.id)).toEqual([eventId, eventId]);
  });

  it('stop within 3 s of a call that hangs, which stays for the others', async () => {
    receiver.behave = hangs;
    await someEvents(service, partner);
    const sent = sendDue(other);
    await until('the call', () => receiver.calls.length === 1);
    await other.app.get(WebhookSender, { strict: false }).stop();
    await sent;
    expect(await only()).toMatchObject({ status: 'delivering', attempts: 1 });
    receiver.behave = takesAll;
    await skipWaits(service, endpoint);
    await sendDue(service);
    expect(await only()).toMatchObject({ status: 'delivered', attempts: 2 });
  });
});
