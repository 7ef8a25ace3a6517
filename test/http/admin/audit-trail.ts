import { expect } from '@jest/globals';
import type { AuditEventType } from '../../../src/audit/event-types.js';
import type { TestApp } from '../../support/app.js';
import type { Person } from './panel.js';

/** Where the records of the panel's resources are stored. */
const tables: Record<string, string> = {
  'lease-requests': 'lease_request',
  leases: 'lease',
  wallets: 'ledger_account',
  'api-keys': 'api_key',
  organizations: 'organization',
  projects: 'project',
  'social-accounts': 'social_account',
  staff: 'staff_user',
};

/** What a call left on the trail. */
export interface TrailEvent {
  type: AuditEventType;
  actorKind: string;
  actorId: string;
  objectId: string;
  internal: Record<string, unknown>;
  /** The transaction that wrote the event. */
  writtenBy: string;
}

export function eventsOf(service: TestApp, requestId: string): Promise<TrailEvent[]> {
  return service.dataSource.query(
    `SELECT type, actor_kind AS "actorKind", actor_id AS "actorId", object_id AS "objectId", internal, xmin::text AS "writtenBy"
       FROM audit_event WHERE request_id = $1 ORDER BY id`,
    [requestId],
  );
}

/** Fails unless that call's events name the person, and one of them is of that type, written with the record's change. */
export async function expectOnTheTrail(
  service: TestApp,
  person: Person,
  requestId: string,
  change: { type: AuditEventType; resource: string; id: string },
): Promise<void> {
  const events = await eventsOf(service, requestId);
  for (const event of events) expect(event).toMatchObject({ actorKind: 'staff', actorId: person.staffId });
  const [event, ...others] = events.filter(({ type }) => type === change.type);
  expect([change.type, event !== undefined, others]).toEqual([change.type, true, []]);
  expect(Object.keys(event!.internal)).toEqual(expect.arrayContaining(['before', 'after']));
  expect(event!.internal.before).not.toEqual(event!.internal.after);
  const { table, key, id } = storedIn(change, event!);
  const [record] = await service.dataSource.query(`SELECT xmin::text AS "writtenBy" FROM ${table} WHERE ${key} = $1`, [
    id,
  ]);
  // A deleted record has no row that could tell.
  if (record) expect(event!.writtenBy).toBe(record.writtenBy);
  else expect(event!.internal.after).toBeNull();
}

function storedIn({ type, resource, id }: { type: AuditEventType; resource: string; id: string }, event: TrailEvent) {
  // What a request's vertical means is remembered for all of them, not on the request.
  if (resource === 'verticals' || type === 'vertical.mapped')
    return { table: 'vertical_synonym', key: 'synonym', id: event.objectId };
  // From which balance on a wallet counts as low is the partner's, not the wallet's.
  if (type === 'wallet.low_balance_set') return { table: 'organization', key: 'id', id };
  // What was made is another organization.
  if (type === 'sandbox.created') return { table: 'organization', key: 'id', id: event.objectId };
  // A wallet stays as it is when a movement is declined.
  if (type === 'wallet.movement_declined') return { table: 'movement_proposal', key: 'id', id: event.objectId };
  return { table: tables[resource]!, key: 'id', id: resource === 'wallets' ? `wallet:${id}` : id };
}
