import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { violatesUnique } from '../core/database-errors.js';
import { Conflict, NotFound, WalletShort } from '../core/errors.js';
import { newId, type PartnerRequestId } from '../core/ids.js';
import { toPage, readCursor } from '../core/pages.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow, queryRows, queryShortRow } from '../core/sql.js';
import { StatementBatch } from '../core/statement-batch.js';
import { Transactions } from '../core/transactions.js';
import { Reply } from '../partner-api/reply.js';
import { IdempotencyService, type IdempotentOutcome } from '../partner-api/idempotency.service.js';
import { SlaCalculator } from './sla-calculator.js';
import type { LeaseRequestsQuery } from './dto/read-lease-requests.js';
import type { SubmitLeaseRequest } from './dto/submit-lease-request.js';
import { toLeaseRequestSql, toLeaseRequestsSql, type LeaseRequestListRow } from './lease-requests.sql.js';
import {
  toLeaseRequestReceipt,
  toLeaseRequestView,
  type LeaseRequestPage,
  type LeaseRequestReceipt,
  type LeaseRequestRow,
  type LeaseRequestView,
} from './lease-request.view.js';
import { toSubmissionKeys, toSubmissionsSql, type Submission, type SubmissionRow } from './submission.sql.js';

/** Submits, reads and lists lease requests for partners. */
@Injectable()
export class LeaseRequestsService {
  private readonly submissions = new StatementBatch<Submission, SubmissionRow>({
    toSql: (submissions) => toSubmissionsSql(submissions, this.settings),
    toKeys: toSubmissionKeys,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly clock: Clock,
    private readonly sla: SlaCalculator,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * Queues a request for staff. Nothing is charged; the wallet only has to cover one account.
   * @throws NotFound for another's project, WalletShort, Conflict where Idempotency-Key or requestId was used for another request
   */
  async submit(caller: PartnerCaller, input: SubmitLeaseRequest): Promise<Reply> {
    const reply = await this.submitOnce(caller, input);
    const { requestId } = JSON.parse(reply.body) as LeaseRequestReceipt;
    reply.location = `/v1/projects/${input.body.projectId}/leased-accounts/requests/${requestId}`;
    return reply;
  }

  private async submitOnce(caller: PartnerCaller, input: SubmitLeaseRequest): Promise<Reply> {
    for (;;) {
      const submission = this.toSubmission(caller, input);
      const outcome = await this.accept(submission);
      if (!outcome) continue;
      if (outcome.isAccepted) return new Reply(submission.answer, false);
      if (outcome.balanceCents === null) throw new NotFound('This project');
      const { stored, storedBody: body, storedSealedBody: sealedBody } = outcome;
      if (stored) return this.idempotency.toReply(caller, input, { fingerprint: stored, body, sealedBody });
      if (!outcome.earlier && outcome.isCovered) continue;
      const run = (em: EntityManager) =>
        this.idempotency.runOnce(em, caller, input, 202, async () => toEarlierReceipt(outcome, input));
      // Another call in flight with the same Idempotency-Key is waited for: its answer goes before this one.
      return input.idempotencyKey === null ? run(this.dataSource.manager) : this.transactions.run(run);
    }
  }

  /** @returns `null` when another call has just taken the requestId */
  private async accept(submission: Submission): Promise<SubmissionRow | null> {
    try {
      return await this.transactions.runBatched(this.submissions, submission);
    } catch (error) {
      if (violatesUnique(error, 'lease_request_organization_id_request_id_key')) return null;
      throw error;
    }
  }

  private toSubmission(caller: PartnerCaller, input: SubmitLeaseRequest): Submission {
    const id = newId('lreq');
    const requestId = (input.body.requestId ?? id) as PartnerRequestId;
    const submittedAt = this.clock.now();
    return {
      caller,
      input,
      id,
      requestId,
      submittedAt,
      dueAt: this.sla.getDueAt(submittedAt),
      answer: JSON.stringify(toLeaseRequestReceipt({ requestId, submittedAt })),
    };
  }

  /** @param projectId limits the search to one project. @throws NotFound */
  async read(caller: PartnerCaller, requestId: string, projectId?: string): Promise<LeaseRequestView> {
    return toFoundView(await queryShortRow(this.dataSource, toLeaseRequestSql(caller, requestId, projectId ?? null)));
  }

  /** {@link read} inside the caller's transaction. @throws NotFound */
  async view(
    em: EntityManager,
    caller: PartnerCaller,
    requestId: string,
    projectId: string | null = null,
  ): Promise<LeaseRequestView> {
    return toFoundView(await queryRow(em, toLeaseRequestSql(caller, requestId, projectId)));
  }

  /** None where the query names another's project. @throws ValidationFailed on a cursor of another list */
  async list(caller: PartnerCaller, query: LeaseRequestsQuery & { projectId?: string }): Promise<LeaseRequestPage> {
    return (await this.readPage(caller, query)).page;
  }

  /** @throws NotFound for another's project, ValidationFailed on a cursor of another list */
  async listOfProject(caller: PartnerCaller, projectId: string, query: LeaseRequestsQuery): Promise<LeaseRequestPage> {
    const { isOwn, page } = await this.readPage(caller, { ...query, projectId });
    if (!isOwn) throw new NotFound('This project');
    return page;
  }

  private async readPage(
    caller: PartnerCaller,
    query: LeaseRequestsQuery & { projectId?: string },
  ): Promise<{ isOwn: boolean; page: LeaseRequestPage }> {
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
    const rows = await queryRows<LeaseRequestListRow>(
      this.dataSource.manager,
      toLeaseRequestsSql(caller, query, after),
    );
    const { isOwn, asOf } = rows[0]!;
    const found = rows.filter(({ id }) => id !== null);
    const toPosition = ({ updatedAt, submittedAt, id }: LeaseRequestRow) => ({
      at: isByChange ? updatedAt : submittedAt,
      id,
    });
    const page = toPage(found, limit, list, toPosition, toLeaseRequestView);
    return { isOwn, page: { ...page, asOf: this.clock.toBusinessTime(asOf).toISOString() } };
  }
}

/** @throws NotFound */
function toFoundView(row: LeaseRequestRow | null): LeaseRequestView {
  if (!row) throw new NotFound('This lease request');
  return toLeaseRequestView(row);
}

/** The answer to the request that has this requestId. @throws Conflict where that is another one; WalletShort where there is none */
function toEarlierReceipt(outcome: SubmissionRow, { bodyFingerprint }: SubmitLeaseRequest): IdempotentOutcome {
  const {
    earlier,
    earlierRequestId: requestId,
    earlierSubmittedAt: submittedAt,
    balanceCents,
    requiredCents,
  } = outcome;
  if (!earlier) throw new WalletShort(balanceCents!, requiredCents);
  // The body names the project, so it is part of the fingerprint.
  if (!earlier.equals(bodyFingerprint)) {
    throw new Conflict('request_id_reused', 'This requestId has already been used for a different request.');
  }
  return { result: toLeaseRequestReceipt({ requestId, submittedAt }), replayed: true };
}
