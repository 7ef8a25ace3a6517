// npm run bench:webhooks -- --events 5000 --endpoints 50      deliveries a second to a receiver, beside the bare SQL of an outbox in the same run
import 'reflect-metadata';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { URL } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { fetch } from 'undici';
import { freshDatabase, startServer, withClient } from './databases.mjs';
import { benchSettings } from './settings.mjs';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '5000' },
    endpoints: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
  },
});
const events = Number(values.events);
const endpoints = Number(values.endpoints);
const rounds = Number(values.rounds);
const CLAIM_BATCH_SIZE = 50;
const BARE_WORKERS = 4;

const { createApp } = await import('../dist/src/app.js');
const { OrganizationsService } = await import('../dist/src/partners/organizations.service.js');
const { EventRecorder } = await import('../dist/src/events/event-recorder.js');
const { EventSequencer } = await import('../dist/src/events/event-sequencer.js');
const { FulfillmentService } = await import('../dist/src/fulfillment/fulfillment.service.js');
const { Transactions } = await import('../dist/src/core/transactions.js');
const { WebhookSender } = await import('../dist/src/webhooks/webhook-sender.js');

const caller = { kind: 'system', name: 'bench', callId: 'req_bench' };
const server = await startServer();
const databaseUrl = await freshDatabase(server, 'bench_webhooks');
const receiver = fork(new URL('receiver.mjs', import.meta.url));
const [ports] = await once(receiver, 'message');

const service = await openService({ workers: false });
const partners = [];
for (let n = 0; n < endpoints; n += 1) {
  const partner = await aPartner(service, `Partner ${n}`);
  await anEndpoint(service, partner, `http://127.0.0.1:${ports.taking}/`);
  partners.push(partner);
}
await service.get(Transactions).run((em) => {
  const made = Array.from({ length: events }, (_, n) => {
    const { organizationId, projectId } = partners[n % endpoints];
    return { type: 'lease_request.assigned', organizationId, projectId, data: { n } };
  });
  return service.get(EventRecorder).recordAll(em, made);
});
await service.get(EventSequencer).sequenceAll();

const rates = { ours: [], bare: [] };
for (let round = 1; round <= rounds; round += 1) {
  rates.ours.push(await timed(() => service.get(WebhookSender).sendDue()));
  await dueAgain();
  rates.bare.push(await timed(sendBare));
  await dueAgain();
}
const [ours, bare] = [rates.ours, rates.bare].map(median);
console.log(`deliveries to ${endpoints} endpoints: ${Math.round(ours)} a second`);
console.log(`the bare SQL of an outbox, which sends nothing: ${Math.round(bare)} a second`);
console.log(`the deliveries run at ${(ours / bare).toFixed(2)} of bare SQL`);
await withClient(databaseUrl, (client) => client.query('TRUNCATE webhook_delivery'));
await service.close();

const working = await openService({ workers: true });
console.log(
  `from a close to its receiver, beside an endpoint that hangs: ${Math.round(await timeOneClose(working))} ms`,
);
await working.close();
receiver.disconnect();
await server.leave();

async function openService(overrides) {
  const app = await createApp(benchSettings(databaseUrl, overrides), { panel: false });
  await app.listen(0, '127.0.0.1');
  const baseUrl = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  return { baseUrl, get: (type) => app.get(type, { strict: false }), close: () => app.close() };
}

async function aPartner({ get }, name) {
  const made = await get(OrganizationsService).create(caller, { name, projects: ['Bench'], walletCents: 100_000 });
  return { ...made, projectId: made.projects[0].id };
}

async function post({ baseUrl }, { apiKey }, path, body) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

function anEndpoint(on, partner, url) {
  return post(on, partner, '/v1/webhook-endpoints', { url, events: ['lease_request.assigned'] });
}

/** @returns deliveries a second */
async function timed(work) {
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  const left = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query("SELECT count(*)::int AS n FROM webhook_delivery WHERE status <> 'delivered'");
    return rows[0].n;
  });
  if (left > 0) throw new Error(`${left} of ${events} were not delivered`);
  return (events * 1_000) / ms;
}

function dueAgain() {
  return withClient(databaseUrl, async (client) => {
    await client.query(`UPDATE webhook_delivery SET status = 'pending', attempts = 0, claim = NULL, status_code = NULL,
                               delivered_at = NULL, next_attempt_at = now()`);
    await client.query('VACUUM (ANALYZE) webhook_delivery');
  });
}

/** What any outbox needs: claims with `SKIP LOCKED` and marks, each durable by itself, and no call between. */
async function sendBare() {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: BARE_WORKERS });
  const worker = async () => {
    for (;;) {
      const claim = randomUUID();
      const { rows } = await pool.query({
        name: 'claim',
        text: `UPDATE webhook_delivery delivery SET status = 'delivering', claim = $1, attempts = attempts + 1, attempted_at = now(),
                      next_attempt_at = now() + interval '30 seconds'
                 FROM event
                WHERE event.id = delivery.event_id AND delivery.id IN (
                  SELECT id FROM webhook_delivery WHERE status = 'pending' AND next_attempt_at <= now()
                   ORDER BY next_attempt_at, id LIMIT ${CLAIM_BATCH_SIZE} FOR UPDATE SKIP LOCKED)
               RETURNING delivery.id, event.body`,
        values: [claim],
      });
      if (rows.length === 0) return;
      await pool.query({
        name: 'mark',
        text: `UPDATE webhook_delivery SET status = 'delivered', claim = NULL, status_code = 200, delivered_at = now(), next_attempt_at = NULL
                WHERE id = ANY ($1) AND claim = $2`,
        values: [rows.map(({ id }) => id), claim],
      });
    }
  };
  await Promise.all(Array.from({ length: BARE_WORKERS }, worker));
  await pool.end();
}

/** @returns milliseconds from the answer of the last assignment to the event at the receiver */
async function timeOneClose(on) {
  const partner = await aPartner(on, 'One close');
  await anEndpoint(on, partner, `http://127.0.0.1:${ports.hanging}/`);
  await anEndpoint(on, partner, `http://127.0.0.1:${ports.taking}/told`);
  const { projectId } = partner;
  const body = { projectId, count: 1, niche: { vertical: 'coffee' } };
  const { requestId } = await post(on, partner, `/v1/projects/${projectId}/leased-accounts/request`, body);
  const socialAccountId = `sa_${randomUUID()}`;
  await withClient(databaseUrl, (client) =>
    client.query(
      `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
       VALUES ($1, 'bench.one', 10000, '{coffee}', 'en', '{US}', 'available', now(), now())`,
      [socialAccountId],
    ),
  );
  const told = once(receiver, 'message');
  await on.get(FulfillmentService).assign(caller, { leaseRequestId: requestId, socialAccountId });
  const began = performance.now();
  await told;
  return performance.now() - began;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
