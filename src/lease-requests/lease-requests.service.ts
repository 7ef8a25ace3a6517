import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { toTextKey } from '../core/text-key.js';
import { Clock } from '../core/clock.js';
import { readDatabaseTime } from '../core/database-time.js';
import { Conflict, NotFound, WalletShort } from '../core/errors.js';
import { newId, type LeaseRequestId, type PartnerRequestId } from '../core/ids.js';
import { toPage, readCursor } from '../core/pages.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { noSql, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { ProjectAccess } from '../partners/project-access.js';
import type { Reply } from '../partner-api/reply.interceptor.js';
import { IdempotencyService, type IdempotentOutcome } from '../partner-api/idempotency.service.js';
import { organizationPriceSql, walletIdSql } from '../wallets/wallet-sql.js';
import { getCoveredCount } from '../wallets/wallets.service.js';
import { SlaCalculator } from './sla-calculator.js';
import type { LeaseRequestsQuery } from './dto/read-lease-requests.js';
import type { SubmitLeaseRequest } from './dto/submit-lease-request.js';
import {
  leaseRequestColumns,
  toLeaseRequestReceipt,
  leaseRequestSource,
  toLeaseRequestView,
  type LeaseRequestPage,
  type LeaseRequestReceipt,
  type LeaseRequestRow,
  type LeaseRequestView,
} from './lease-request.view.js';

interface WalletState {
  balanceCents: number;
  owedCents: number;
  priceCents: number;
}

/** `updatedSince` reaches back further, by more than any transaction lasts, so that a late commit is not missed. */
const OVERLAP_MS = 30_000;

