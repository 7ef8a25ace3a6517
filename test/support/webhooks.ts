import type { EventType } from '../../src/events/types.js';
import { EventRecorder } from '../../src/events/event-recorder.js';
import { EventSequencer } from '../../src/events/event-sequencer.js';
import { Transactions } from '../../src/core/transactions.js';
import { WebhookSender } from '../../src/webhooks/webhook-sender.js';
import type { TestApp } from './app.js';
import { call } from './calls.js';
import type { TestPartner } from './makers.js';

export interface TestEndpoint {
  id: string;
  signingSecret: string;
}

export async function anEndpoint(
  service: TestApp,
  partner: Pick<TestPartner, 'apiKey'>,
  wishes: { url: string; events?: EventType[]; projectId?: string },
): Promise<TestEndpoint> {
  const body = { events: ['lease_request.assigned'], ...wishes };
  const created = await call(service, 'POST', '/v1/webhook-endpoints', { key: partner.apiKey, body });
  if (created.status !== 201) throw new Error(created.text);
  return { id: created.body.endpoint.id, signingSecret: created.body.signingSecret };
}

/** Events of the partner, written and given their place as the service does by itself. */
export async function someEvents(
  service: TestApp,
  { organizationId, projectId }: Pick<TestPartner, 'organizationId' | 'projectId'>,
  count = 1,
  type: EventType = 'lease_request.assigned',
): Promise<string[]> {
  const recorder = service.app.get(EventRecorder, { strict: false });
  const events = Array.from({ length: count }, (_, n) => ({ type, organizationId, projectId, data: { n } }));
  const ids = await service.app.get(Transactions, { strict: false }).run((em) => recorder.recordAll(em, events));
  await service.app.get(EventSequencer, { strict: false }).sequenceAll();
  return ids;
}

/** Sends what is due and waits until the outcomes are recorded. */
export function sendDue(service: TestApp): Promise<void> {
  return service.app.get(WebhookSender, { strict: false }).sendDue();
}

/** Lets the waits of this endpoint's deliveries pass. */
export async function skipWaits(service: TestApp, { id }: Pick<TestEndpoint, 'id'>): Promise<void> {
  await service.dataSource.query(
    "UPDATE webhook_delivery SET next_attempt_at = now() - interval '1 second' WHERE endpoint_id = $1 AND next_attempt_at IS NOT NULL",
    [id],
  );
}

export interface StoredDelivery {
  id: string;
  eventId: string;
  status: string;
  attempts: number;
  statusCode: number | null;
  error: string | null;
  answer: string | null;
  replayOf: string | null;
  /** Until the next attempt. */
  waitSeconds: number | null;
}

/** The oldest first. */
export function deliveriesOf(service: TestApp, { id }: Pick<TestEndpoint, 'id'>): Promise<StoredDelivery[]> {
  return service.dataSource.query(
    `SELECT id, event_id AS "eventId", status, attempts, status_code AS "statusCode", error, answer, replay_of AS "replayOf",
            extract(epoch FROM next_attempt_at - now())::float8 AS "waitSeconds"
       FROM webhook_delivery WHERE endpoint_id = $1 ORDER BY id`,
    [id],
  );
}

export async function endpointOf(service: TestApp, { id }: Pick<TestEndpoint, 'id'>): Promise<Record<string, unknown>> {
  const [row] = await service.dataSource.query('SELECT * FROM webhook_endpoint WHERE id = $1', [id]);
  return row;
}
