import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { queryRows } from '../core/sql.js';
import { WalletOutlookService } from '../forecast/wallet-outlook.service.js';

const SHOWN = 12;
/** Counting further would cost more than the figure is worth. */
const MAX_COUNTED = 1_000;

/** A partner as staff see it on its own page. */
@Injectable()
export class PartnerOverviewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outlook: WalletOutlookService,
  ) {}

  /** @throws NotFound */
  async overview(organizationId: string) {
    const em = this.dataSource.manager;
    return {
      outlook: await this.outlook.outlook(organizationId),
      projects: await readProjects(em, organizationId),
      keys: await readKeys(em, organizationId),
      openRequests: await readOpenRequests(em, organizationId),
      openRequestCount: await countUpTo(
        em,
        `lease_request WHERE organization_id = $1 AND status = 'requested'`,
        organizationId,
      ),
      leases: await readLeases(em, organizationId),
      events: await readEvents(em, organizationId),
      priceChanges: await readPriceChanges(em, organizationId),
    };
  }
}

function readProjects(em: EntityManager, organizationId: string): Promise<object[]> {
  return queryRows(
    em,
    `SELECT project.id, project.name, project.created_at AS "createdAt",
            (SELECT count(*) FROM lease WHERE lease.project_id = project.id AND lease.status IN ('active', 'past_due')) AS "liveLeases",
            (SELECT count(*) FROM lease_request request
              WHERE request.project_id = project.id AND request.status = 'requested') AS "openRequests"
       FROM project WHERE organization_id = $1 ORDER BY project.name, project.id LIMIT 100`,
    [organizationId],
  );
}

function readKeys(em: EntityManager, organizationId: string): Promise<object[]> {
  return queryRows(
    em,
    `SELECT id, name, prefix, status, env, scopes, tier, created_at AS "createdAt", last_used_at AS "lastUsedAt",
            killed_by AS "killedBy"
       FROM panel_api_key WHERE organization_id = $1
      ORDER BY status = 'revoked', created_at DESC, id LIMIT 100`,
    [organizationId],
  );
}

function readOpenRequests(em: EntityManager, organizationId: string): Promise<object[]> {
  return queryRows(
    em,
    `SELECT id, request_id AS "requestId", vertical, language, count, assigned_count AS "assignedCount", blocker,
            submitted_at AS "submittedAt"
       FROM lease_request WHERE organization_id = $1 AND status = 'requested'
      ORDER BY submitted_at, id LIMIT ${SHOWN}`,
    [organizationId],
  );
}

function readLeases(em: EntityManager, organizationId: string): Promise<object[]> {
  return queryRows(
    em,
    `SELECT id, handle, status, price_cents AS "priceCents", assigned_at AS "assignedAt", next_renewal_at AS "nextRenewalAt",
            disconnects_at AS "disconnectsAt"
       FROM panel_lease WHERE organization_id = $1 AND status IN ('active', 'past_due')
      ORDER BY assigned_at DESC, id DESC LIMIT ${SHOWN}`,
    [organizationId],
  );
}

function readEvents(em: EntityManager, organizationId: string): Promise<object[]> {
  return queryRows(
    em,
    `SELECT id, type, occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_name AS "actorName",
            lease_request_id AS "leaseRequestId"
       FROM audit_event WHERE organization_id = $1 ORDER BY occurred_at DESC, id LIMIT ${SHOWN}`,
    [organizationId],
  );
}

/** What the trail keeps of its price: who changed it, when and why. */
function readPriceChanges(em: EntityManager, organizationId: string): Promise<object[]> {
  return queryRows(
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

async function countUpTo(em: EntityManager, what: string, organizationId: string): Promise<number> {
  const [found] = await queryRows<{ total: number }>(
    em,
    `SELECT count(*) AS total FROM (SELECT 1 FROM ${what} LIMIT ${MAX_COUNTED + 1}) found`,
    [organizationId],
  );
  return found!.total;
}
