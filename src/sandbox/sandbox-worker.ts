import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../core/clock.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { isMoneyFrozenError, RenewalsService } from '../renewals/renewals.service.js';
import { SandboxAnswers } from './sandbox-answers.js';
import { sandboxCaller } from './sandbox-caller.js';
import { SandboxClaims } from './sandbox-claims.js';

const TICK_MS = 1_000;
/** After a failed run, such as one without a database. */
const RETRY_AFTER_FAILURE_MS = 10_000;
/** In a sandbox before it is another one's turn; looking at a request that has no more to answer counts too. */
const ANSWERS_A_TURN = 100;
/** After an error in one sandbox. */
const SKIP_SANDBOX_MS = 60_000;

/** Lets sandboxes answer their requests and renew their leases by their own clocks, in every process with workers. A sandbox that another process works on is left to it. */
@Injectable()
export class SandboxWorker implements BeforeApplicationShutdown {
  private readonly logger = new Logger(SandboxWorker.name);
  /** By `performance.now()`, like `suspendedUntilMs`. */
  private readonly skippedUntilMs = new Map<string, number>();
  private currentRun: Promise<void> | null = null;
  private isStopping = false;
  private suspendedUntilMs = 0;

  constructor(
    private readonly answers: SandboxAnswers,
    private readonly claims: SandboxClaims,
    private readonly renewals: RenewalsService,
    private readonly organizationClock: OrganizationClock,
    private readonly clock: Clock,
  ) {}

  @Interval(TICK_MS)
  tick(): void {
    if (this.currentRun || this.mustNotRun() || performance.now() < this.suspendedUntilMs) return;
    this.currentRun = this.run()
      .catch((error: unknown) => {
        this.suspendedUntilMs = performance.now() + RETRY_AFTER_FAILURE_MS;
        this.logger.error(error);
      })
      .finally(() => (this.currentRun = null));
  }

  /** Gives every sandbox that no other process works on one turn at what is due there. */
  async run(): Promise<void> {
    const renewing = await this.renewals.listDueSandboxes();
    for (const organizationId of new Set([...(await this.answers.listPending()), ...renewing])) {
      if (this.mustNotRun()) return;
      if ((this.skippedUntilMs.get(organizationId) ?? 0) > performance.now()) continue;
      await this.work(organizationId).catch((error: unknown) => this.skip(organizationId, error));
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

  private async work(organizationId: string): Promise<void> {
    const claim = await this.claims.take(organizationId);
    if (!claim) return;
    try {
      let left = ANSWERS_A_TURN;
      const canGoOn = async () => (left -= 1) >= 0 && !this.mustNotRun() && (await this.claims.keep(claim));
      await this.organizationClock.run(organizationId, async () => {
        await this.answers.answerDue(sandboxCaller(), organizationId, canGoOn);
        await this.renewals.renewPartner(sandboxCaller(), organizationId, () => this.mustNotRun());
      });
    } finally {
      await this.claims.release(claim);
    }
  }

  private mustNotRun(): boolean {
    return this.isStopping || this.clock.fault !== null;
  }

  private skip(organizationId: string, error: unknown): void {
    if (isMoneyFrozenError(error)) return;
    this.skippedUntilMs.set(organizationId, performance.now() + SKIP_SANDBOX_MS);
    this.logger.error(new Error(`The sandbox ${organizationId} failed.`, { cause: error }));
  }
}
