import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { SystemCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { isMoneyFrozenError, RenewalsService } from './renewals.service.js';

const TICK_MS = 1_000;
/** After a failed run, such as one without a database. */
const RETRY_AFTER_FAILURE_MS = 10_000;
/** After an error in one partner's renewals. */
const SKIP_PARTNER_MS = 60_000;

/** Renews in the background, in every process with workers. Keeps no state but which partners to skip for a while. */
@Injectable()
export class RenewalWorker implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(RenewalWorker.name);
  /** By `performance.now()`, like `suspendedUntilMs`. */
  private readonly skippedUntilMs = new Map<string, number>();
  private readonly retries = new Set<Promise<void>>();
  private currentRun: Promise<void> | null = null;
  private isStopping = false;
  private suspendedUntilMs = 0;

  constructor(
    private readonly renewals: RenewalsService,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** A top-up pays at once for what is past due. Where this process dies first, the next tick of any process does it. */
  onModuleInit(): void {
    if (!this.settings.workers) return;
    this.events.on('walletGrew', ({ organizationId }) => this.retry(organizationId));
    this.events.on('clockMoved', async () => this.tick());
  }

  @Interval(TICK_MS)
  tick(): void {
    if (this.currentRun || this.mustNotRun() || performance.now() < this.suspendedUntilMs) return;
    this.currentRun = this.run().finally(() => (this.currentRun = null));
  }

  /** Starts nothing new; resolves when the running transaction is over. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all([this.currentRun, ...this.retries]);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  private async run(): Promise<void> {
    try {
      await this.renewals.run(
        systemCaller(),
        {},
        {
          isStopped: () => this.mustNotRun(),
          isSkipped: (organizationId) => (this.skippedUntilMs.get(organizationId) ?? 0) > performance.now(),
          onFailure: (organizationId, error) => this.skipPartner(organizationId, error),
          onProgress: (line) => this.logger.log(line),
          lockWaitMs: 0,
        },
      );
    } catch (error) {
      if (isMoneyFrozenError(error)) return;
      this.suspendedUntilMs = performance.now() + RETRY_AFTER_FAILURE_MS;
      this.logger.error(error);
    }
  }

  private async retry(organizationId: string): Promise<void> {
    if (this.mustNotRun()) return;
    const retry = this.renewals
      .renewPartner(systemCaller(), organizationId, () => this.mustNotRun())
      .catch((error) => {
        if (!isMoneyFrozenError(error)) this.skipPartner(organizationId, error);
      });
    this.retries.add(retry);
    await retry.finally(() => this.retries.delete(retry));
  }

  private mustNotRun(): boolean {
    return this.isStopping || this.clock.fault !== null;
  }

  private skipPartner(organizationId: string, error: unknown): void {
    this.skippedUntilMs.set(organizationId, performance.now() + SKIP_PARTNER_MS);
    this.logger.error(new Error(`The renewals of ${organizationId} failed.`, { cause: error }));
  }
}

function systemCaller(): SystemCaller {
  return { kind: 'system', name: 'renewals', callId: newId('req') };
}
