import { Like, Not } from 'typeorm';
import { AuditEventEntity } from '../../audit/audit-event.entity.js';
import { StaffMemberEntity } from '../../staff/staff-member.entity.js';
import { nameObjects } from '../actions/event-objects.js';
import { staffActions } from '../actions/staff-actions.js';
import { readActorNames } from '../../audit/actor-names.js';
import { auditEventTypes } from '../../audit/event-types.js';
import { Components } from '../bundle/components.js';
import { isAccessibleTo } from '../http/panel-request.js';
import type { PanelServices } from '../panel-services.js';
import { buildResource, ownRecordPage } from './resource-builder.js';

/** Events about staff accounts are shown only to roles that manage them. */
export function auditAndStaffResources(services: PanelServices) {
  return [
    buildResource(services, 'audit-events', {
      entity: AuditEventEntity,
      title: 'type',
      list: ['occurredAt', 'type', 'actorName', 'organizationId', 'objectId', 'leaseRequestId'],
      show: [
        ...['id', 'type', 'occurredAt', 'actorKind', 'actorName', 'actorId', 'organizationId', 'projectId', 'apiKeyId'],
        ...['leaseRequestId', 'objectId', 'requestId', 'data', 'internal'],
      ],
      filter: [
        ...['type', 'organizationId', 'leaseRequestId', 'objectId', 'actorKind', 'actorName', 'actorId', 'requestId'],
        'occurredAt',
      ],
      sort: { sortBy: 'occurredAt', direction: 'desc' },
      sortable: [],
      properties: {
        type: { isTitle: true, availableValues: auditEventTypes.map((type) => ({ value: type, label: type })) },
        requestId: { custom: { label: 'Call' } },
      },
      actions: {
        list: { isAccessible: ({ currentAdmin }) => currentAdmin !== undefined, after: nameObjects },
        show: { ...ownRecordPage(Components.AuditEvent), after: nameObjects },
      },
      valueSearches: { actorName: readActorNames },
      rowFilter: (role) => (role === 'admin' ? undefined : { type: Not(Like('staff.%')) }),
    }),
    buildResource(services, 'staff', {
      entity: StaffMemberEntity,
      title: 'name',
      list: ['name', 'email', 'role', 'state', 'secondFactor', 'lastSignedInAt', 'createdAt'],
      show: [
        ...['name', 'id', 'email', 'role', 'state', 'linkUntil', 'disabledAt', 'secondFactor'],
        ...['openSessions', 'claimsHeld', 'lastSignedInAt', 'createdAt'],
      ],
      filter: ['name', 'email', 'role', 'state', 'secondFactor'],
      edit: ['email', 'name', 'role', 'password'],
      sort: { sortBy: 'name', direction: 'asc' },
      properties: {
        email: { isRequired: true, custom: { only: 'new' } },
        name: { isTitle: true },
        role: { isRequired: true },
        password: {
          type: 'password',
          isVisible: { edit: true, list: false, show: false, filter: false },
          description: 'At least 10 characters. Leave empty to generate one, shown once.',
          custom: { only: 'new' },
        },
      },
      canRead: isAccessibleTo('manageStaff'),
      actions: staffActions(services),
    }),
  ];
}
