import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { SystemCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { LeaseRequestEvents } from '../lease-requests/lease-request-events.js';
import { lockFreeRequests, lockRequest, type LockedRequest } from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import type { FindReleased, Released } from './unblock-candidates.js';

/** Requests in one transaction: their rows are locked for as long as it lasts, some tens of milliseconds. */
const CHUNK_SIZE = 50;
/** Of requests whose rows others hold. */
const HELD_AT_ONCE = 4;
/** An action of staff takes milliseconds; the sweep makes up for what takes longer. */
const HELD_WAIT_MS = '2000';

/** Ends blockers whose reason is gone, many in one transaction; each is read again under its lock. */
@Injectable()
export class Unblocker {
  private readonly logger = new Logger(Unblocker.name);
  /** Requests that wait for their rows, each with what may have released it. */
  private readonly held = new Map<LeaseRequestId, Set<FindReleased>>();
  private heldRun: Promise<void> | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly transitions: RequestTransitions,
    private readonly requestEvents: LeaseRequestEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Those whose rows others hold are unblocked beside it, so that they stop nobody: {@link heldEnded} waits for them.
   * @param find read once without locks, since most blocked requests stay blocked
   */
  async unblock(find: FindReleased): Promise<void> {
    const ids = (await find(this.dataSource.manager)).map(({ id }) => id);
    for (let from = 0; from < ids.length; from += CHUNK_SIZE) {
      const chunk = ids.slice(from, from + CHUNK_SIZE);
      for (const id of await this.unblockFree(chunk, find)) this.hold(id, find);
    }
  }

  /** Resolves when those that waited for their rows are unblocked, or have failed. */
  async heldEnded(): Promise<void> {
    await this.heldRun;
  }

  /** @returns those that somebody holds; all of them where one could not be unblocked, and nothing was changed */
  private async unblockFree(ids: LeaseRequestId[], find: FindReleased): Promise<LeaseRequestId[]> {
    try {
      return await this.transactions.run(async (em) => {
        const requests = await lockFreeRequests(em, ids);
        await this.unblockLocked(em, requests, [find]);
        const locked = new Set(requests.map(({ id }) => id));
        return ids.filter((id) => !locked.has(id));
      });
    } catch (error) {
      if (ids.length > 1) return ids;
      this.logFailure(ids[0]!, error);
      return [];
    }
  }

  private hold(id: LeaseRequestId, find: FindReleased): void {
    this.held.set(id, (this.held.get(id) ?? new Set()).add(find));
    this.heldRun ??= this.unblockHeld();
  }

  /** A few at a time: each waits for its row, but not for long, and fails alone. */
  private async unblockHeld(): Promise<void> {
    while (this.held.size > 0) {
      const few = [...this.held].slice(0, HELD_AT_ONCE);
      for (const [id] of few) this.held.delete(id);
      await Promise.all(few.map(([id, finds]) => this.unblockWaiting(id, [...finds])));
    }
    this.heldRun = null;
  }

  private async unblockWaiting(id: LeaseRequestId, finds: FindReleased[]): Promise<void> {
    const unblocked = this.transactions.run(async (em) => {
      await queryRows(em, sql`SELECT set_config('lock_timeout', ${HELD_WAIT_MS}, true)`);
      await this.unblockLocked(em, [await lockRequest(em, id)], finds);
    });
    // The next sweep tries again.
    await unblocked.catch((error: unknown) => this.logFailure(id, error));
  }

  private logFailure(id: LeaseRequestId, error: unknown): void {
    this.logger.error(`Unblocking request ${id} failed`, error);
  }

  private async unblockLocked(em: EntityManager, requests: LockedRequest[], finds: FindReleased[]): Promise<void> {
    const released = await this.findReleased(em, requests, finds);
    if (released.length === 0) return;
    const byId = new Map(requests.map((request) => [request.id, request]));
    const ended = released.map(({ id, reason }) => ({ request: byId.get(id)!, reason }));
    await this.transitions.unblockAll(em, ended, this.clock.now());
    const entries = ended.map(({ request, reason }) => toAuditEntry(request, reason));
    await this.audit.recordMany(em, systemCaller(), 'lease_request.woke', entries);
    await this.requestEvents.recordAll(
      em,
      ended.map(({ request }) => request),
    );
  }

  private async findReleased(em: EntityManager, requests: LockedRequest[], finds: FindReleased[]): Promise<Released[]> {
    const ids = requests.map(({ id }) => id);
    for (const find of ids.length > 0 ? finds : []) {
      const released = await find(em, ids);
      if (released.length > 0) return released;
    }
    return [];
  }
}

function toAuditEntry(request: LockedRequest, because: Released['reason']) {
  return {
    organizationId: request.organizationId,
    projectId: request.projectId,
    leaseRequestId: request.id,
    objectId: request.id,
    data: { requestId: request.partnerRequestId },
    internal: {
      because,
      version: request.version + 1,
      before: { blocker: request.blocker },
      after: { blocker: null },
    },
  };
}

function systemCaller(): SystemCaller {
  return { kind: 'system', name: 'System', callId: newId('req') };
}
