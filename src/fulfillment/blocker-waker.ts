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
import type { SystemCaller } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { normalVertical } from '../account-pool/matching.js';
import { Clock } from '../common/clock.js';
import { Announcements } from '../common/house-events.js';
import { newId } from '../common/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { rows } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { DueClock, pausing } from '../lease-requests/due-clock.js';
import type { BlockerKind, WakeReason } from '../lease-requests/lease-request-status.js';
import { lockRequest, type LockedRequest } from './request-lock.js';
import { RequestMoves } from './request-moves.js';
import { coveredSince, stockedSince, type News } from './wakeable.js';

const MINUTE_MS = 60_000;

/** What has to be so, under the request's lock, for its blocker to end. */
type Cause = (em: EntityManager, request: LockedRequest) => Promise<boolean>;

type Find = (em: EntityManager, news: News) => Promise<Found[]>;

interface Found {
  id: string;
  /** Where what was found says it. */
  because?: WakeReason;
}

/** Each of these has a connection of its own. */
const AT_ONCE = 4;

/** Ends blockers whose reason has gone: after the commit that made it possible, each in a short transaction of its own (design, rule 10). */
@Injectable()
export class BlockerWaker implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BlockerWaker.name);

  private beginning = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly announcements: Announcements,
    private readonly moves: RequestMoves,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly dueClock: DueClock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.announcements.on('walletGrew', (event) => this.walletGrew(event));
    this.announcements.on('accountsBecameAvailable', (event) => this.poolGrew(event));
    this.announcements.on('requestBlocked', (event) => this.blockedLate(event.leaseRequestId));
  }

  /** The first start after an update does not wait a minute for it. */
  onApplicationBootstrap(): void {
    this.beginning = this.orLogged('What is open cannot be given its due time', this.fillIn());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.beginning;
  }

  /** Does each minute what a crash left undone, and wakes what has come to its day. */
  @Interval(MINUTE_MS)
  async sweep(): Promise<void> {
    await this.orLogged('What is open cannot be given its due time', this.fillIn());
    await this.orLogged('What has come to its day cannot be woken', this.dayCame());
    await this.orLogged('What lacked accounts cannot be woken', this.poolGrew({}));
    await this.orLogged('What lacked money cannot be woken', this.walletGrew({}));
  }

  /** What fails is made good a minute later, and holds up nothing else until then. */
  private async orLogged(what: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.logger.error(what, error));
  }

  /** What came while a blocker was being set was told before anybody could hear of the blocker. */
  private async blockedLate(id: string): Promise<void> {
    await this.walletGrew({ requestId: id });
    await this.poolGrew({ requestId: id });
  }

  /** Found in one look for all of them: most of what is blocked stays so. */
  private async walletGrew(news: News): Promise<void> {
    const find = (em: EntityManager, about: News) => coveredSince(em, about, this.settings.leasePriceCents);
    const covered = await find(this.dataSource.manager, news);
    await this.wakeAll(covered, news, 'wallet_short', find);
  }

  private async poolGrew(news: News): Promise<void> {
    const stocked = await stockedSince(this.dataSource.manager, news);
    await this.wakeAll(stocked, news, 'no_inventory', stockedSince);
  }

  private async wakeAll(found: Found[], news: News, blocker: BlockerKind, find: Find): Promise<void> {
    const cause: Cause = async (em, { id }) => (await find(em, { ...news, requestId: id })).length > 0;
    for (let from = 0; from < found.length; from += AT_ONCE) {
      await Promise.all(
        found
          .slice(from, from + AT_ONCE)
          .map(({ id, because = 'account_available' }) => this.wake(id, blocker, because, cause)),
      );
    }
  }

  /**
   * Gives open requests that came before there were due times theirs, and the vertical as it is compared; sets clocks going
   * that a version before, which knew none and may still run beside this one, has left standing.
   */
  private async fillIn(): Promise<void> {
    const bare = await rows<{ id: string }>(
      this.dataSource.manager,
      `SELECT id FROM lease_request
        WHERE status = 'requested'
          AND (due_at IS NULL OR vertical_key IS NULL OR (paused_at IS NOT NULL AND coalesce(blocker <> ALL ($1), true)))`,
      [pausing],
    );
    for (const { id } of bare) {
      await this.transactions.run(async (em) => {
        const request = await lockRequest(em, id);
        if (request.status !== 'requested') return;
        await this.moves.fillIn(em, request, normalVertical(request.vertical), this.clock.now());
      });
    }
  }

  private async dayCame(): Promise<void> {
    const today = this.dueClock.dayOf(this.clock.now());
    const due = await rows<{ id: string; blocker: BlockerKind }>(
      this.dataSource.manager,
      `SELECT id, blocker FROM lease_request WHERE status = 'requested' AND blocker IS NOT NULL AND look_again_on <= $1::date
        ORDER BY submitted_at, id`,
      [today],
    );
    const cause: Cause = (_em, { lookAgainOn }) => Promise.resolve(lookAgainOn !== null && lookAgainOn <= today);
    for (const { id, blocker } of due) await this.wake(id, blocker, 'day', cause);
  }

  private wake(id: string, blocker: BlockerKind, because: WakeReason, cause: Cause): Promise<void> {
    return this.orLogged(`Request ${id} cannot be woken`, this.wakeOne(id, blocker, because, cause));
  }

  private async wakeOne(id: string, blocker: BlockerKind, because: WakeReason, cause: Cause): Promise<void> {
    await this.transactions.run(async (em) => {
      const request = await lockRequest(em, id);
      if (request.blocker !== blocker || !(await cause(em, request))) return;
      await this.moves.unblock(em, request, this.clock.now(), because);
      await this.audit.record(em, theWaker(), {
        type: 'lease_request.woke',
        organizationId: request.organizationId,
        projectId: request.projectId,
        leaseRequestId: request.id,
        objectId: request.id,
        data: { requestId: request.requestId },
        internal: { because, version: request.version + 1, before: { blocker }, after: { blocker: null } },
      });
    });
  }
}

function theWaker(): SystemCaller {
  return { kind: 'system', name: 'The console', requestId: newId('req') };
}
