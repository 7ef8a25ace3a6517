import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrganizationClock } from '../core/organization-clock.js';
import { literal, queryRows, sql, type Sql } from '../core/sql.js';
import { textKeySql } from '../core/text-key-sql.js';
import { WalletOutlookService } from '../forecast/wallet-outlook.service.js';
import type { BlockerKind } from '../lease-requests/lease-request-status.js';
import type { LeaseStatus } from '../leases/lease-lifecycle.js';
import { isLiveSql } from '../leases/lease-sql.js';

const MAX_SHOWN = 12;
const MAX_COUNTED = 1_000;

interface PartnerProject {
  id: string;
  name: string;
  createdAt: Date;
  liveLeases: number;
  openRequests: number;
}

interface PartnerKey {
  id: string;
  name: string;
  prefix: string;
  status: 'active' | 'killed' | 'revoked';
  env: string;
  scopes: string[];
  tier: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  lastUsedAddress: string | null;
  killedBy: string | null;
}

interface PartnerWebhook {
  id: string;
  url: string;
  status: string;
  consecutiveFailureCount: number;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
}

interface PartnerCall {
  id: string;
  calledAt: Date;
  method: string;
  route: string;
  status: number;
  code: string | null;
}

interface OpenRequest {
  id: string;
  requestId: string;
  vertical: string;
  language: string | null;
  count: number;
  assignedCount: number;
  blocker: BlockerKind | null;
  submittedAt: Date;
}

interface LiveLease {
  id: string;
  handle: string;
  status: LeaseStatus;
  priceCents: number;
  assignedAt: Date;
  nextRenewalAt: Date | null;
  /** While it is past due. */
  disconnectsAt: Date | null;
}

interface PartnerEvent {
  id: string;
  type: string;
  occurredAt: Date;
  actorKind: string;
  actorName: string;
  leaseRequestId: string | null;
}

/** Prices count for new assignments; null is the service's own. */
interface PriceChange {
  id: string;
  occurredAt: Date;
  actorName: string;
  reason: string | null;
  beforeCents: number | null;
  afterCents: number | null;
}

/** Both `null` for a partner without a sandbox. */
interface SandboxRelation {
  sandboxId: string | null;
  /** For a sandbox, its partner. */
  sandboxOf: string | null;
  sandboxOfName: string | null;
}

/** The panel's page of a partner. */
@Injectable()
export class PartnerOverviewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outlook: WalletOutlookService,
    private readonly organizationClock: OrganizationClock,
  ) {}

  /** @throws NotFound */
  async overview(organizationId: string) {
    const em = this.dataSource.manager;
    return {
      outlook: await this.outlook.outlook(organizationId),
      sandboxAheadMs: await this.organizationClock.readSandboxAheadMs(organizationId),
      relation: await readRelation(em, organizationId),
      sameName: await readPartnersOfSameName(em, organizationId),
      projects: await readProjects(em, organizationId),
      keys: await readKeys(em, organizationId),
      webhooks: await readWebhooks(em, organizationId),
      calls: await readCalls(em, organizationId),
      openRequests: await readOpenRequests(em, organizationId),
      openRequestCount: await countUpTo(
        em,
        sql`lease_request WHERE organization_id = ${organizationId} AND status = 'requested'`,
      ),
      leases: await readLeases(em, organizationId),
      events: await readEvents(em, organizationId),
      priceChanges: await readPriceChanges(em, organizationId),
    };
  }
}

/** Its sandbox, or whose sandbox it is. */
async function readRelation(em: EntityManager, organizationId: string): Promise<SandboxRelation> {
  const [found] = await queryRows<SandboxRelation>(
    em,
    sql`SELECT own.sandbox_id AS "sandboxId", own.parent_id AS "sandboxOf", parent.name AS "sandboxOfName"
          FROM panel_organization own LEFT JOIN organization parent ON parent.id = own.parent_id WHERE own.id = ${organizationId}`,
  );
  return found!;
}

/** Two partners may have had names that count as one since before that was so. */
function readPartnersOfSameName(em: EntityManager, organizationId: string): Promise<{ id: string; name: string }[]> {
  return queryRows(
    em,
    sql`SELECT other.id, other.name FROM organization own
          JOIN organization other ON NOT other.sandbox AND ${textKeySql(sql`other.name`)} = ${textKeySql(sql`own.name`)}
         WHERE own.id = ${organizationId} AND NOT own.sandbox AND other.id <> own.id
         ORDER BY other.created_at, other.id LIMIT ${literal(MAX_SHOWN)}`,
  );
}

