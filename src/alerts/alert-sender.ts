import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { getRetryDelayMs, parseRetryAfter } from '../webhooks/retry-schedule.js';
import { WebhookClient } from '../webhooks/webhook-client.js';
import { claimMessages, settleMessage, type ClaimedMessage } from './alert-messages.js';

const POLL_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Posts messages to STAFF_ALERT_URL, in every process with workers: at least once, eight attempts as for webhooks. The URL is a setting of
 * the operator, so it may be an internal address (docs/decisions/038).
 */
@Injectable()
export class AlertSender implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Alerts');
  private readonly client = new WebhookClient({ timeout: CONNECT_TIMEOUT_MS });
  private currentRun: Promise<void> | null = null;
  private isStopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  @Interval(POLL_MS)
  async tick(): Promise<void> {
    const { staffAlertUrl } = this.settings;
    if (staffAlertUrl === null || this.isStopping || this.clock.fault) return;
    this.currentRun ??= this.sendDue(staffAlertUrl)
      .catch((error) => this.logger.error(error))
      .finally(() => (this.currentRun = null));
    await this.currentRun;
  }

  /** What is cut off is sent again by another process when its claim has ended. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.client.abortAll();
    await this.currentRun;
    await this.client.close();
  }

  private async sendDue(url: string): Promise<void> {
    while (!this.isStopping) {
      const claim = randomUUID();
      const messages = await claimMessages(this.dataSource.manager, claim);
      if (messages.length === 0) return;
      await Promise.all(messages.map((message) => this.send(url, message, claim)));
    }
  }

  private async send(url: string, { id, alertId, body, attempts }: ClaimedMessage, claim: string): Promise<void> {
    const { error, statusCode, retryAfter } = await this.client.send({ url, body, eventId: id });
    if (this.isStopping && statusCode === null) return;
    const retryAfterMs = parseRetryAfter(retryAfter ?? undefined, this.clock.databaseNow());
    const delayMs = error === null ? null : getRetryDelayMs(attempts + 1, retryAfterMs);
    const status = error === null ? 'delivered' : delayMs === null ? 'failed' : 'pending';
    await settleMessage(this.dataSource.manager, { id, claim, status, error, delayMs });
    if (status === 'failed') this.logger.error(`Staff were not told of ${alertId}: ${error}`);
    else if (error !== null) this.logger.warn(`Staff are told of ${alertId} later: ${error}`);
  }
}
