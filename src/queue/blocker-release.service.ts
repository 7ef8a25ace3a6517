import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRows, sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql } from '../core/text-key-sql.js';
import { Transactions } from '../core/transactions.js';
import { SlaCalculator, pausingBlockers } from '../lease-requests/sla-calculator.js';
import type { BlockerKind, UnblockReason } from '../lease-requests/lease-request-status.js';
import { LeaseRequestEvents } from '../lease-requests/lease-request-events.js';
import { isQueuedSql } from '../lease-requests/lease-request-sql.js';
import { lockRequest, type LockedRequest } from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import { findFundedRequests, findStockedRequests, type UnblockScope } from './unblock-candidates.js';

const MINUTE_MS = 60_000;

/** Whether a blocker's reason is gone, read again under the request's lock. */
type IsReleased = (em: EntityManager, request: LockedRequest) => Promise<boolean>;

type FindCandidates = (em: EntityManager, scope: UnblockScope) => Promise<Candidate[]>;

interface Candidate {
  id: LeaseRequestId;
  /** @default account_available */
  reason?: UnblockReason;
}

/** Requests that are unblocked at the same time; each takes a connection. */
const CONCURRENCY = 4;

/** Ends blockers whose reason is gone: after the commit that made it possible, each in a short transaction of its own. */
@Injectable()
export class BlockerRelease implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BlockerRelease.name);

  private firstBackfill = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly events: DomainEvents,
    private readonly transitions: RequestTransitions,
    private readonly requestEvents: LeaseRequestEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly slaCalculator: SlaCalculator,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.events.on('walletGrew', (event) => this.unblockFunded(event));
    this.events.on('accountsBecameAvailable', (event) => this.unblockStocked(event));
    this.events.on('requestBlocked', (event) => this.recheckBlocked(event.leaseRequestId));
  }

  onApplicationBootstrap(): void {
    this.firstBackfill = this.logFailure('Backfill of due times failed', this.backfill());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.firstBackfill;
  }

  /** Every minute: unblocks the requests whose day has come, and those that a crash left blocked. */
  @Interval(MINUTE_MS)
  async sweep(): Promise<void> {
    if (this.clock.fault) return;
    await this.logFailure('Backfill of due times failed', this.backfill());
    await this.logFailure('Unblocking requests whose day has come failed', this.unblockScheduled());
    await this.logFailure('Unblocking requests without inventory failed', this.unblockStocked({}));
    await this.logFailure('Unblocking requests with a short wallet failed', this.unblockFunded({}));
  }

  /** The next sweep tries again; until then a failure stops nothing else. */
  private async logFailure(message: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.logger.error(message, error));
  }

  /** The event of money or an account that came while the blocker was being set could not find the blocker yet. */
  private async recheckBlocked(id: LeaseRequestId): Promise<void> {
    await this.unblockFunded({ leaseRequestId: id });
    await this.unblockStocked({ leaseRequestId: id });
  }

  private async unblockFunded(scope: UnblockScope): Promise<void> {
    const find = (em: EntityManager, narrowed: UnblockScope) =>
      findFundedRequests(em, narrowed, this.settings.leasePriceCents);
    const funded = await find(this.dataSource.manager, scope);
    await this.unblockAll(funded, scope, 'wallet_short', find);
  }

  private async unblockStocked(scope: UnblockScope): Promise<void> {
    const stocked = await findStockedRequests(this.dataSource.manager, scope);
    await this.unblockAll(stocked, scope, 'no_inventory', findStockedRequests);
  }

  /** @param candidates from one query without locks, since most blocked requests stay blocked; each is read again under its lock */
  private async unblockAll(
    candidates: Candidate[],
    scope: UnblockScope,
    blocker: BlockerKind,
    find: FindCandidates,
  ): Promise<void> {
    const isReleased: IsReleased = async (em, { id }) => (await find(em, { ...scope, leaseRequestId: id })).length > 0;
    for (let from = 0; from < candidates.length; from += CONCURRENCY) {
      await Promise.all(
        candidates
          .slice(from, from + CONCURRENCY)
          .map(({ id, reason = 'account_available' }) => this.unblock(id, blocker, reason, isReleased)),
      );
    }
  }

  /**
   * Fills in what an older version, which may still run beside this one, leaves out: due time and `vertical_key` of open requests,
   * and the end of a pause whose blocker is gone.
   */
  private async backfill(): Promise<void> {
    const incomplete = await queryRows<{ id: LeaseRequestId }>(
      this.dataSource.manager,
      sql`SELECT id FROM lease_request request
        WHERE ${isQueuedSql()} AND (due_at IS NULL OR vertical_key IS DISTINCT FROM ${textKeySql(sql`vertical`)}
          OR (paused_at IS NOT NULL AND coalesce(blocker <> ALL (${pausingBlockers}::text[]), true)))`,
    );
    for (const { id } of incomplete) {
      await this.transactions.run(async (em) => {
        const request = await lockRequest(em, id);
        if (request.status !== 'requested') return;
        await this.transitions.backfill(em, request, toTextKey(request.vertical), this.clock.now());
      });
    }
  }

  private async unblockScheduled(): Promise<void> {
    const today = this.slaCalculator.toBusinessDay(this.clock.now());
    const due = await queryRows<{ id: LeaseRequestId; blocker: BlockerKind }>(
      this.dataSource.manager,
      sql`SELECT id, blocker FROM lease_request request WHERE ${isQueuedSql()} AND blocker IS NOT NULL AND look_again_on <= ${today}::date
        ORDER BY submitted_at, id`,
    );
    const isReleased: IsReleased = (_em, { lookAgainOn }) =>
      Promise.resolve(lookAgainOn !== null && lookAgainOn <= today);
    for (const { id, blocker } of due) await this.unblock(id, blocker, 'day', isReleased);
  }

  private unblock(
    id: LeaseRequestId,
    blocker: BlockerKind,
    reason: UnblockReason,
    isReleased: IsReleased,
  ): Promise<void> {
    return this.logFailure(`Unblocking request ${id} failed`, this.unblockOne(id, blocker, reason, isReleased));
  }

  private async unblockOne(
    id: LeaseRequestId,
    blocker: BlockerKind,
    reason: UnblockReason,
    isReleased: IsReleased,
  ): Promise<void> {
    await this.transactions.run(async (em) => {
      const request = await lockRequest(em, id);
      if (request.blocker !== blocker || !(await isReleased(em, request))) return;
      await this.transitions.unblock(em, request, this.clock.now(), reason);
      await this.audit.record(em, systemCaller(), {
        type: 'lease_request.woke',
        organizationId: request.organizationId,
        projectId: request.projectId,
        leaseRequestId: request.id,
        objectId: request.id,
        data: { requestId: request.partnerRequestId },
        internal: { because: reason, version: request.version + 1, before: { blocker }, after: { blocker: null } },
      });
      await this.requestEvents.record(em, request);
    });
  }
}

function systemCaller(): SystemCaller {
  return { kind: 'system', name: 'System', callId: newId('req') };
}
