import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { SystemCaller } from '../authorization/actor.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { isFrozen, RenewalsService } from './renewals.service.js';

const TICK_MS = 1_000;
/** How long a database that is away is left alone. */
const AFTER_FAILURE_MS = 10_000;
/** How long a partner whose renewals failed for a reason of ours is left alone. */
const REST_MS = 60_000;

/** Renews in the background, in every process that has workers; all that it remembers is which partners to leave alone for a while. */
@Injectable()
export class RenewalWorker implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(RenewalWorker.name);
  private readonly restingUntil = new Map<string, number>();
  private readonly retries = new Set<Promise<void>>();
  private going: Promise<void> | null = null;
  private stopping = false;
  private againAt = 0;

  constructor(
    private readonly renewals: RenewalsService,
    private readonly announcements: DomainEvents,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** Money that came in pays at once for what is past due; where this process dies before, the next tick of any finds it. */
  onModuleInit(): void {
    if (!this.settings.workers) return;
    this.announcements.on('walletGrew', ({ organizationId }) => this.retry(organizationId));
    this.announcements.on('clockMoved', async () => this.tick());
  }

  @Interval(TICK_MS)
  tick(): void {
    if (this.going || this.stopping || Date.now() < this.againAt) return;
    this.going = this.run().finally(() => (this.going = null));
  }

  /** Takes nothing new; resolves when the transaction under way is over. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([this.going, ...this.retries]);
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
          isOver: () => this.stopping,
          without: (organizationId) => (this.restingUntil.get(organizationId) ?? 0) > Date.now(),
          trouble: (organizationId, error) => this.restPartner(organizationId, error),
          progress: (line) => this.logger.log(line),
          patienceMs: 0,
        },
      );
    } catch (error) {
      if (isFrozen(error)) return;
      this.againAt = Date.now() + AFTER_FAILURE_MS;
      this.logger.error(error);
    }
  }

  private async retry(organizationId: string): Promise<void> {
    if (this.stopping) return;
    const retry = this.renewals
      .renewPartner(systemCaller(), organizationId, () => this.stopping)
      .catch((error) => {
        if (!isFrozen(error)) this.restPartner(organizationId, error);
      });
    this.retries.add(retry);
    await retry.finally(() => this.retries.delete(retry));
  }

  private restPartner(organizationId: string, error: unknown): void {
    this.restingUntil.set(organizationId, Date.now() + REST_MS);
    this.logger.error(new Error(`The renewals of ${organizationId} failed.`, { cause: error }));
  }
}

function systemCaller(): SystemCaller {
  return { kind: 'system', name: 'renewals', callId: newId('req') };
}
