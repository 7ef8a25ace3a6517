import { WebhookDeliveryEntity } from '../../webhooks/webhook-delivery.entity.js';
import { WebhookEndpointEntity } from '../../webhooks/webhook-endpoint.entity.js';
import { webhookDeliveryActions, webhookEndpointActions } from '../actions/webhook-actions.js';
import type { PanelServices } from '../panel-services.js';
import { buildResource } from './resource-builder.js';

const deliveryTimes = ['scheduledAt', 'nextAttemptAt', 'attemptedAt', 'deliveredAt'];

export function webhookResources(services: PanelServices) {
  return [
    buildResource(services, 'webhook-endpoints', {
      entity: WebhookEndpointEntity,
      title: 'url',
      list: [
        'url',
        'organizationId',
        'status',
        'consecutiveFailureCount',
        'lastSuccessAt',
        'lastFailureAt',
        'createdAt',
      ],
      show: [
        ...['url', 'id', 'organizationId', 'projectId', 'description', 'status', 'events', 'consecutiveFailureCount'],
        ...['lastSuccessAt', 'lastFailureAt', 'autoPausedAt', 'createdAt'],
      ],
      filter: ['organizationId', 'url', 'status', 'createdAt'],
      sort: { sortBy: 'createdAt', direction: 'desc' },
      properties: { url: { isTitle: true } },
      actions: webhookEndpointActions(services),
    }),
    buildResource(services, 'webhook-deliveries', {
      entity: WebhookDeliveryEntity,
      title: 'id',
      list: ['scheduledAt', 'eventType', 'organizationId', 'endpointId', 'status', 'attempts', 'statusCode', 'error'],
      show: [
        ...[
          'id',
          'eventType',
          'eventId',
          'endpointId',
          'organizationId',
          'status',
          'attempts',
          'scheduledAt',
          'nextAttemptAt',
        ],
        ...['attemptedAt', 'deliveredAt', 'statusCode', 'error', 'durationMs', 'answer', 'replayOf', 'payload'],
      ],
      filter: ['eventId', 'id', 'endpointId', 'organizationId', 'eventType', 'status', 'scheduledAt'],
      sort: { sortBy: 'scheduledAt', direction: 'desc' },
      sortable: [],
      properties: {
        id: { isTitle: true },
        endpointId: { reference: 'webhook-endpoints' },
        ...Object.fromEntries(deliveryTimes.map((path) => [path, { custom: { precision: 'second' } }])),
        answer: { type: 'textarea' },
        payload: { type: 'textarea' },
      },
      actions: webhookDeliveryActions(services),
    }),
  ];
}
