import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { normalizeVertical } from '../account-pool/matching.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, WalletShort } from '../core/errors.js';
import { newId, type LeaseRequestId, type PartnerRequestId } from '../core/ids.js';
import { toPage, readCursor } from '../core/pages.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { ProjectAccess } from '../partners/own-projects.js';
import type { Reply } from '../partner-api/reply.interceptor.js';
import { IdempotencyService, type IdempotentOutcome } from '../partner-api/idempotency.service.js';
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
  type LeaseRequestRow,
  type LeaseRequestView,
} from './lease-request.view.js';

/** What a project's next request is judged by; cents. */
interface PartnerStanding {
  balanceCents: number;
  owedCents: number;
  priceCents: number;
}

/** `updatedSince` reaches further back than asked, by longer than any transaction lives: what commits late is not missed. */
const OVERLAP_MS = 30_000;

/** What partners do with lease requests: submit, read, list. What staff do to them is fulfilment. */
@Injectable()
export class LeaseRequestsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly projects: ProjectAccess,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly dueClock: SlaCalculator,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * Queues a request for staff. Nothing is charged; the wallet only has to cover one account.
   * @throws NotFound for another's project, WalletShort, Conflict where Idempotency-Key or requestId stand for something else
   */
  submit(caller: PartnerCaller, input: SubmitLeaseRequest): Promise<Reply> {
    return this.transactions.run(async (em) => {
      const standing = await this.readStanding(em, caller, input.path.projectId);
      return this.idempotency.runOnce(em, caller, input, 202, async () => {
        const earlier = await this.findEarlier(em, caller, input);
        if (earlier) return earlier;

        // A top-up may have been booked while this call waited for another with the same key.
        if (getCoveredCount(standing) < 1) assertCoversOne(await this.readStanding(em, caller, input.path.projectId));
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
  }

  /** @param projectId where the request is looked for in one project only. @throws NotFound */
  read(caller: PartnerCaller, requestId: string, projectId?: string): Promise<LeaseRequestView> {
    return this.view(this.dataSource.manager, caller, requestId, projectId);
  }

  /** The same inside a transaction of the caller's. @throws NotFound */
  async view(
    em: EntityManager,
    caller: PartnerCaller,
    requestId: string,
    projectId?: string,
  ): Promise<LeaseRequestView> {
    const request = await queryRow<LeaseRequestRow>(
      em,
      `SELECT ${leaseRequestColumns} FROM ${leaseRequestSource}
        WHERE request.organization_id = $1 AND request.request_id = $2 AND ($3::text IS NULL OR request.project_id = $3)`,
      [caller.organizationId, requestId, projectId ?? null],
    );
    if (!request) throw new NotFound('This lease request');
    return toLeaseRequestView(request);
  }

  /** The requests of one project, newest first. @throws NotFound for another's project, ValidationFailed on a cursor of another list */
  async listOfProject(caller: PartnerCaller, projectId: string, query: LeaseRequestsQuery): Promise<LeaseRequestPage> {
    await this.projects.assertOwn(caller, projectId);
    return this.list(caller, { ...query, projectId });
  }

  /** The organisation's requests, newest first. @throws ValidationFailed on a cursor of another list */
  async list(caller: PartnerCaller, query: LeaseRequestsQuery & { projectId?: string }): Promise<LeaseRequestPage> {
    const { projectId = null, status = null, updatedSince = null, limit } = query;
    const list = ['lease-requests', caller.organizationId, projectId, status, updatedSince];
    const after = readCursor(query.cursor, list);
    const found = await queryRows<LeaseRequestRow>(
      this.dataSource.manager,
      `SELECT ${leaseRequestColumns} FROM ${leaseRequestSource}
        WHERE request.organization_id = $1 AND ($2::text IS NULL OR request.project_id = $2)
          AND ($3::text IS NULL OR request.status = $3)
          AND ($4::timestamptz IS NULL OR request.updated_at >= $4)
          AND ($5::timestamptz IS NULL OR (request.submitted_at, request.id) < ($5, $6))
        ORDER BY request.submitted_at DESC, request.id DESC
        LIMIT $7`,
      [
        caller.organizationId,
        projectId,
        status,
        updatedSince === null ? null : new Date(Date.parse(updatedSince) - OVERLAP_MS),
        after?.at ?? null,
        after?.id ?? null,
        limit + 1,
      ],
    );
    return toPage(found, limit, list, (row) => ({ at: row.submittedAt, id: row.id }), toLeaseRequestView);
  }

  /** @throws NotFound where the project is not the caller's */
  private async readStanding(em: EntityManager, caller: PartnerCaller, projectId: string): Promise<PartnerStanding> {
    const standing = await queryRow<PartnerStanding>(
      em,
      `SELECT wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
              coalesce(organization.price_cents, $3::bigint) AS "priceCents"
         FROM project
         JOIN organization ON organization.id = project.organization_id
         JOIN ledger_account wallet ON wallet.id = 'wallet:' || organization.id
        WHERE project.id = $1 AND project.organization_id = $2`,
      [projectId, caller.organizationId, this.settings.leasePriceCents],
    );
    if (!standing) throw new NotFound('This project');
    return standing;
  }

  /** A partner's own requestId protects for ever, with whatever Idempotency-Key or none (contract: Idempotency). */
  private async findEarlier(
    em: EntityManager,
    caller: PartnerCaller,
    { body, bodyFingerprint }: SubmitLeaseRequest,
  ): Promise<IdempotentOutcome | null> {
    if (body.requestId === undefined) return null;
    const earlier = await queryRow<{ requestId: string; submittedAt: Date; fingerprint: Buffer }>(
      em,
      `SELECT request_id AS "requestId", submitted_at AS "submittedAt", fingerprint
         FROM lease_request WHERE organization_id = $1 AND request_id = $2`,
      [caller.organizationId, body.requestId],
    );
    if (!earlier) return null;
    // The body names the project, so it is part of the fingerprint.
    if (!earlier.fingerprint.equals(bodyFingerprint)) {
      throw new Conflict('request_id_reused', 'This requestId was used for another request already.');
    }
    return { result: toLeaseRequestReceipt(earlier), replayed: true };
  }

  /** `null` when the partner's requestId is taken. */
  private async insert(em: EntityManager, caller: PartnerCaller, { body, bodyFingerprint }: SubmitLeaseRequest) {
    const id = newId('lreq');
    const { niche } = body;
    const now = this.clock.now();
    return queryRow<{ id: LeaseRequestId; requestId: PartnerRequestId; submittedAt: Date }>(
      em,
      `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, audience,
                                  language, geo, target, partner_note, status, submitted_at, updated_at, due_at, vertical_key)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'requested', $14, $14, $15, $16)
       ON CONFLICT (organization_id, request_id) DO NOTHING
       RETURNING id, request_id AS "requestId", submitted_at AS "submittedAt"`,
      [
        id,
        body.requestId ?? id,
        caller.organizationId,
        body.projectId,
        caller.apiKeyId,
        bodyFingerprint,
        body.count,
        niche.vertical,
        niche.audience ?? null,
        niche.language ?? null,
        niche.geo ?? null,
        body.target ?? null,
        body.note ?? null,
        now,
        this.dueClock.dueAt(now),
        normalizeVertical(niche.vertical),
      ],
    );
  }
}

/** @throws WalletShort when not even one assignment is covered */
function assertCoversOne(standing: PartnerStanding): void {
  if (getCoveredCount(standing) < 1)
    throw new WalletShort(standing.balanceCents, standing.priceCents + standing.owedCents);
}
