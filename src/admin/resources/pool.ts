import { SocialAccountEntity } from '../../account-pool/social-account.entity.js';
import { AVAILABLE_COUNTED, VerticalEntity } from '../../account-pool/vertical.entity.js';
import { LeaseEntity } from '../../leases/lease.entity.js';
import { leaseActions } from '../actions/wallet-actions.js';
import { accountActions } from '../actions/account-actions.js';
import { verticalActions } from '../actions/vertical-actions.js';
import { Components } from '../bundle/components.js';
import { accountOverview } from '../page-handlers/account.js';
import type { PanelServices } from '../panel-services.js';
import { buildResource, ownRecordPage } from './resource-builder.js';

export function poolResources(services: PanelServices) {
  return [
    buildResource(services, 'social-accounts', {
      entity: SocialAccountEntity,
      title: 'handle',
      list: ['handle', 'status', 'followers', 'verticals', 'language', 'countries', 'updatedAt'],
      show: [
        ...['handle', 'id', 'platform', 'status', 'statusReason', 'followers', 'verticals', 'language', 'countries'],
        ...['createdAt', 'updatedAt'],
      ],
      filter: ['handle', 'status', 'verticals', 'language', 'countries', 'followers', 'updatedAt'],
      edit: ['handle', 'followers', 'verticals', 'language', 'countries', 'status', 'statusReason'],
      sort: { sortBy: 'updatedAt', direction: 'desc' },
      sortable: ['handle', 'followers'],
      properties: {
        handle: { isTitle: true, isRequired: true },
        followers: { type: 'number', isRequired: true },
        verticals: { isRequired: true },
        language: { isRequired: true, description: 'A language tag, for example en or pt-BR.' },
        countries: { description: 'Two capital letters each, for example US. Press Enter or comma to add one.' },
        status: { description: 'Leave empty for available.' },
        statusReason: { custom: { only: 'edit' } },
      },
      actions: {
        show: ownRecordPage(Components.Account),
        overview: accountOverview(services),
        ...accountActions(services),
      },
    }),
    buildResource(services, 'verticals', {
      entity: VerticalEntity,
      title: 'vertical',
      list: ['vertical', 'available', 'wanted', 'synonyms', 'standsFor'],
      show: ['vertical', 'inPool', 'available', 'wanted', 'synonyms', 'standsFor'],
      filter: ['vertical', 'synonyms', 'standsFor', 'available', 'wanted'],
      sort: { sortBy: 'wanted', direction: 'desc' },
      properties: {
        id: { isVisible: false },
        vertical: { isTitle: true },
        available: { type: 'number', custom: { countedTo: AVAILABLE_COUNTED } },
        wanted: { type: 'number' },
      },
      actions: verticalActions(services),
    }),
    buildResource(services, 'leases', {
      entity: LeaseEntity,
      title: 'handle',
      list: ['handle', 'organizationId', 'status', 'priceCents', 'assignedAt', 'nextRenewalAt', 'endedAt'],
      show: [
        ...['handle', 'id', 'status', 'organizationId', 'projectId', 'leaseRequestId', 'socialAccountId', 'followers'],
        ...[
          'priceCents',
          'assignedAt',
          'assignedBy',
          'nextRenewalAt',
          'pastDueSince',
          'disconnectsAt',
          'endedAt',
          'endReason',
        ],
      ],
      filter: [
        ...['handle', 'organizationId', 'projectId', 'socialAccountId', 'status', 'endReason'],
        ...['assignedAt', 'nextRenewalAt'],
      ],
      sort: { sortBy: 'assignedAt', direction: 'desc' },
      sortable: [],
      properties: { handle: { isTitle: true }, followers: { type: 'number' } },
      actions: leaseActions(services),
    }),
  ];
}
