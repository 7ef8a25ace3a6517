import { ApiKeyEntity } from '../../partners/api-key.entity.js';
import { scopes } from '../../partners/api-key-rows.js';
import { OrganizationEntity } from '../../partners/organization.entity.js';
import { ProjectEntity } from '../../partners/project.entity.js';
import { apiKeyActions, organizationActions, projectActions } from '../actions/partner-actions.js';
import { Components } from '../bundle/components.js';
import { partnerOverview } from '../page-handlers/partner.js';
import type { PanelServices } from '../panel-services.js';
import { buildResource, ownRecordPage } from './resource-builder.js';

export function partnerResources(services: PanelServices) {
  return [
    buildResource(services, 'organizations', {
      entity: OrganizationEntity,
      title: 'name',
      list: ['name', 'status', 'priceCents', 'createdAt'],
      show: ['name', 'id', 'status', 'priceCents', 'createdAt', 'suspendedAt'],
      filter: ['name', 'status', 'sandbox', 'createdAt'],
      edit: ['name', 'priceCents', 'reason'],
      sort: { sortBy: 'createdAt', direction: 'desc' },
      properties: {
        name: { isTitle: true, isRequired: true },
        priceCents: { description: 'Per account and month. Leave empty for the standard price.' },
        reason: {
          type: 'textarea',
          isVisible: { edit: true, list: false, show: false, filter: false },
          description: 'Required when the price changes. A new price applies to later assignments only.',
          custom: { only: 'edit' },
        },
      },
      actions: {
        show: ownRecordPage(Components.Partner),
        overview: partnerOverview(services),
        ...organizationActions(services),
      },
    }),
    buildResource(services, 'projects', {
      entity: ProjectEntity,
      title: 'name',
      list: ['name', 'organizationId', 'createdAt'],
      show: ['name', 'id', 'organizationId', 'createdAt'],
      filter: ['name', 'id', 'organizationId', 'createdAt'],
      edit: ['organizationId', 'name'],
      sort: { sortBy: 'createdAt', direction: 'desc' },
      properties: {
        name: { isTitle: true, isRequired: true },
        organizationId: { reference: 'organizations', isRequired: true, custom: { only: 'new' } },
      },
      actions: projectActions(services),
    }),
    buildResource(services, 'api-keys', {
      entity: ApiKeyEntity,
      title: 'name',
      list: [
        'name',
        'organizationId',
        'prefix',
        'status',
        'scopes',
        'tier',
        'lastUsedAt',
        'lastUsedAddress',
        'createdAt',
      ],
      show: [
        ...['name', 'id', 'organizationId', 'prefix', 'status', 'env', 'scopes', 'tier', 'createdAt', 'lastUsedAt'],
        ...['lastUsedAddress', 'rotatedAt', 'previousPrefix', 'previousExpiresAt', 'killedAt', 'killedBy', 'revokedAt'],
      ],
      filter: ['name', 'organizationId', 'prefix', 'status', 'tier', 'createdAt'],
      edit: ['organizationId', 'name', 'scopes', 'tier'],
      sort: { sortBy: 'createdAt', direction: 'desc' },
      properties: {
        name: { isTitle: true },
        organizationId: { reference: 'organizations', isRequired: true },
        scopes: {
          availableValues: scopes.map((scope) => ({ value: scope, label: scope === '*' ? '* (every scope)' : scope })),
          description: 'Leave empty for leased:write.',
        },
        tier: { description: 'Leave empty for standard.' },
      },
      actions: apiKeyActions(services),
    }),
  ];
}
