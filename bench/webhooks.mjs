import 'reflect-metadata';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { URL } from 'node:url';
import pg from 'pg';
import { fetch } from 'undici';
import { freshDatabase, withClient } from './databases.mjs';
import { benchCaller } from './operator.mjs';
import { median } from './quantile.mjs';
import { benchSettings } from './settings.mjs';

const CLAIM_BATCH_SIZE = 50;
const BARE_WORKERS = 4;

const { createApp } = await import('../dist/src/app.js');
const { OrganizationsService } = await import('../dist/src/partners/organizations.service.js');
const { EventRecorder } = await import('../dist/src/events/event-recorder.js');
const { EventSequencer } = await import('../dist/src/events/event-sequencer.js');
const { FulfillmentService } = await import('../dist/src/fulfillment/fulfillment.service.js');
const { Transactions } = await import('../dist/src/core/transactions.js');
const { WebhookSender } = await import('../dist/src/webhooks/webhook-sender.js');

/**
 * Deliveries to a receiver, in rounds that alternate with the bare SQL of an outbox, which sends nothing.
 * @returns deliveries a second of both, the ratio of their medians, and the milliseconds from a close to its receiver beside an endpoint that hangs
 */
export async function measureWebhooks(server, { events, endpoints, rounds }) {
  const databaseUrl = await freshDatabase(server, 'bench_webhooks');
  const receiver = fork(new URL('receiver.mjs', import.meta.url));
  const [ports] = await once(receiver, 'message');
  await withService(databaseUrl, { workers: false }, (service) =>
    recordEvents(service, ports.taking, { events, endpoints }),
  );

  const rates = { product: [], plainSql: [] };
  await withService(databaseUrl, { workers: false }, async (service) => {
    for (let round = 0; round < rounds; round += 1) {
      rates.product.push(await measureRate(databaseUrl, events, () => service.get(WebhookSender).sendDue()));
      await makeDueAgain(databaseUrl);
      rates.plainSql.push(await measureRate(databaseUrl, events, () => sendBare(databaseUrl)));
      await makeDueAgain(databaseUrl);
    }
  });
  await withClient(databaseUrl, (client) => client.query('TRUNCATE webhook_delivery'));
  const closeMs = await withService(databaseUrl, { workers: true }, (service) =>
    timeOneClose(service, databaseUrl, receiver, ports),
  );
  receiver.disconnect();
  const [product, plainSql] = [rates.product, rates.plainSql].map(median);
  return { product, plainSql, ratio: product / plainSql, closeMs };
}

async function recordEvents(service, port, { events, endpoints }) {
  const partners = [];
  for (let n = 0; n < endpoints; n += 1) {
    const partner = await createPartner(service, `Partner ${n}`);
    await createEndpoint(service, partner, `http://127.0.0.1:${port}/`);
    partners.push(partner);
  }
  await service.get(Transactions).run((em) => {
    const recorded = Array.from({ length: events }, (_, n) => {
      const { organizationId, projectId } = partners[n % endpoints];
      return { type: 'lease_request.assigned', organizationId, projectId, data: { n } };
    });
    return service.get(EventRecorder).recordAll(em, recorded);
  });
  await service.get(EventSequencer).sequenceAll();
}

async function withService(databaseUrl, overrides, work) {
  const app = await createApp(benchSettings(databaseUrl, overrides));
  try {
    await app.listen(0, '127.0.0.1');
    const baseUrl = `http://127.0.0.1:${app.getHttpServer().address().port}`;
    return await work({ baseUrl, get: (type) => app.get(type, { strict: false }) });
  } finally {
    await app.close();
  }
}

async function createPartner({ get }, name) {
  const made = await get(OrganizationsService).create(benchCaller, { name, projects: ['Bench'], walletCents: 100_000 });
  return { ...made, projectId: made.projects[0].id };
}

async function post({ baseUrl }, { apiKey }, path, body) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

function createEndpoint(on, partner, url) {
  return post(on, partner, '/v1/webhook-endpoints', { url, events: ['lease_request.assigned'] });
}

/** @returns deliveries a second */
async function measureRate(databaseUrl, events, work) {
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

function makeDueAgain(databaseUrl) {
  return withClient(databaseUrl, async (client) => {
    await client.query(`UPDATE webhook_delivery SET status = 'pending', attempts = 0, claim = NULL, status_code = NULL,
                               delivered_at = NULL, next_attempt_at = now()`);
    await client.query('VACUUM (ANALYZE) webhook_delivery');
  });
}

/** What any outbox needs: claims with `SKIP LOCKED` and marks, each durable by itself, and no call between. */
async function sendBare(databaseUrl) {
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
async function timeOneClose(on, databaseUrl, receiver, ports) {
  const partner = await createPartner(on, 'One close');
  await createEndpoint(on, partner, `http://127.0.0.1:${ports.hanging}/`);
  await createEndpoint(on, partner, `http://127.0.0.1:${ports.taking}/told`);
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
  await on.get(FulfillmentService).assign(benchCaller, { leaseRequestId: requestId, socialAccountId });
  const began = performance.now();
  await told;
  return performance.now() - began;
}
