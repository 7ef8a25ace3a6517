import { ApiCallEntity } from '../../calls/api-call.entity.js';
import type { PanelServices } from '../panel-services.js';
import { buildResource } from './resource-builder.js';

/** What partners called in the last days, as they see it at `GET /v1/calls`. */
export function callResources(services: PanelServices) {
  return [
    buildResource(services, 'calls', {
      entity: ApiCallEntity,
      title: 'id',
      list: ['calledAt', 'organizationId', 'apiKeyId', 'method', 'route', 'status', 'code', 'durationMs'],
      show: [
        ...['id', 'calledAt', 'organizationId', 'apiKeyId', 'method', 'route', 'status', 'code', 'durationMs'],
        'address',
      ],
      filter: ['id', 'organizationId', 'apiKeyId', 'status', 'code', 'calledAt'],
      sort: { sortBy: 'calledAt', direction: 'desc' },
      sortable: [],
      properties: {
        id: { isTitle: true },
        calledAt: { custom: { precision: 'second' } },
        status: { custom: { label: 'HTTP status' } },
      },
    }),
  ];
}
