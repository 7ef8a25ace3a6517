import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEventType } from '../audit/event-types.js';
import type { PartnerCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict, ForbiddenScope, NotFound, ValidationFailed } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { readCursor, toPage, type Page } from '../core/pages.js';
import { SecretBox } from '../core/secret-box.js';
import { noSql, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { IdempotencyService } from '../partner-api/idempotency.service.js';
import type { Reply } from '../partner-api/reply.js';
import { ProjectAccess } from '../partners/project-access.js';
import { AddressGuard } from './address-guard.js';
import type {
  CreateEndpoint,
  DeletedEndpoint,
  DeleteEndpoint,
  EndpointView,
  ListEndpoints,
  RotatedSecret,
  RotateSecret,
  UpdateEndpoint,
} from './dto/endpoints.js';
import { abandonPending, endpointColumns, lockEndpoint, toEndpointView, type EndpointRow } from './endpoint-rows.js';
import { newSigningSecret, toSecretPurpose } from './signature.js';

/** Each is tried for each event; nobody needs more. */
const MAX_ENDPOINTS = 50;
/** How long the secret before a rotation signs too. */
const SECRET_GRACE_MS = 24 * 3_600_000;

/** A partner's webhook endpoints and their signing secrets. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly projects: ProjectAccess,
    private readonly guard: AddressGuard,
    private readonly box: SecretBox,
    private readonly audit: AuditService,
    private readonly organizationClock: OrganizationClock,
    private readonly clock: Clock,
  ) {}

  /** @throws ForbiddenScope, NotFound for another's project, ValidationFailed on `url`, Conflict when there are too many */
  async create(caller: PartnerCaller, input: CreateEndpoint): Promise<Reply> {
    const { projectId, scope, url } = input.body;
    if (scope === 'all_children') throw new ForbiddenScope('org:admin');
    if (projectId !== undefined) await this.projects.assertOwn(caller, projectId);
    const urlError = await this.guard.findUrlError(url);
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 201, async () => {
        assertAllowed(urlError);
        await assertRoom(em, caller.organizationId);
        const signingSecret = newSigningSecret();
        const endpoint = await this.insert(em, caller, input.body, signingSecret);
        await this.record(em, caller, 'webhook_endpoint.created', endpoint, { after: toAudited(endpoint) });
        return { result: { endpoint: toEndpointView(endpoint), signingSecret }, isSecret: true };
      }),
    );
  }

  /** Newest first. @throws ValidationFailed on a cursor of another list */
  async list({ organizationId }: PartnerCaller, query: ListEndpoints['query']): Promise<Page<EndpointView>> {
    const list = ['webhook-endpoints', organizationId];
    const after = readCursor(query.cursor, list);
    const rows = await queryRows<EndpointRow>(
      this.dataSource.manager,
      sql`SELECT ${endpointColumns} FROM webhook_endpoint
           WHERE organization_id = ${organizationId} AND deleted_at IS NULL
             ${after ? sql`AND (created_at, id) < (${after.at}::timestamptz, ${after.id}::text)` : noSql}
           ORDER BY created_at DESC, id DESC LIMIT ${query.limit + 1}`,
    );
    return toPage(rows, query.limit, list, ({ createdAt, id }) => ({ at: createdAt, id }), toEndpointView);
  }

  /** @throws NotFound */
  async read({ organizationId }: PartnerCaller, endpointId: string): Promise<EndpointView> {
    const endpoint = await queryRow<EndpointRow>(
      this.dataSource.manager,
      sql`SELECT ${endpointColumns} FROM webhook_endpoint
           WHERE id = ${endpointId} AND organization_id = ${organizationId} AND deleted_at IS NULL`,
    );
    if (!endpoint) throw new NotFound('This webhook endpoint');
    return toEndpointView(endpoint);
  }

  /** Pausing abandons what is pending; `active` sets the count of failures back. @throws NotFound, ValidationFailed on `url` */
  async update(caller: PartnerCaller, input: UpdateEndpoint): Promise<Reply> {
    const urlError = input.body.url === undefined ? null : await this.guard.findUrlError(input.body.url);
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const before = await lockEndpoint(em, caller.organizationId, input.path.endpointId);
        assertAllowed(urlError);
        const after = await this.save(em, before, input.body);
        if (after.status === 'paused') await abandonPending(em, [after.id]);
        const changes = { before: toAudited(before), after: toAudited(after) };
        await this.record(em, caller, 'webhook_endpoint.updated', after, changes);
        return { result: toEndpointView(after) };
      }),
    );
  }

  /** What is pending is abandoned. @throws NotFound when it is deleted already */
  async delete(caller: PartnerCaller, input: DeleteEndpoint): Promise<Reply> {
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const endpoint = await lockEndpoint(em, caller.organizationId, input.path.endpointId);
        await queryRows(
          em,
          sql`UPDATE webhook_endpoint SET deleted_at = ${this.clock.now()}, version = version + 1 WHERE id = ${endpoint.id}`,
        );
        await abandonPending(em, [endpoint.id]);
        await this.record(em, caller, 'webhook_endpoint.deleted', endpoint, { before: toAudited(endpoint) });
        return { result: { id: endpoint.id, deleted: true } satisfies DeletedEndpoint };
      }),
    );
  }

  /** The secret before signs too for 24 hours; the one before that no more. @throws NotFound */
  async rotateSecret(caller: PartnerCaller, input: RotateSecret): Promise<Reply> {
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const endpoint = await lockEndpoint(em, caller.organizationId, input.path.endpointId);
        const signingSecret = newSigningSecret();
        const now = this.clock.now();
        const expiresAt = new Date(now.getTime() + SECRET_GRACE_MS);
        await queryRows(
          em,
          sql`UPDATE webhook_endpoint
                 SET sealed_previous_secret = sealed_secret, previous_secret_expires_at = ${expiresAt},
                     sealed_secret = ${this.seal(endpoint.id, signingSecret)}, version = version + 1, updated_at = ${now}
               WHERE id = ${endpoint.id}`,
        );
        await this.record(em, caller, 'webhook_endpoint.secret_rotated', endpoint, {});
        const result: RotatedSecret = {
          endpointId: endpoint.id,
          signingSecret,
          previousSecretExpiresAt: expiresAt.toISOString(),
          warning: `Store the new secret now: it is not shown again. The previous one signs too until ${expiresAt.toISOString()}.`,
        };
        return { result, isSecret: true };
      }),
    );
  }

  private async insert(
    em: EntityManager,
    { organizationId }: PartnerCaller,
    { url, events, description, projectId, metadata }: CreateEndpoint['body'],
    signingSecret: string,
  ): Promise<EndpointRow> {
    const id = newId('whe');
    const now = this.clock.now();
    const endpoint = await queryRow<EndpointRow>(
      em,
      sql`INSERT INTO webhook_endpoint (id, organization_id, project_id, url, description, events, metadata, sealed_secret, created_at, updated_at)
          VALUES (${id}, ${organizationId}, ${projectId ?? null}, ${url}, ${description ?? null}, ${events},
                  ${metadata ? JSON.stringify(metadata) : null}::jsonb, ${this.seal(id, signingSecret)}, ${now}, ${now})
          RETURNING ${endpointColumns}`,
    );
    return endpoint!;
  }

  private async save(em: EntityManager, before: EndpointRow, change: UpdateEndpoint['body']): Promise<EndpointRow> {
    const { url, events, description, metadata, status } = { ...before, ...change };
    const isRestart = change.status === 'active';
    const endpoint = await queryRow<EndpointRow>(
      em,
      sql`UPDATE webhook_endpoint
             SET url = ${url}, events = ${events}, description = ${description},
                 metadata = ${metadata ? JSON.stringify(metadata) : null}::jsonb, status = ${status},
                 consecutive_failure_count = CASE WHEN ${isRestart} THEN 0 ELSE consecutive_failure_count END,
                 auto_paused_at = CASE WHEN ${status === 'auto_paused'} THEN auto_paused_at END,
                 next_probe_at = CASE WHEN ${status === 'auto_paused'} THEN next_probe_at END,
                 version = version + 1, updated_at = ${this.clock.now()}
           WHERE id = ${before.id} RETURNING ${endpointColumns}`,
    );
    return endpoint!;
  }

  private seal(endpointId: string, signingSecret: string): Buffer {
    return this.box.seal(signingSecret, toSecretPurpose(endpointId));
  }

  private record(
    em: EntityManager,
    caller: PartnerCaller,
    type: AuditEventType,
    { id, organizationId, projectId }: EndpointRow,
    internal: Record<string, unknown>,
  ): Promise<void> {
    const data = { endpointId: id };
    const entry = {
      ...{ type, organizationId, objectId: id, data, internal },
      ...(projectId !== null && { projectId }),
    };
    // The audit log goes by the sandbox's clock, unlike endpoints.
    return this.organizationClock.run(organizationId, () => this.audit.record(em, caller, entry), em);
  }
}

/** Holds a lock until the end of the transaction, so that no two calls take the last place. @throws Conflict */
async function assertRoom(em: EntityManager, organizationId: string): Promise<void> {
  await queryRows(
    em,
    sql`SELECT pg_advisory_xact_lock(hashtextextended('webhook endpoints of ' || ${organizationId}::text, 0))`,
  );
  const found = await queryRow<{ count: number }>(
    em,
    sql`SELECT count(*)::int AS count FROM webhook_endpoint WHERE organization_id = ${organizationId} AND deleted_at IS NULL`,
  );
  if (found!.count >= MAX_ENDPOINTS) {
    throw new Conflict(
      'limit_reached',
      `An organization has at most ${MAX_ENDPOINTS} webhook endpoints; delete one first.`,
    );
  }
}

/** After the idempotency record: what a name resolves to may change, and a replay is answered all the same. @throws ValidationFailed */
function assertAllowed(urlError: string | null): void {
  if (urlError !== null) throw new ValidationFailed([{ path: 'url', message: urlError }]);
}

function toAudited({ url, events, description, projectId, metadata, status }: EndpointRow) {
  return { url, events, description, projectId, metadata, status };
}
