import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../core/clock.js';
import { DomainEvents, type DomainEventTypes } from '../core/domain-events.js';
import { FoldedRounds } from '../core/folded-rounds.js';
import type { LeaseRequestId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRows, sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql } from '../core/text-key-sql.js';
import { Transactions } from '../core/transactions.js';
import { SlaCalculator, pausingBlockers } from '../lease-requests/sla-calculator.js';
import { isQueuedSql } from '../lease-requests/lease-request-sql.js';
import { lockRequest } from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import { findFunded, findScheduled, findStocked, type FindReleased } from './unblock-candidates.js';
import { Unblocker } from './unblocker.service.js';

const MINUTE_MS = 60_000;
/** Between two rounds while accounts keep coming: a round takes a few round trips, for one account as for many. */
const GATHER_MS = 50;

type AccountsEvent = DomainEventTypes['accountsBecameAvailable'];

/** Ends blockers whose reason is gone, after the commit that made it possible (docs/decisions/009, 056). */
@Injectable()
export class BlockerRelease implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BlockerRelease.name);
  private readonly stockedRounds = new FoldedRounds(
    (events: AccountsEvent[]) => this.unblockStocked(events),
    GATHER_MS,
  );
  private firstBackfill = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly events: DomainEvents,
    private readonly unblocker: Unblocker,
    private readonly transitions: RequestTransitions,
    private readonly clock: Clock,
    private readonly slaCalculator: SlaCalculator,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.events.on('walletGrew', (event) => this.unblock(this.findFunded(event)));
    this.events.on('accountsBecameAvailable', (event) => this.unblockStockedTogether(event));
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
    const today = this.slaCalculator.toBusinessDay(this.clock.now());
    await this.logFailure(
      'Unblocking requests whose day has come failed',
      this.unblocker.unblock(findScheduled(today)),
    );
    await this.logFailure('Unblocking requests without inventory failed', this.unblocker.unblock(findStocked({})));
    await this.logFailure(
      'Unblocking requests with a short wallet failed',
      this.unblocker.unblock(this.findFunded({})),
    );
    await this.unblocker.heldEnded();
  }

  /** The next sweep tries again; until then a failure stops nothing else. */
  private async logFailure(message: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.logger.error(message, error));
  }

  private findFunded(change: Parameters<typeof findFunded>[0]): FindReleased {
    return findFunded(change, this.settings.leasePriceCents);
  }

  private async unblock(find: FindReleased): Promise<void> {
    await this.unblocker.unblock(find);
    await this.unblocker.heldEnded();
  }

  /** The event of money or an account that came while the blocker was being set could not find the blocker yet. */
  private async recheckBlocked(id: LeaseRequestId): Promise<void> {
    for (const find of [this.findFunded({}), findStocked({})]) await this.unblock((em) => find(em, [id]));
  }

  /** Accounts that come while a round runs are looked at together by the next one. */
  private async unblockStockedTogether(event: AccountsEvent): Promise<void> {
    await this.stockedRounds.add(event);
    await this.unblocker.heldEnded();
  }

  private async unblockStocked(events: AccountsEvent[]): Promise<void> {
    const [socialAccountIds, times] = [new Set<string>(), [] as number[]];
    for (const event of events) {
      if ('socialAccountId' in event) socialAccountIds.add(event.socialAccountId);
      else times.push(event.since.getTime());
    }
    if (socialAccountIds.size > 0)
      await this.unblocker.unblock(findStocked({ socialAccountIds: [...socialAccountIds] }));
    if (times.length > 0) await this.unblocker.unblock(findStocked({ since: new Date(Math.min(...times)) }));
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
}
