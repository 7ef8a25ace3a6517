import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Clock } from '../core/clock.js';
import { getPool } from '../core/connection-pool.js';
import { DomainEvents } from '../core/domain-events.js';
import { withTimeout } from '../core/with-timeout.js';
import { DatabaseMetrics } from './database-metrics.js';
import { httpMetricsMiddleware } from './http-metrics.js';
import { readOperatingFigures, type OperatingFigures } from './operating-figures.js';

/** How long figures of the database are given out again, so that many scrapers cost as much as one. */
const FRESH_MS = 5_000;
const TIMEOUT_MS = 2_000;
const outcomes = ['delivered', 'retried', 'failed', 'abandoned'] as const;

/** Everything that `/metrics` shows. */
@Injectable()
export class MetricsService implements OnModuleInit {
  private readonly logger = new Logger('Metrics');
  private readonly registry = new Registry();
  private readonly databaseMetrics = new DatabaseMetrics(this.registry);
  private readonly deliveries = new Counter({
    name: 'lease_console_webhook_deliveries_total',
    help: 'Attempts to deliver webhooks that this process made, by outcome.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  /** The latest figures or the attempt to read them; `null` where the database did not answer. */
  private figures: Promise<OperatingFigures | null> | null = null;
  /** By `performance.now()`. */
  private freshUntilMs = 0;
  private isUp = true;

  readonly middleware = httpMetricsMiddleware(this.registry);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly domainEvents: DomainEvents,
  ) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    this.watchPool();
    this.watchClock();
    for (const outcome of outcomes) this.deliveries.inc({ outcome }, 0);
    this.domainEvents.on('deliveriesSettled', async ({ outcomes }) => {
      for (const outcome of outcomes) this.deliveries.inc({ outcome });
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In Prometheus' text format. Without a database it is the rest. */
  async render(): Promise<string> {
    this.databaseMetrics.set(await this.readFigures());
    return this.registry.metrics();
  }

  /** Never two statements at once: a scrape that gave up leaves its own running until the database ends it. */
  private async readFigures(): Promise<OperatingFigures | null> {
    if (this.figures === null || performance.now() > this.freshUntilMs) this.figures = this.startReading();
    const figures = await withTimeout(TIMEOUT_MS, this.figures).catch(() => null);
    if ((figures !== null) !== this.isUp)
      this.logger.warn(figures ? 'Figures are read again' : 'Figures cannot be read');
    this.isUp = figures !== null;
    return figures;
  }

  private startReading(): Promise<OperatingFigures | null> {
    this.freshUntilMs = Infinity;
    return readOperatingFigures(this.dataSource.manager, this.clock.now())
      .catch(() => null)
      .finally(() => (this.freshUntilMs = performance.now() + FRESH_MS));
  }

  private watchPool(): void {
    const pool = getPool(this.dataSource);
    const registers = [this.registry];
    new Gauge({
      name: 'db_client_connection_count',
      help: 'Connections of the pool.',
      labelNames: ['db_client_connection_state'],
      registers,
      collect() {
        this.set({ db_client_connection_state: 'idle' }, pool.idleCount);
        this.set({ db_client_connection_state: 'used' }, pool.totalCount - pool.idleCount);
      },
    });
    new Gauge({
      name: 'db_client_connection_max',
      help: 'Connections that the pool opens at most.',
      registers,
      collect() {
        this.set(pool.options.max);
      },
    });
    new Gauge({
      name: 'db_client_connection_pending_requests',
      help: 'Calls that wait for a connection of the pool.',
      registers,
      collect() {
        this.set(pool.waitingCount);
      },
    });
  }

  private watchClock(): void {
    const { clock } = this;
    new Gauge({
      name: 'lease_console_clock_fault',
      help: '1 while the clocks of this process and its database differ, and background jobs are stopped.',
      registers: [this.registry],
      collect() {
        this.set(clock.fault === null ? 0 : 1);
      },
    });
  }
}
