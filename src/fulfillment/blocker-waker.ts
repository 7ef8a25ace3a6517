import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import type { SystemCaller } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { candidatesFor, normalVertical } from '../account-pool/matching.js';
import { VerticalsService } from '../account-pool/verticals.service.js';
import { Clock } from '../common/clock.js';
import { Announcements } from '../common/house-events.js';
import { newId } from '../common/ids.js';
import { oneRow, rows } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { DueClock } from '../lease-requests/due-clock.js';
import type { BlockerKind } from '../lease-requests/lease-request-status.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { lockRequest, type LockedRequest } from './request-lock.js';
import { RequestMoves, type WakeReason } from './request-moves.js';

const MINUTE_MS = 60_000;

/** What has to be so, under the request's lock, for its blocker to end. */
type Cause = (em: EntityManager, request: LockedRequest) => Promise<boolean>;

/** Ends blockers whose reason has gone: after the commit that made it possible, each in a short transaction of its own (design, rule 10). */
@Injectable()
export class BlockerWaker implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly announcements: Announcements,
    private readonly moves: RequestMoves,
    private readonly wallets: WalletsService,
    private readonly verticals: VerticalsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly dueClock: DueClock,
  ) {}

  onModuleInit(): void {
    this.announcements.on('walletGrew', (event) => this.walletGrew(event.organizationId, event.because));
    this.announcements.on('accountsBecameAvailable', () => this.poolGrew());
    this.announcements.on('requestBlocked', (event) => this.blockedLate(event.leaseRequestId));
  }

  /** Does each minute what a crash left undone, and wakes what has come to its day. */
  @Interval(MINUTE_MS)
  async sweep(): Promise<void> {
    await this.fillIn();
    await this.dayCame();
    await this.poolGrew();
    for (const { organizationId } of await this.organizationsShort()) await this.walletGrew(organizationId, 'top_up');
  }

  /** What came while a blocker was being set was told before anybody could hear of the blocker. */
  private async blockedLate(id: string): Promise<void> {
    await this.wake(id, 'wallet_short', 'top_up', (em, request) => this.walletCoversSince(em, request));
    await this.wake(id, 'no_inventory', 'account_available', (em, request) => this.somethingFits(em, request));
  }

  private async walletGrew(organizationId: string, because: WakeReason): Promise<void> {
    const blocked = await this.blockedBy('wallet_short', organizationId);
    if (blocked.length === 0) return;
    if ((await this.wallets.lookUp(this.dataSource.manager, organizationId)).covers < 1) return;
    for (const { id } of blocked) {
      await this.wake(id, 'wallet_short', because, (em, request) => this.walletCoversSince(em, request));
    }
  }

  private async poolGrew(): Promise<void> {
    for (const { id } of await this.blockedBy('no_inventory')) {
      await this.wake(id, 'no_inventory', 'account_available', (em, request) => this.somethingFits(em, request));
    }
  }

  /** Gives open requests that came before there were due times theirs, and the vertical as it is compared. */
  private async fillIn(): Promise<void> {
    const bare = await rows<{
      id: string;
      vertical: string;
      submittedAt: Date;
      blocker: BlockerKind | null;
      since: Date;
    }>(
      this.dataSource.manager,
      `SELECT id, vertical, submitted_at AS "submittedAt", blocker, blocker_since AS since FROM lease_request
        WHERE status = 'requested' AND (due_at IS NULL OR vertical_key IS NULL)`,
    );
    for (const { id, vertical, submittedAt, blocker, since } of bare) {
      const running = { dueAt: this.dueClock.dueAt(submittedAt), pausedAt: null, pausedMs: 0 };
      const { dueAt, pausedAt } = this.dueClock.after(running, blocker, since);
      await rows(
        this.dataSource.manager,
        `UPDATE lease_request
            SET vertical_key = coalesce(vertical_key, $2), due_at = coalesce(due_at, $3),
                paused_at = CASE WHEN due_at IS NULL AND blocker IS NOT NULL THEN $4::timestamptz ELSE paused_at END
          WHERE id = $1 AND status = 'requested' AND (due_at IS NULL OR vertical_key IS NULL)`,
        [id, normalVertical(vertical), dueAt, pausedAt],
      );
    }
  }

  private async dayCame(): Promise<void> {
    const due = await rows<{ id: string; blocker: BlockerKind }>(
      this.dataSource.manager,
      `SELECT id, blocker FROM lease_request WHERE status = 'requested' AND blocker IS NOT NULL AND look_again_on <= $1::date
        ORDER BY submitted_at, id`,
      [this.dueClock.dayOf(this.clock.now())],
    );
    for (const { id, blocker } of due) await this.wake(id, blocker, 'day', () => Promise.resolve(true));
  }

  /** What stood when staff set the blocker did not help then; only money that came since wakes it. */
  private async walletCoversSince(em: EntityManager, request: LockedRequest): Promise<boolean> {
    const { organizationId, blockerSince } = request;
    if ((await this.wallets.lookUp(em, organizationId)).covers < 1) return false;
    const credit = await oneRow(
      em,
      `SELECT 1 AS found FROM ledger_transfer
        WHERE organization_id = $1 AND credit_account_id = 'wallet:' || $1 AND booked_at >= $2 LIMIT 1`,
      [organizationId, blockerSince],
    );
    return credit !== null;
  }

  /** Likewise for the pool: an account that fits and changed since, or a synonym that was mapped since. */
  private async somethingFits(em: EntityManager, request: LockedRequest): Promise<boolean> {
    const wish = { ...request, synonymOf: await this.verticals.synonymOf(em, request.vertical) };
    const fitting = (await candidatesFor(em, wish)).filter(({ fits }) => fits);
    const news = await oneRow(
      em,
      `SELECT 1 AS found FROM social_account WHERE id = ANY ($1) AND updated_at >= $2
       UNION ALL
       SELECT 1 FROM vertical_synonym WHERE synonym = $3 AND created_at >= $2 AND $4
       LIMIT 1`,
      [
        fitting.map(({ socialAccountId }) => socialAccountId),
        request.blockerSince,
        normalVertical(request.vertical),
        fitting.length > 0,
      ],
    );
    return news !== null;
  }

  private async wake(id: string, blocker: BlockerKind, because: WakeReason, cause: Cause): Promise<void> {
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

  private blockedBy(blocker: BlockerKind, organizationId: string | null = null): Promise<{ id: string }[]> {
    return rows<{ id: string }>(
      this.dataSource.manager,
      `SELECT id FROM lease_request
        WHERE status = 'requested' AND blocker = $1 AND ($2::text IS NULL OR organization_id = $2)
        ORDER BY submitted_at, id`,
      [blocker, organizationId],
    );
  }

  private organizationsShort(): Promise<{ organizationId: string }[]> {
    return rows(
      this.dataSource.manager,
      `SELECT DISTINCT organization_id AS "organizationId" FROM lease_request
        WHERE status = 'requested' AND blocker = 'wallet_short'`,
    );
  }
}

function theWaker(): SystemCaller {
  return { kind: 'system', name: 'The console', requestId: newId('req') };
}
