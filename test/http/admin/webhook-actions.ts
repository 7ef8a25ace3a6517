import { newId } from '../../../src/core/ids.js';
import type { TestApp } from '../../support/app.js';
import { aPartner } from '../../support/makers.js';
import type { Deed } from './request-actions.js';

const operators = ['operator', 'admin'] as const;

/** An endpoint and a delivery to it that failed, as they are stored. */
export async function aFailedDelivery(
  service: TestApp,
): Promise<{ endpointId: string; deliveryId: string; organizationId: string }> {
  const { organizationId } = await aPartner(service);
  const [endpointId, eventId, deliveryId] = [newId('whe'), newId('evt'), newId('del')];
  await service.dataSource.query(
    `INSERT INTO webhook_endpoint (id, organization_id, url, events, sealed_secret, created_at, updated_at)
     VALUES ($1, $2, 'https://hooks.partner.example/layers', '{lease_request.assigned}', 'SEALED-SECRET', now(), now())`,
    [endpointId, organizationId],
  );
  await service.dataSource.query(
    `INSERT INTO event (id, organization_id, type, body, created_at) VALUES ($1, $2, 'lease_request.assigned', $3, now())`,
    [eventId, organizationId, JSON.stringify({ id: eventId, data: { requestId: 'spring-17' } })],
  );
  await service.dataSource.query(
    `INSERT INTO webhook_delivery (id, endpoint_id, organization_id, event_id, event_type, status, attempts, status_code, error, answer, scheduled_at)
     VALUES ($1, $2, $3, $4, 'lease_request.assigned', 'failed', 8, 500, 'HTTP 500', 'out of order', now())`,
    [deliveryId, endpointId, organizationId, eventId],
  );
  return { endpointId, deliveryId, organizationId };
}

/** What is done to webhooks. Their trail says what was sent again; nothing of the endpoint itself changes. */
export const webhookDeeds: Deed[] = [
  {
    resource: 'webhook-deliveries',
    action: 'replay',
    allowed: operators,
    scene: async (service) => ({ id: (await aFailedDelivery(service)).deliveryId, body: {} }),
  },
  {
    resource: 'webhook-endpoints',
    action: 'replay',
    allowed: operators,
    scene: async (service) => ({
      id: (await aFailedDelivery(service)).endpointId,
      body: { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' },
    }),
  },
];
