import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.js';
import type { PanelServices } from '../panel-services.js';
import { overview } from './record-view.js';

const SHOWN = 12;
/** Counting further would cost more than the figure is worth. */
const COUNTED = 1_000;

/** `GET /admin/api/resources/organizations/records/:id/overview`: everything of a partner on one page. */
export function partnerOverview({ dataSource, statement }: PanelServices) {
  return overview(async (_call, organizationId) => {
    const em = dataSource.manager;
    return {
      outlook: await statement.outlook(organizationId),
      projects: await projectsOf(em, organizationId),
      keys: await keysOf(em, organizationId),
      openRequests: await openRequestsOf(em, organizationId),
      openRequestCount: await counted(
        em,
        `lease_request WHERE organization_id = $1 AND status = 'requested'`,
        organizationId,
      ),
      leases: await leasesOf(em, organizationId),
      events: await eventsOf(em, organizationId),
      priceChanges: await priceChangesOf(em, organizationId),
    };
  });
}

function projectsOf(em: EntityManager, organizationId: string): Promise<object[]> {
  return rows(
    em,
    `SELECT project.id, project.name, project.created_at AS "createdAt",
            (SELECT count(*) FROM lease WHERE lease.project_id = project.id AND lease.status IN ('active', 'past_due')) AS "liveLeases",
            (SELECT count(*) FROM lease_request request
              WHERE request.project_id = project.id AND request.status = 'requested') AS "openRequests"
       FROM project WHERE organization_id = $1 ORDER BY project.name, project.id LIMIT 100`,
    [organizationId],
  );
}

function keysOf(em: EntityManager, organizationId: string): Promise<object[]> {
  return rows(
    em,
    `SELECT id, name, prefix, status, env, scopes, tier, created_at AS "createdAt", last_used_at AS "lastUsedAt",
            killed_by AS "killedBy"
       FROM panel_api_key WHERE organization_id = $1
      ORDER BY status = 'revoked', created_at DESC, id LIMIT 100`,
    [organizationId],
  );
}

function openRequestsOf(em: EntityManager, organizationId: string): Promise<object[]> {
  return rows(
    em,
    `SELECT id, request_id AS "requestId", vertical, language, count, assigned_count AS "assignedCount", blocker,
            submitted_at AS "submittedAt"
       FROM lease_request WHERE organization_id = $1 AND status = 'requested'
      ORDER BY submitted_at, id LIMIT ${SHOWN}`,
    [organizationId],
  );
}

function leasesOf(em: EntityManager, organizationId: string): Promise<object[]> {
  return rows(
    em,
    `SELECT id, handle, status, price_cents AS "priceCents", assigned_at AS "assignedAt", next_renewal_at AS "nextRenewalAt",
            disconnects_at AS "disconnectsAt"
       FROM panel_lease WHERE organization_id = $1 AND status IN ('active', 'past_due')
      ORDER BY assigned_at DESC, id DESC LIMIT ${SHOWN}`,
    [organizationId],
  );
}

function eventsOf(em: EntityManager, organizationId: string): Promise<object[]> {
  return rows(
    em,
    `SELECT id, type, occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_name AS "actorName",
            lease_request_id AS "leaseRequestId"
       FROM audit_event WHERE organization_id = $1 ORDER BY occurred_at DESC, id LIMIT ${SHOWN}`,
    [organizationId],
  );
}

/** What the trail keeps of its price: who changed it, when and why. */
function priceChangesOf(em: EntityManager, organizationId: string): Promise<object[]> {
  return rows(
    em,
    `SELECT id, occurred_at AS "occurredAt", actor_name AS "actorName", internal ->> 'reason' AS reason,
            (internal -> 'before' ->> 'priceCents')::bigint AS "beforeCents", (internal -> 'after' ->> 'priceCents')::bigint AS "afterCents"
       FROM audit_event
      WHERE organization_id = $1 AND type = 'organization.updated'
        AND internal -> 'before' -> 'priceCents' IS DISTINCT FROM internal -> 'after' -> 'priceCents'
      ORDER BY occurred_at DESC, id LIMIT ${SHOWN}`,
    [organizationId],
  );
}

async function counted(em: EntityManager, what: string, organizationId: string): Promise<number> {
  const [found] = await rows<{ total: number }>(
    em,
    `SELECT count(*) AS total FROM (SELECT 1 FROM ${what} LIMIT ${COUNTED + 1}) found`,
    [organizationId],
  );
  return found!.total;
}