/** Submits, reads and lists lease requests for partners. */
@Injectable()
export class LeaseRequestsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly projects: ProjectAccess,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly sla: SlaCalculator,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * Queues a request for staff. Nothing is charged; the wallet only has to cover one account.
   * @throws NotFound for another's project, WalletShort, Conflict where Idempotency-Key or requestId was used for another request
   */
  async submit(caller: PartnerCaller, input: SubmitLeaseRequest): Promise<Reply> {
    const reply = await this.transactions.run(async (em) => {
      const wallet = await this.readWallet(em, caller, input.path.projectId);
      return this.idempotency.runOnce(em, caller, input, 202, async () => {
        const earlier = await this.findEarlier(em, caller, input);
        if (earlier) return earlier;

        // A top-up may have been booked while this call waited for another with the same key.
        if (getCoveredCount(wallet) < 1) assertCoversOne(await this.readWallet(em, caller, input.path.projectId));
        const request = await this.insert(em, caller, input);
        // Another call has just taken the same requestId.
        if (!request) return (await this.findEarlier(em, caller, input))!;

        await this.audit.record(em, caller, {
          type: 'lease_request.submitted',
          organizationId: caller.organizationId,
          projectId: input.body.projectId,
          objectId: request.id,
          leaseRequestId: request.id,
          data: { requestId: request.requestId, count: input.body.count, vertical: input.body.niche.vertical },
          internal: { after: { status: 'requested' } },
        });
        return { result: toLeaseRequestReceipt(request) };
      });
    });
    const { requestId } = JSON.parse(reply.body) as LeaseRequestReceipt;
    reply.location = `/v1/projects/${input.body.projectId}/leased-accounts/requests/${requestId}`;
    return reply;
  }

  /** @param projectId limits the search to one project. @throws NotFound */
  read(caller: PartnerCaller, requestId: string, projectId?: string): Promise<LeaseRequestView> {
    return this.view(this.dataSource.manager, caller, requestId, projectId);
  }

  /** {@link read} inside the caller's transaction. @throws NotFound */
  async view(
    em: EntityManager,
    caller: PartnerCaller,
    requestId: string,
    projectId: string | null = null,
  ): Promise<LeaseRequestView> {
    const request = await queryRow<LeaseRequestRow>(
      em,
      sql`SELECT ${leaseRequestColumns} FROM ${leaseRequestSource}
        WHERE request.organization_id = ${caller.organizationId} AND request.request_id = ${requestId}
          AND (${projectId}::text IS NULL OR request.project_id = ${projectId}::text)`,
    );
    if (!request) throw new NotFound('This lease request');
    return toLeaseRequestView(request);
  }

  /** @throws NotFound for another's project, ValidationFailed on a cursor of another list */
  async listOfProject(caller: PartnerCaller, projectId: string, query: LeaseRequestsQuery): Promise<LeaseRequestPage> {
    await this.projects.assertOwn(caller, projectId);
    return this.list(caller, { ...query, projectId });
  }

  /** @throws ValidationFailed on a cursor of another list */
  async list(caller: PartnerCaller, query: LeaseRequestsQuery & { projectId?: string }): Promise<LeaseRequestPage> {
    const { projectId = null, status = null, updatedSince = null, metadata, order, limit } = query;
    const isByChange = order === 'updatedAt';
    const list = [
      'lease-requests',
      caller.organizationId,
      projectId,
      status,
      updatedSince,
      ...(metadata ? [metadata] : []),
      ...(isByChange ? [order] : []),
    ];
    const after = readCursor(query.cursor, list);
    const changedSince = updatedSince === null ? null : new Date(Date.parse(updatedSince) - OVERLAP_MS);
    // Before the page is read: what is committed meanwhile comes with the next `updatedSince`.
    const asOf = await readDatabaseTime(this.dataSource.manager);
    const [orderedBy, isAfter, direction] = isByChange
      ? [sql`request.updated_at`, sql`>`, sql`ASC`]
      : [sql`request.submitted_at`, sql`<`, sql`DESC`];
    const found = await queryRows<LeaseRequestRow>(
      this.dataSource.manager,
      sql`SELECT ${leaseRequestColumns} FROM ${leaseRequestSource}
        WHERE request.organization_id = ${caller.organizationId}
          AND (${projectId}::text IS NULL OR request.project_id = ${projectId}::text)
          AND (${status}::text IS NULL OR request.status = ${status}::text)
          AND (${changedSince}::timestamptz IS NULL OR request.updated_at >= ${changedSince}::timestamptz)
          ${metadata ? sql`AND request.metadata @> ${JSON.stringify(metadata)}::jsonb` : noSql}
          ${after ? sql`AND (${orderedBy}, request.id) ${isAfter} (${after.at}::timestamptz, ${after.id}::text)` : noSql}
        ORDER BY ${orderedBy} ${direction}, request.id ${direction}
        LIMIT ${limit + 1}`,
    );
    const toPosition = ({ updatedAt, submittedAt, id }: LeaseRequestRow) => ({
      at: isByChange ? updatedAt : submittedAt,
      id,
    });
    const page = toPage(found, limit, list, toPosition, toLeaseRequestView);
    return { ...page, asOf: this.clock.toBusinessTime(asOf).toISOString() };
  }

  /** @throws NotFound for another's project */
  private async readWallet(em: EntityManager, caller: PartnerCaller, projectId: string): Promise<WalletState> {
    const wallet = await queryRow<WalletState>(
      em,
      sql`SELECT wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
              ${organizationPriceSql(this.settings.leasePriceCents)} AS "priceCents"
         FROM project
         JOIN organization ON organization.id = project.organization_id
         JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`organization.id`)}
        WHERE project.id = ${projectId} AND project.organization_id = ${caller.organizationId}`,
    );
    if (!wallet) throw new NotFound('This project');
    return wallet;
  }

  /** A partner's requestId makes a submission idempotent without an end, with any Idempotency-Key or none (contract: Idempotency). */
  private async findEarlier(
    em: EntityManager,
    caller: PartnerCaller,
    { body, bodyFingerprint }: SubmitLeaseRequest,
  ): Promise<IdempotentOutcome | null> {
    if (body.requestId === undefined) return null;
    const earlier = await queryRow<{ requestId: string; submittedAt: Date; fingerprint: Buffer }>(
      em,
      sql`SELECT request_id AS "requestId", submitted_at AS "submittedAt", fingerprint
         FROM lease_request WHERE organization_id = ${caller.organizationId} AND request_id = ${body.requestId}`,
    );
    if (!earlier) return null;
    // The body names the project, so it is part of the fingerprint.
    if (!earlier.fingerprint.equals(bodyFingerprint)) {
      throw new Conflict('request_id_reused', 'This requestId has already been used for a different request.');
    }
    return { result: toLeaseRequestReceipt(earlier), replayed: true };
  }

  /** @returns `null` when the partner's requestId is taken */
  private async insert(em: EntityManager, caller: PartnerCaller, { body, bodyFingerprint }: SubmitLeaseRequest) {
    const id = newId('lreq');
    const { niche } = body;
    const now = this.clock.now();
    return queryRow<{ id: LeaseRequestId; requestId: PartnerRequestId; submittedAt: Date }>(
      em,
      sql`INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, audience,
                                  language, geo, target, partner_note, metadata, status, submitted_at, updated_at, due_at, vertical_key)
       VALUES (${id}, ${body.requestId ?? id}, ${caller.organizationId}, ${body.projectId}, ${caller.apiKeyId}, ${bodyFingerprint},
               ${body.count}, ${niche.vertical}, ${niche.audience ?? null}, ${niche.language ?? null}, ${niche.geo ?? null},
               ${body.target ?? null}, ${body.note ?? null},
               ${body.metadata ? JSON.stringify(body.metadata) : null}, 'requested', ${now}, ${now}, ${this.sla.getDueAt(now)},
               ${toTextKey(niche.vertical)})
       ON CONFLICT (organization_id, request_id) DO NOTHING
       RETURNING id, request_id AS "requestId", submitted_at AS "submittedAt"`,
    );
  }
}

/** @throws WalletShort when not even one assignment is covered */
function assertCoversOne(wallet: WalletState): void {
  if (getCoveredCount(wallet) < 1) {
    throw new WalletShort(wallet.balanceCents, wallet.priceCents + wallet.owedCents);
  }
}
