import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhookSender } from '../../../src/webhooks/webhook-sender.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { answers, isSigned, startReceiver, takesAll, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { anEndpoint, deliveriesOf, endpointOf, sendDue, skipWaits, someEvents } from '../../support/webhooks.js';

let service: TestApp;
let partner: TestPartner;
let receiver: WebhookReceiver;
beforeAll(async () => {
  service = await startTestApp();
});
// To the end: the sign-in of calls goes through the application that was started last.
const others: TestApp[] = [];
afterAll(async () => {
  for (const each of [...others, service]) await each.close();
});
beforeEach(async () => {
  partner = await aPartner(service, { tier: 'internal' });
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const startAnother = async (secretsKeys = service.settings.secretsKeys) => {
  const other = await startTestApp({ secretsKeys }, service.settings.databaseUrl);
  others.push(other);
  return other;
};

describe('A delivery that was claimed and not sent', () => {
  it('for want of a key of its secret stays for the processes that have it, and is no failure', async () => {
    const rotated = await startAnother(['a newer encryption key for tests', ...service.settings.secretsKeys]);
    const endpoint = await anEndpoint(rotated, partner, { url: receiver.url });
    const before = await anEndpoint(service, partner, { url: `${receiver.url}/before` });
    await someEvents(service, partner, 25);
    await sendDue(service);
    expect(receiver.calls.filter(({ path }) => path === '/before')).toHaveLength(25);
    expect(await deliveriesOf(service, before)).toHaveLength(25);
    const waiting = await deliveriesOf(service, endpoint);
    expect(new Set(waiting.map(({ status, attempts, error }) => `${status} ${attempts} ${error}`))).toEqual(
      new Set(['pending 0 null']),
    );
    expect(Math.max(...waiting.map(({ waitSeconds }) => waitSeconds!))).toBeLessThanOrEqual(0);
    expect(await endpointOf(service, endpoint)).toMatchObject({ status: 'active', consecutive_failure_count: 0 });

    await sendDue(rotated);
    const sent = receiver.calls.filter(({ path }) => path === '/');
    expect([sent.length, sent.every((received) => isSigned(received, endpoint.signingSecret))]).toEqual([25, true]);
    expect((await deliveriesOf(service, endpoint)).every(({ attempts }) => attempts === 1)).toBe(true);
  });

  it('because its process stops is due for the others at once, and has used up no attempt', async () => {
    const endpoint = await anEndpoint(service, partner, { url: receiver.url });
    receiver.behave = answers(500);
    await someEvents(service, partner);
    await sendDue(service);
    await skipWaits(service, endpoint);
    const [before] = await service.dataSource.query(
      'SELECT attempted_at FROM webhook_delivery WHERE endpoint_id = $1',
      [endpoint.id],
    );
    const stopping = await startAnother();
    const sent = sendDue(stopping);
    await stopping.app.get(WebhookSender, { strict: false }).stop();
    await sent;
    expect(receiver.calls).toHaveLength(1);
    expect(await deliveriesOf(service, endpoint)).toMatchObject([{ status: 'pending', attempts: 1 }]);
    expect(
      await service.dataSource.query('SELECT attempted_at FROM webhook_delivery WHERE endpoint_id = $1', [endpoint.id]),
    ).toEqual([before]);
    receiver.behave = takesAll;
    await sendDue(service);
    expect(await deliveriesOf(service, endpoint)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  });
});
