import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import type { EventSubscriber, SequencedEvent } from './types.js';

/** For events of other processes; those of this one wake it. */
const POLL_MS = 1_000;
/** Between two runs while events keep coming: each takes a few round trips and a commit, for one event as for many. */
const GATHER_MS = 50;
/** While another process holds the lock: it may have looked before the newest events were committed. */
const RETRY_LOCKED_MS = 50;
/** After a failed run, such as one without a database. */
const RETRY_AFTER_FAILURE_MS = 10_000;
const BATCH_SIZE = 500;

/**
 * Gives committed events their place in the order of `GET /v1/events`, in every process with workers (docs/decisions/030). One transaction
 * at a time does so, so that a number is visible only after all lower ones; numbers have gaps.
 */
@Injectable()
export class EventSequencer implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(EventSequencer.name);
  private readonly subscribers: EventSubscriber[] = [];
  private currentRun: Promise<void> | null = null;
  private isWoken = false;
  private isStopping = false;
  /** By `performance.now()`. */
  private suspendedUntilMs = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly domainEvents: DomainEvents,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    if (this.settings.workers) this.domainEvents.on('eventsRecorded', async () => this.wake());
  }

  /** Subscribers run in the order in which they came. */
  subscribe(subscriber: EventSubscriber): void {
    this.subscribers.push(subscriber);
  }

  @Interval(POLL_MS)
  async poll(): Promise<void> {
    if (this.currentRun || this.mustNotRun()) return;
    const isPending = await this.hasPending().catch((error: unknown) => this.suspend(error));
    if (isPending) this.wake();
  }

  /** Sequences until nothing is left; resolves then. */
  async sequenceAll(): Promise<void> {
    for (let batch = await this.sequenceBatch(); batch !== 'done'; batch = await this.sequenceBatch()) {
      if (batch === 'locked') await pause(RETRY_LOCKED_MS);
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Starts nothing new; resolves when the running transaction is over. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.currentRun;
  }

  private wake(): void {
    if (this.mustNotRun()) return;
    this.isWoken = true;
    this.currentRun ??= this.run().finally(() => (this.currentRun = null));
  }

  private async run(): Promise<void> {
    try {
      while (this.isWoken && !this.mustNotRun()) {
        this.isWoken = false;
        const batch = await this.sequenceBatch();
        if (batch !== 'done') this.isWoken = true;
        if (batch === 'locked') await pause(RETRY_LOCKED_MS);
        if (batch === 'done' && this.isWoken) await pause(GATHER_MS);
      }
    } catch (error) {
      this.suspend(error);
    }
  }

  /** @returns `done` where this batch left nothing, `locked` where another process is at it */
  private sequenceBatch(): Promise<'more' | 'done' | 'locked'> {
    return this.transactions.run(async (em) => {
      if (!(await tryLockSequence(em))) return 'locked';
      const events = await numberPending(em);
      if (events.length > 0) for (const subscriber of this.subscribers) await subscriber.onSequenced(em, events);
      return events.length < BATCH_SIZE ? 'done' : 'more';
    });
  }

  private async hasPending(): Promise<boolean> {
    const found = await queryRow(this.dataSource.manager, sql`SELECT FROM event WHERE sequence IS NULL LIMIT 1`);
    return found !== null;
  }

  private mustNotRun(): boolean {
    return this.isStopping || this.clock.fault !== null || performance.now() < this.suspendedUntilMs;
  }

  private suspend(error: unknown): void {
    this.suspendedUntilMs = performance.now() + RETRY_AFTER_FAILURE_MS;
    this.logger.error(error);
  }
}

/** Until the transaction ends. */
async function tryLockSequence(em: EntityManager): Promise<boolean> {
  const lock = await queryRow<{ taken: boolean }>(
    em,
    sql`SELECT pg_try_advisory_xact_lock(hashtextextended('sequence of events', 0)) AS taken`,
  );
  return lock!.taken;
}

/** In the order in which they were written: of two changes of one thing, the earlier one first. */
async function numberPending(em: EntityManager): Promise<SequencedEvent[]> {
  const events = await queryRows<SequencedEvent>(
    em,
    sql`WITH pending AS MATERIALIZED (
          SELECT id FROM event WHERE sequence IS NULL ORDER BY recorded_order LIMIT ${literal(BATCH_SIZE)}
        ), numbered AS MATERIALIZED (
          SELECT id, nextval('event_sequence') AS sequence FROM pending
        )
        UPDATE event SET sequence = numbered.sequence FROM numbered WHERE event.id = numbered.id
        RETURNING event.id, event.organization_id AS "organizationId", event.project_id AS "projectId", event.type,
                  event.endpoint_id AS "endpointId", event.created_at AS "createdAt", event.sequence::text AS sequence`,
  );
  return events.sort((a, b) => (BigInt(a.sequence) < BigInt(b.sequence) ? -1 : 1));
}
