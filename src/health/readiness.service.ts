import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../core/clock.js';
import { findUnavailableCause, STATEMENTS_DROPPED } from '../core/database-errors.js';
import { Unavailable } from '../core/errors.js';
import { queryRows, sql } from '../core/sql.js';
import { areStatementsDropped } from '../core/statement-names.js';
import { withTimeout } from '../core/with-timeout.js';

const TIMEOUT_MS = 2_000;

/** Whether this process can do its work: the database takes writes from it, and their clocks agree. */
@Injectable()
export class ReadinessService {
  private readonly logger = new Logger('Readiness');
  private probe: Promise<string | null> | null = null;
  private loggedReason: string | null = null;
  private isStopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** From now on load balancers are to send nothing more. */
  stop(): void {
    this.isStopping = true;
  }

  /** @throws Unavailable with the reason, which holds nothing internal */
  async assertReady(): Promise<void> {
    const reason = await this.findReason();
    if (reason !== this.loggedReason) this.log(reason);
    if (reason !== null) throw new Unavailable(`Not ready: ${reason}.`, { cause: new Error(reason) });
  }

  private async findReason(): Promise<string | null> {
    if (this.isStopping) return 'the service is stopping';
    if (areStatementsDropped()) return STATEMENTS_DROPPED;
    return (await this.findDatabaseReason()) ?? this.clock.fault;
  }

  /** One write at a time, however many ask. */
  private findDatabaseReason(): Promise<string | null> {
    this.probe ??= withTimeout(TIMEOUT_MS, this.write())
      .then(() => null, toReason)
      .finally(() => (this.probe = null));
    return this.probe;
  }

  /** Changes nothing and waits for nobody's lock. */
  private async write(): Promise<void> {
    await queryRows(
      this.dataSource.manager,
      sql`UPDATE house_state SET is_demo = is_demo
           WHERE only_one = (SELECT only_one FROM house_state FOR NO KEY UPDATE SKIP LOCKED)`,
    );
  }

  private log(reason: string | null): void {
    this.loggedReason = reason;
    if (reason === null) this.logger.warn('Ready again');
    else this.logger.warn(`Not ready: ${reason}`);
  }
}

function toReason(error: unknown): string {
  if (error instanceof Unavailable) return 'the database does not answer';
  return findUnavailableCause(error) ?? 'the database takes no writes';
}
