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
import { normalizeVertical } from '../account-pool/matching.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { SlaCalculator, pausingBlockers } from '../lease-requests/sla-calculator.js';
import type { BlockerKind, UnblockReason } from '../lease-requests/lease-request-status.js';
import { lockRequest, type LockedRequest } from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import { findFundedRequests, findStockedRequests, type UnblockScope } from './unblock-candidates.js';

const MINUTE_MS = 60_000;

/** What has to be so, under the request's lock, for its blocker to end. */
type Cause = (em: EntityManager, request: LockedRequest) => Promise<boolean>;

type Find = (em: EntityManager, news: UnblockScope) => Promise<Found[]>;

interface Found {
  id: LeaseRequestId;
  /** Where what was found says it. */
  because?: UnblockReason;
}

/** Each of these has a connection of its own. */
const CONCURRENCY = 4;

/** Ends blockers whose reason has gone: after the commit that made it possible, each in a short transaction of its own (design, rule 10). */
@Injectable()
export class BlockerRelease implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BlockerRelease.name);

  private beginning = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly announcements: DomainEvents,
    private readonly moves: RequestTransitions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly dueClock: SlaCalculator,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.announcements.on('walletGrew', (event) => this.unblockFunded(event));
    this.announcements.on('accountsBecameAvailable', (event) => this.unblockStocked(event));
    this.announcements.on('requestBlocked', (event) => this.recheckBlocked(event.leaseRequestId));
  }

  /** The first start after an update does not wait a minute for it. */
  onApplicationBootstrap(): void {
    this.beginning = this.logFailure('What is open cannot be given its due time', this.backfill());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.beginning;
  }

  /** Does each minute what a crash left undone, and wakes what has come to its day. */
  @Interval(MINUTE_MS)
  async sweep(): Promise<void> {
    await this.logFailure('What is open cannot be given its due time', this.backfill());
    await this.logFailure('What has come to its day cannot be woken', this.unblockScheduled());
    await this.logFailure('What lacked accounts cannot be woken', this.unblockStocked({}));
    await this.logFailure('What lacked money cannot be woken', this.unblockFunded({}));
  }

  /** What fails is made good a minute later, and holds up nothing else until then. */
  private async logFailure(what: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.logger.error(what, error));
  }

  /** What came while a blocker was being set was told before anybody could hear of the blocker. */
  private async recheckBlocked(id: LeaseRequestId): Promise<void> {
    await this.unblockFunded({ leaseRequestId: id });
    await this.unblockStocked({ leaseRequestId: id });
  }

  /** Found in one look for all of them: most of what is blocked stays so. */
  private async unblockFunded(news: UnblockScope): Promise<void> {
    const find = (em: EntityManager, about: UnblockScope) =>
      findFundedRequests(em, about, this.settings.leasePriceCents);
    const covered = await find(this.dataSource.manager, news);
    await this.unblockAll(covered, news, 'wallet_short', find);
  }

  private async unblockStocked(news: UnblockScope): Promise<void> {
    const stocked = await findStockedRequests(this.dataSource.manager, news);
    await this.unblockAll(stocked, news, 'no_inventory', findStockedRequests);
  }

  private async unblockAll(found: Found[], news: UnblockScope, blocker: BlockerKind, find: Find): Promise<void> {
    const cause: Cause = async (em, { id }) => (await find(em, { ...news, leaseRequestId: id })).length > 0;
    for (let from = 0; from < found.length; from += CONCURRENCY) {
      await Promise.all(
        found
          .slice(from, from + CONCURRENCY)
          .map(({ id, because = 'account_available' }) => this.unblock(id, blocker, because, cause)),
      );
    }
  }

  /**
   * Gives open requests that came before there were due times theirs, and the vertical as it is compared; sets clocks going
   * that a version before, which knew none and may still run beside this one, has left standing.
   */
  private async backfill(): Promise<void> {
    const bare = await queryRows<{ id: LeaseRequestId }>(
      this.dataSource.manager,
      `SELECT id FROM lease_request
        WHERE status = 'requested'
          AND (due_at IS NULL OR vertical_key IS NULL OR (paused_at IS NOT NULL AND coalesce(blocker <> ALL ($1), true)))`,
      [pausingBlockers],
    );
    for (const { id } of bare) {
      await this.transactions.run(async (em) => {
        const request = await lockRequest(em, id);
        if (request.status !== 'requested') return;
        await this.moves.backfill(em, request, normalizeVertical(request.vertical), this.clock.now());
      });
    }
  }

  private async unblockScheduled(): Promise<void> {
    const today = this.dueClock.toBusinessDay(this.clock.now());
    const due = await queryRows<{ id: LeaseRequestId; blocker: BlockerKind }>(
      this.dataSource.manager,
      `SELECT id, blocker FROM lease_request WHERE status = 'requested' AND blocker IS NOT NULL AND look_again_on <= $1::date
        ORDER BY submitted_at, id`,
      [today],
    );
    const cause: Cause = (_em, { lookAgainOn }) => Promise.resolve(lookAgainOn !== null && lookAgainOn <= today);
    for (const { id, blocker } of due) await this.unblock(id, blocker, 'day', cause);
  }

  private unblock(id: LeaseRequestId, blocker: BlockerKind, because: UnblockReason, cause: Cause): Promise<void> {
    return this.logFailure(`Request ${id} cannot be woken`, this.unblockOne(id, blocker, because, cause));
  }

  private async unblockOne(
    id: LeaseRequestId,
    blocker: BlockerKind,
    because: UnblockReason,
    cause: Cause,
  ): Promise<void> {
    await this.transactions.run(async (em) => {
      const request = await lockRequest(em, id);
      if (request.blocker !== blocker || !(await cause(em, request))) return;
      await this.moves.unblock(em, request, this.clock.now(), because);
      await this.audit.record(em, systemCaller(), {
        type: 'lease_request.woke',
        organizationId: request.organizationId,
        projectId: request.projectId,
        leaseRequestId: request.id,
        objectId: request.id,
        data: { requestId: request.partnerRequestId },
        internal: { because, version: request.version + 1, before: { blocker }, after: { blocker: null } },
      });
    });
  }
}

function systemCaller(): SystemCaller {
  return { kind: 'system', name: 'The console', callId: newId('req') };
}
