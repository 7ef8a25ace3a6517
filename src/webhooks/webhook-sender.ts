import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { SecretBox } from '../core/secret-box.js';
import { withTimeout } from '../core/with-timeout.js';
import { CLAIM_BATCH_SIZE, claimDue, endLeftovers, giveBack, type ClaimedDelivery } from './delivery-queue.js';
import { DeliverySettlement, type Attempt } from './delivery-settlement.js';
import { sign, toSecretPurpose } from './signature.js';
import { WebhookClient } from './webhook-client.js';

/** For retries, and for deliveries that other processes scheduled; those of this one wake it. */
const POLL_MS = 1_000;
const LEFTOVERS_MS = 15_000;
const RETRY_AFTER_FAILURE_MS = 10_000;
/** Of this process; sockets that wait cost little, and endpoints that hang must leave room for the others. */
const MAX_IN_FLIGHT = 400;
/** A claim lives 30 s and an attempt takes 10 s at most: one that could not begin in time is given back. */
const MAX_START_DELAY_MS = 10_000;
const SETTLE_TRIES = 3;
/** To processes that can open the secrets of an endpoint; this one may have been started before a rotation of SECRETS_KEYS. */
const LEAVE_TO_OTHERS_MS = 30_000;
/** At the end of the process; what is cut off then is sent again by another one. */
const STOP_TIMEOUT_MS = 3_000;

/** Sends what is due, in every process with workers. */
@Injectable()
export class WebhookSender implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookSender.name);
  private readonly inFlight = new Set<Promise<void>>();
  private readonly ended: Attempt[] = [];
  /** Endpoints that this process cannot sign for, and until when it leaves them to others, by `performance.now()`. */
  private readonly leftUntilMs = new Map<string, number>();
  private claiming: Promise<void> | null = null;
  private settling: Promise<void> | null = null;
  private isWoken = false;
  private isStopping = false;
  /** By `performance.now()`. */
  private suspendedUntilMs = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: WebhookClient,
    private readonly settlement: DeliverySettlement,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    private readonly domainEvents: DomainEvents,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    if (this.settings.workers) this.domainEvents.on('deliveriesScheduled', async () => this.wake());
  }

  @Interval(POLL_MS)
  wake(): void {
    if (this.mustNotRun()) return;
    this.isWoken = true;
    this.claiming ??= this.claimWhileDue().finally(() => (this.claiming = null));
  }

  @Interval(LEFTOVERS_MS)
  async endLeftovers(): Promise<void> {
    if (!this.mustNotRun()) await endLeftovers(this.dataSource.manager).catch((error) => this.suspend(error));
  }

  /** Sends all that is due; resolves when the outcomes are recorded. */
  async sendDue(): Promise<void> {
    this.wake();
    while (this.claiming || this.inFlight.size > 0 || this.settling) {
      await Promise.all([this.claiming, this.settling, ...this.inFlight]);
    }
  }

  /** Claims nothing new; waits a moment for what is in flight. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.claiming;
    await withTimeout(STOP_TIMEOUT_MS, Promise.all(this.inFlight)).catch(() => this.client.abortAll());
    await Promise.all(this.inFlight);
    await this.settling;
    await this.client.close();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  private async claimWhileDue(): Promise<void> {
    try {
      while (this.isWoken && !this.mustNotRun() && this.inFlight.size <= MAX_IN_FLIGHT - CLAIM_BATCH_SIZE) {
        this.isWoken = false;
        const claim = randomUUID();
        const claimedAtMs = performance.now();
        const deliveries = await claimDue(this.dataSource.manager, claim, this.clock.now(), this.listLeftToOthers());
        const isLate = performance.now() - claimedAtMs > MAX_START_DELAY_MS;
        const unsent = this.isStopping || isLate ? deliveries : this.begin(deliveries, claim);
        if (unsent.length > 0) await giveBack(this.dataSource.manager, claim, unsent);
        if (deliveries.length > 0) this.isWoken = true;
      }
    } catch (error) {
      this.suspend(error);
    }
  }

  /** @returns those that this process cannot sign */
  private begin(deliveries: readonly ClaimedDelivery[], claim: string): ClaimedDelivery[] {
    return deliveries.filter((delivery) => {
      const signature = this.sign(delivery);
      if (signature !== null) this.track(this.attempt(delivery, claim, signature));
      return signature === null;
    });
  }

  private listLeftToOthers(): string[] {
    for (const [endpointId, untilMs] of this.leftUntilMs) {
      if (untilMs <= performance.now()) this.leftUntilMs.delete(endpointId);
    }
    return [...this.leftUntilMs.keys()];
  }

  private track(attempt: Promise<void>): void {
    this.inFlight.add(attempt);
    void attempt.finally(() => this.inFlight.delete(attempt));
  }

  private async attempt(delivery: ClaimedDelivery, claim: string, signature: string): Promise<void> {
    const { url, body, eventId } = delivery;
    const result = await this.client.send({ url, body, eventId, signature });
    // Cut off by the end of this process: whether it was received is not known.
    if (this.isStopping && result.statusCode === null) return;
    this.ended.push({ ...result, delivery, claim });
    this.settling ??= this.settleEnded().finally(() => (this.settling = null));
  }

  /** @returns `null` where a secret opens with none of SECRETS_KEYS, which is no failure of the endpoint */
  private sign({ endpointId, body, sealedSecret, sealedPreviousSecret }: ClaimedDelivery): string | null {
    const sealed = sealedPreviousSecret ? [sealedSecret, sealedPreviousSecret] : [sealedSecret];
    try {
      const secrets = sealed.map((secret) => this.box.open(secret, toSecretPurpose(endpointId)));
      return sign(secrets, body, this.clock.databaseNow());
    } catch (error) {
      if (!this.leftUntilMs.has(endpointId)) {
        this.logger.error(
          new Error(`Nothing can be sent to ${endpointId}: its signing secret does not open`, { cause: error }),
        );
      }
      this.leftUntilMs.set(endpointId, performance.now() + LEAVE_TO_OTHERS_MS);
      return null;
    }
  }

  /** As many as have ended are recorded in one transaction; meanwhile the next ones gather. */
  private async settleEnded(): Promise<void> {
    while (this.ended.length > 0) {
      const attempts = this.ended.splice(0, CLAIM_BATCH_SIZE);
      await this.settle(attempts);
      this.wake();
    }
  }

  /** What cannot be recorded is sent again when its claim has ended. */
  private async settle(attempts: Attempt[]): Promise<void> {
    for (let attempt = 1; attempt <= SETTLE_TRIES; attempt += 1) {
      try {
        return await this.settlement.settle(attempts);
      } catch (error) {
        this.logger.error(error);
        if (attempt < SETTLE_TRIES) await pause(POLL_MS);
      }
    }
  }

  private mustNotRun(): boolean {
    return this.isStopping || this.clock.fault !== null || performance.now() < this.suspendedUntilMs;
  }

  private suspend(error: unknown): void {
    this.suspendedUntilMs = performance.now() + RETRY_AFTER_FAILURE_MS;
    this.logger.error(error);
  }
}
