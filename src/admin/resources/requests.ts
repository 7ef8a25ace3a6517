import { RequestNoteEntity } from '../../lease-requests/request-note.entity.js';
import { LeaseRequestEntity } from '../../lease-requests/lease-request.entity.js';
import { fulfil, requestActions } from '../actions/request-actions.js';
import { serveNextAction } from '../actions/serve-next.js';
import { Components } from '../bundle/components.js';
import type { PanelServices } from '../panel-services.js';
import { buildResource } from './resource-builder.js';

export function requestResources(services: PanelServices) {
  return [
    buildResource(services, 'lease-requests', {
      entity: LeaseRequestEntity,
      title: 'requestId',
      list: ['requestId', 'organizationId', 'status', 'vertical', 'count', 'assignedCount', 'blocker', 'submittedAt'],
      show: [
        ...[
          'requestId',
          'id',
          'status',
          'organizationId',
          'projectId',
          'apiKeyId',
          'count',
          'assignedCount',
          'blocker',
        ],
        ...[
          'blockerSince',
          'vertical',
          'audience',
          'language',
          'geo',
          'target',
          'partnerNote',
          'version',
          'submittedAt',
        ],
        ...['assignedAt', 'closedAt', 'closedBy', 'outcomeReason', 'updatedAt'],
      ],
      filter: [
        ...['requestId', 'id', 'organizationId', 'projectId', 'status', 'vertical', 'language', 'geo', 'blocker'],
        ...['outcomeReason', 'submittedAt', 'sandbox'],
      ],
      sort: { sortBy: 'submittedAt', direction: 'desc' },
      sortable: [],
      properties: { requestId: { isTitle: true } },
      actions: {
        show: {
          isAccessible: ({ currentAdmin }) => currentAdmin !== undefined,
          component: Components.FulfilRequest,
          hideActionHeader: true,
        },
        fulfil: {
          actionType: 'record',
          component: Components.FulfilRequest,
          hideActionHeader: true,
          isAccessible: ({ currentAdmin }) => currentAdmin !== undefined,
          handler: (request, _response, context) => fulfil(services, request, context),
        },
        serveNext: serveNextAction(services),
        ...requestActions(services),
      },
    }),
    buildResource(services, 'request-notes', {
      entity: RequestNoteEntity,
      title: 'id',
      list: ['createdAt', 'leaseRequestId', 'authorName', 'visibility', 'body', 'blocker', 'withdrawnAt'],
      show: [
        ...['id', 'leaseRequestId', 'author', 'authorName', 'visibility', 'body', 'blocker', 'createdAt'],
        ...['withdrawnAt', 'retiredAt'],
      ],
      filter: ['leaseRequestId', 'author', 'authorName', 'visibility', 'blocker', 'body', 'createdAt'],
      sort: { sortBy: 'createdAt', direction: 'desc' },
      sortable: [],
    }),
  ];
}
