import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AlertSender } from '../../../src/alerts/alert-sender.js';
import { AlertWatch } from '../../../src/alerts/alert-watch.js';
import { startLoggedApp, type LogLine, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner, aRequest, type TestPartner } from '../../support/makers.js';
import { answers, startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { anEndpoint, sendDue, someEvents } from '../../support/webhooks.js';
import { signedIn, type Person } from './panel.js';

const secrets = {
  sessionSecrets: ['planted session secret, long enough to be one'],
  secretsKeys: ['planted key of secrets, long enough to be one'],
};
const planted = 'planted-in-a-body';

let receiver: WebhookReceiver;
let service: TestApp & { log: LogLine[] };
let partner: TestPartner;
let admin: Person;
beforeAll(async () => {
  receiver = await startReceiver(answers(500));
  const staffAlertUrl = `${receiver.url}/services/planted-token`;
  service = await startLoggedApp({ logLevel: 'trace', staffAlertUrl, metricsPort: 1, ...secrets });
  partner = await aPartner(service, { scopes: ['*'], tier: 'internal' });
  admin = await signedIn(service, 'admin');
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

it('logs each call with its id, and no key, cookie, password, signing secret, stored answer or body of a whole run', async () => {
  const hidden: string[] = [
    ...secrets.sessionSecrets,
    ...secrets.secretsKeys,
    planted,
    'planted-token',
    admin.password,
  ];
  const secretOf = (apiKey: string) => apiKey.split('_').slice(3).join('_');
  const send = (method: string, path: string, options: object = {}) =>
    call(service, method, path, { key: partner.apiKey, ...options });

  const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
  const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' }, note: planted };
  const submitted = await send('POST', path, { body, headers: { 'idempotency-key': randomUUID() } });
  await send('POST', path, { raw: `{"note": "${planted}", ` });
  await send('POST', path, { body: { ...body, count: planted } });
  await send('GET', `/v1/leased-accounts/requests/${submitted.body.requestId}`);
  await call(service, 'GET', '/v1/whoami', { key: `${partner.apiKey.slice(0, -1)}x` });

  const headers = { 'idempotency-key': randomUUID() };
  const endpointBody = { url: `${receiver.url}/hook`, events: ['lease_request.assigned'], description: planted };
  const created = await send('POST', '/v1/webhook-endpoints', { body: endpointBody, headers });
  const replayed = await send('POST', '/v1/webhook-endpoints', { body: endpointBody, headers });
  expect(replayed.headers['idempotent-replayed']).toBe('true');
  hidden.push(created.body.signingSecret);
  const rotated = await send('POST', `/v1/webhook-endpoints/${created.body.endpoint.id}/rotate-secret`);
  hidden.push(rotated.body.signingSecret);
  hidden.push((await anEndpoint(service, partner, { url: receiver.url })).signingSecret);
  await someEvents(service, partner);
  await sendDue(service);
  const signatures = receiver.calls.flatMap(
    ({ headers }) => /v1=(\w+)/.exec(String(headers['x-layers-signature']))?.[1] ?? [],
  );
  expect(signatures.length).toBeGreaterThan(0);
  hidden.push(...signatures);

  await aRequest(service, partner);
  await service.dataSource.query("UPDATE lease_request SET due_at = now() - interval '1 hour'");
  await service.app.get(AlertWatch, { strict: false }).watch();
  await service.app.get(AlertSender, { strict: false }).tick();

  const made = await admin.create('partners', { name: 'Brew', project: 'Launch', walletCents: 1, reason: planted });
  const cookie = String((await admin.browser.get('/admin/login')).request.get('cookie'));
  hidden.push(...[...cookie.matchAll(/=([^;]{20,})/g)].map(([, value]) => value!));
  await admin.get(`/search?q=${encodeURIComponent(partner.apiKey)}`);
  await admin.browser.get(`/admin?key=${partner.apiKey}`);
  await admin.browser
    .post('/admin/login')
    .type('form')
    .send({ email: admin.email, password: `${admin.password}x` });
  expect(made.status).toBeLessThan(500);
  hidden.push(secretOf(partner.apiKey));

  const lines = service.log.map((line) => JSON.stringify(line));
  expect(hidden.every((one) => one.length > 10)).toBe(true);
  expect(
    hidden.filter((one) => lines.some((line) => line.includes(one) || line.includes(encodeURIComponent(one)))),
  ).toEqual([]);
  expect(lines.filter((line) => /"(authorization|cookie|set-cookie|body|headers)":/i.test(line))).toEqual([]);
  const calls = service.log.filter(({ res }) => res !== undefined);
  expect(calls.length).toBeGreaterThan(10);
  expect(calls.filter(({ requestId }) => !/^req_/.test(requestId ?? ''))).toEqual([]);
  expect(calls.some(({ requestId }) => requestId === submitted.headers['x-request-id'])).toBe(true);
  expect(lines.some((line) => line.includes('Staff are told of'))).toBe(true);
});
