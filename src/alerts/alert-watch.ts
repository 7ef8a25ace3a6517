import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { newId } from '../core/ids.js';
import { PRUNE_BATCH_SIZE, Pruner } from '../core/pruner.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { RenewalsForecastService } from '../forecast/renewals-forecast.service.js';
import { readOperatingFigures } from '../metrics/operating-figures.js';
import { insertMessages, type StaffAlert } from './alert-messages.js';
import {
  listAutoPausedEndpoints,
  listOverdueRequests,
  listServiceConditions,
  MAX_ALERTS_OF_TYPE,
  toUncoveredRenewals,
  type AlertType,
  type Condition,
} from './conditions.js';

const WATCH_EVERY_MS = 60_000;
/** Renewals that are not covered within so many days. */
const UNCOVERED_DAYS = 7;

/** Notices once a minute, in one process, which conditions began and which are over, and writes a message for each. */
@Injectable()
export class AlertWatch implements OnModuleInit {
  private readonly logger = new Logger('Alerts');

  constructor(
    private readonly transactions: Transactions,
    private readonly forecast: RenewalsForecastService,
    private readonly clock: Clock,
    private readonly pruner: Pruner,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'staff_alert', deleteExpired: (em) => deleteExpired(em, this.clock.now()) });
  }

  @Interval(WATCH_EVERY_MS)
  async tick(): Promise<void> {
    if (this.settings.staffAlertUrl === null || this.clock.fault) return;
    await this.watch({ onlyWhenDue: true }).catch((error) => this.logger.error(error));
  }

  /** Processes take turns, so that nothing is told twice. */
  async watch({ onlyWhenDue = false } = {}): Promise<void> {
    await this.transactions.run(async (em) => {
      if (!(await takeTurn(em, onlyWhenDue))) return;
      const now = this.clock.now();
      const standing = await readStanding(em);
      const conditions = await this.listConditions(em, now, standing);
      const lasting = new Set(conditions.map(toKey));
      const over = standing.filter((alert) => !lasting.has(toKey(alert)));
      await end(em, over, now);
      await begin(em, selectNew(conditions, standing), now);
    });
  }

  private async listConditions(em: EntityManager, now: Date, standing: readonly Condition[]): Promise<Condition[]> {
    const getStanding = (type: AlertType) => standing.filter((one) => one.type === type).map(({ subject }) => subject);
    return [
      ...listServiceConditions(await readOperatingFigures(em, now)),
      ...(await listOverdueRequests(em, now, getStanding('lease_request.overdue'))),
      ...toUncoveredRenewals(await this.forecast.listUncovered(em, now, UNCOVERED_DAYS)),
      ...(await listAutoPausedEndpoints(em, getStanding('webhook_endpoint.auto_paused'))),
    ];
  }
}

function toKey({ type, subject }: Condition): string {
  return `${type} ${subject}`;
}

function selectNew(conditions: readonly Condition[], standing: readonly Condition[]): Condition[] {
  const known = new Set(standing.map(toKey));
  const count = new Map<string, number>();
  const countUp = ({ type }: Condition) => count.set(type, (count.get(type) ?? 0) + 1).get(type)!;
  const lasting = conditions.filter((one) => known.has(toKey(one)));
  lasting.forEach(countUp);
  return conditions.filter((one) => !known.has(toKey(one)) && countUp(one) <= MAX_ALERTS_OF_TYPE);
}

/** Until the transaction ends. Whoever waited for another's turn finds that it is not due any more. */
async function takeTurn(em: EntityManager, onlyWhenDue: boolean): Promise<boolean> {
  const turn = await queryRow(
    em,
    sql`UPDATE staff_alert_watch SET watched_at = now()
         WHERE NOT ${onlyWhenDue}::boolean OR watched_at IS NULL OR watched_at < clock_timestamp() - interval '50 seconds'
        RETURNING only_one`,
  );
  return turn !== null;
}

function readStanding(em: EntityManager): Promise<StaffAlert[]> {
  return queryRows<StaffAlert>(
    em,
    sql`SELECT id, type, subject, organization_id AS "organizationId", text, details, started_at AS "startedAt", ended_at AS "endedAt"
          FROM staff_alert WHERE ended_at IS NULL`,
  );
}

async function begin(em: EntityManager, conditions: readonly Condition[], now: Date): Promise<void> {
  if (conditions.length === 0) return;
  const alerts = conditions.map((condition) => ({
    ...condition,
    id: newId('alr'),
    startedAt: now,
    endedAt: null,
  }));
  await queryRows(
    em,
    sql`INSERT INTO staff_alert (id, type, subject, organization_id, text, details, started_at)
        SELECT id, type, subject, "organizationId", text, details, ${now}
          FROM jsonb_to_recordset(${JSON.stringify(alerts)}::jsonb)
               AS alert (id text, type text, subject text, "organizationId" text, text text, details jsonb)`,
  );
  await insertMessages(em, alerts, now);
}

async function end(em: EntityManager, alerts: readonly StaffAlert[], now: Date): Promise<void> {
  if (alerts.length === 0) return;
  const ids = alerts.map(({ id }) => id);
  await queryRows(em, sql`UPDATE staff_alert SET ended_at = ${now} WHERE id = ANY (${ids}::text[])`);
  await insertMessages(
    em,
    alerts.map((alert) => ({ ...alert, endedAt: now })),
    now,
  );
}

/** 30 days after they ended. */
function deleteExpired(em: EntityManager, now: Date): Promise<unknown[]> {
  return queryRows(
    em,
    sql`DELETE FROM staff_alert WHERE id IN (
          SELECT id FROM staff_alert WHERE ended_at < ${now}::timestamptz - interval '30 days'
           ORDER BY ended_at LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
        RETURNING id`,
  );
}