function readProjects(em: EntityManager, organizationId: string): Promise<PartnerProject[]> {
  return queryRows<PartnerProject>(
    em,
    sql`SELECT project.id, project.name, project.created_at AS "createdAt",
            (SELECT count(*) FROM lease WHERE lease.project_id = project.id AND ${isLiveSql()}) AS "liveLeases",
            (SELECT count(*) FROM lease_request request
              WHERE request.project_id = project.id AND request.status = 'requested') AS "openRequests"
       FROM project WHERE organization_id = ${organizationId} ORDER BY ${textKeySql(sql`project.name`)}, project.id LIMIT 100`,
  );
}

function readKeys(em: EntityManager, organizationId: string): Promise<PartnerKey[]> {
  return queryRows<PartnerKey>(
    em,
    sql`SELECT id, name, prefix, status, env, scopes, tier, created_at AS "createdAt", last_used_at AS "lastUsedAt",
            last_used_address AS "lastUsedAddress", killed_by AS "killedBy"
       FROM panel_api_key WHERE organization_id = ${organizationId}
      ORDER BY status = 'revoked', created_at DESC, id LIMIT 100`,
  );
}

/** Those that fail first. */
function readWebhooks(em: EntityManager, organizationId: string): Promise<PartnerWebhook[]> {
  return queryRows<PartnerWebhook>(
    em,
    sql`SELECT id, url, status, consecutive_failure_count AS "consecutiveFailureCount", last_success_at AS "lastSuccessAt",
            last_failure_at AS "lastFailureAt"
       FROM webhook_endpoint WHERE organization_id = ${organizationId} AND deleted_at IS NULL
      ORDER BY consecutive_failure_count DESC, created_at DESC, id LIMIT 50`,
  );
}

function readCalls(em: EntityManager, organizationId: string): Promise<PartnerCall[]> {
  return queryRows<PartnerCall>(
    em,
    sql`SELECT id, called_at AS "calledAt", method, route, status, code
       FROM api_call WHERE organization_id = ${organizationId} ORDER BY called_at DESC, id DESC LIMIT ${literal(MAX_SHOWN)}`,
  );
}

function readOpenRequests(em: EntityManager, organizationId: string): Promise<OpenRequest[]> {
  return queryRows<OpenRequest>(
    em,
    sql`SELECT id, request_id AS "requestId", vertical, language, count, assigned_count AS "assignedCount", blocker,
            submitted_at AS "submittedAt"
       FROM lease_request WHERE organization_id = ${organizationId} AND status = 'requested'
      ORDER BY submitted_at, id LIMIT ${literal(MAX_SHOWN)}`,
  );
}

function readLeases(em: EntityManager, organizationId: string): Promise<LiveLease[]> {
  return queryRows<LiveLease>(
    em,
    sql`SELECT id, handle, status, price_cents AS "priceCents", assigned_at AS "assignedAt", next_renewal_at AS "nextRenewalAt",
            disconnects_at AS "disconnectsAt"
       FROM panel_lease WHERE organization_id = ${organizationId} AND ${isLiveSql('panel_lease')}
      ORDER BY assigned_at DESC, id DESC LIMIT ${literal(MAX_SHOWN)}`,
  );
}

function readEvents(em: EntityManager, organizationId: string): Promise<PartnerEvent[]> {
  return queryRows<PartnerEvent>(
    em,
    sql`SELECT id, type, occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_name AS "actorName",
            lease_request_id AS "leaseRequestId"
       FROM audit_event WHERE organization_id = ${organizationId} ORDER BY occurred_at DESC, id LIMIT ${literal(MAX_SHOWN)}`,
  );
}

/** From the audit log. */
function readPriceChanges(em: EntityManager, organizationId: string): Promise<PriceChange[]> {
  return queryRows<PriceChange>(
    em,
    sql`SELECT id, occurred_at AS "occurredAt", actor_name AS "actorName", internal ->> 'reason' AS reason,
            (internal -> 'before' ->> 'priceCents')::bigint AS "beforeCents", (internal -> 'after' ->> 'priceCents')::bigint AS "afterCents"
       FROM audit_event
      WHERE organization_id = ${organizationId} AND type = 'organization.updated'
        AND internal -> 'before' -> 'priceCents' IS DISTINCT FROM internal -> 'after' -> 'priceCents'
      ORDER BY occurred_at DESC, id LIMIT ${literal(MAX_SHOWN)}`,
  );
}

/** @param from what follows `FROM`; counted up to 1,001 */
async function countUpTo(em: EntityManager, from: Sql): Promise<number> {
  const [found] = await queryRows<{ total: number }>(
    em,
    sql`SELECT count(*) AS total FROM (SELECT 1 FROM ${from} LIMIT ${literal(MAX_COUNTED + 1)}) found`,
  );
  return found!.total;
}
