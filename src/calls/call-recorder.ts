import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { isDatabaseUnavailable } from '../core/database-errors.js';
import type { ErrorCode } from '../core/errors.js';
import type { CallId } from '../core/ids.js';
import { queryRows, sql } from '../core/sql.js';
import { withTimeout } from '../core/with-timeout.js';
import type { ApiKeyParts } from '../partner-api/api-key-format.js';

/** What became of a call that is over. */
export interface CallResult {
  id: CallId;
  /** When it came, by the database's clock. */
  calledAt: Date;
  method: string;
  /** The pattern of its path. */
  route: string;
  status: number;
  code: ErrorCode | null;
  durationMs: number;
  address: string;
}

/** A call of a partner that is over. */
export interface EndedCall extends CallResult {
  organizationId: string;
  apiKeyId: string;
}

/** A call that was refused before its key was authenticated. It is recorded where the key stands that. */
export interface EarlyRefusal extends CallResult {
  key: ApiKeyParts;
}

type RecordedCall = EndedCall | EarlyRefusal;

/** A larger one would keep a core of PostgreSQL for longer than a call takes. */
const BATCH_SIZE = 100;
const FLUSH_AFTER_MS = 1_000;
/** About 5 MB. */
const MAX_WAITING = 10_000;
const REPORT_EVERY_MS = 60_000;
const STOP_TIMEOUT_MS = 1_500;

/**
 * Writes calls in batches, beside the calls themselves: they neither wait for it nor fail with it. While the database is away calls
 * wait in memory; those for which there is no room are counted, and the log says how many.
 */
@Injectable()
export class CallRecorder implements BeforeApplicationShutdown {
  private readonly logger = new Logger(CallRecorder.name);
  private readonly waiting: RecordedCall[] = [];
  private dropped = 0;
  private isFailing = false;
  /** By `performance.now()`. */
  private reportedAtMs = -Infinity;
  private timer: NodeJS.Timeout | null = null;
  private currentFlush: Promise<void> | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.databaseNow();
  }

  add(call: RecordedCall): void {
    if (this.waiting.length >= MAX_WAITING) this.dropped += 1;
    else this.waiting.push(call);
    if (this.waiting.length >= BATCH_SIZE && !this.isFailing) void this.flush();
    else this.flushLater();
  }

  /** Resolves when what waits is written, or the database does not take it. */
  flush(): Promise<void> {
    this.currentFlush ??= this.writeBatches().finally(() => (this.currentFlush = null));
    return this.currentFlush;
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Writes what waits, as far as that is possible in a moment. */
  async stop(): Promise<void> {
    await withTimeout(
      STOP_TIMEOUT_MS,
      this.flush().then(() => this.flush()),
    ).catch(() => undefined);
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.dropped += this.waiting.splice(0).length;
    this.report();
  }

  private flushLater(): void {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, FLUSH_AFTER_MS);
    this.timer.unref();
  }

  private async writeBatches(): Promise<void> {
    do {
      const batch = this.waiting.splice(0, BATCH_SIZE);
      this.isFailing = !(await this.write(batch));
    } while (this.waiting.length > 0 && !this.isFailing);
    if (this.waiting.length > 0) this.flushLater();
    if (!this.isFailing || performance.now() - this.reportedAtMs >= REPORT_EVERY_MS) this.report();
  }

  /** @returns `false` where the database does not take it now */
  private async write(batch: RecordedCall[]): Promise<boolean> {
    try {
      const { manager } = this.dataSource;
      const [calls, refusals] = [batch.filter(isAuthenticated), batch.filter(isEarlyRefusal)];
      if (calls.length > 0) await insertCalls(manager, calls);
      if (refusals.length > 0) await insertRefusals(manager, refusals);
      return true;
    } catch (error) {
      // What the database refuses for what it is will not be taken later either.
      const kept = isDatabaseUnavailable(error) ? batch.slice(0, MAX_WAITING - this.waiting.length) : [];
      this.waiting.unshift(...kept);
      this.dropped += batch.length - kept.length;
      if (kept.length === 0) this.logger.error(new Error('Calls could not be recorded.', { cause: error }));
      return false;
    }
  }

  private report(): void {
    if (this.dropped === 0) return;
    this.logger.warn(`${this.dropped} calls of partners were not recorded: the database did not take them in time.`);
    this.reportedAtMs = performance.now();
    this.dropped = 0;
  }
}

function isAuthenticated(call: RecordedCall): call is EndedCall {
  return !isEarlyRefusal(call);
}

function isEarlyRefusal(call: RecordedCall): call is EarlyRefusal {
  return 'key' in call;
}

/** Again, where it is unknown whether the first time was committed. */
async function insertCalls(em: EntityManager, calls: readonly EndedCall[]): Promise<void> {
  const column = <Name extends keyof EndedCall>(name: Name) => calls.map((call) => call[name]);
  await queryRows(
    em,
    sql`INSERT INTO api_call (id, called_at, organization_id, api_key_id, method, route, status, code, duration_ms, address)
        SELECT id, called_at, organization_id, api_key_id, method, route, status, code, duration_ms, address
          FROM unnest(${column('id')}::text[], ${column('calledAt')}::timestamptz[], ${column('organizationId')}::text[],
                      ${column('apiKeyId')}::text[], ${column('method')}::text[], ${column('route')}::text[],
                      ${column('status')}::smallint[], ${column('code')}::text[], ${column('durationMs')}::integer[],
                      ${column('address')}::text[])
               AS call (id, called_at, organization_id, api_key_id, method, route, status, code, duration_ms, address)
        ON CONFLICT (id) DO NOTHING`,
  );
}

/** Those whose key was valid when they came; as the admission decides it. */
async function insertRefusals(em: EntityManager, refusals: readonly EarlyRefusal[]): Promise<void> {
  const column = <Name extends keyof CallResult>(name: Name) => refusals.map((call) => call[name]);
  const part = <Name extends keyof ApiKeyParts>(name: Name) => refusals.map(({ key }) => key[name]);
  await queryRows(
    em,
    sql`INSERT INTO api_call (id, called_at, organization_id, api_key_id, method, route, status, code, duration_ms, address)
        SELECT call.id, called_at, key.organization_id, key.id, method, route, status, code, duration_ms, address
          FROM unnest(${column('id')}::text[], ${column('calledAt')}::timestamptz[], ${column('method')}::text[], ${column('route')}::text[],
                      ${column('status')}::smallint[], ${column('code')}::text[], ${column('durationMs')}::integer[],
                      ${column('address')}::text[], ${part('env')}::text[], ${part('prefix')}::text[], ${part('secretDigest')}::bytea[])
               AS call (id, called_at, method, route, status, code, duration_ms, address, env, prefix, secret_digest)
         CROSS JOIN LATERAL (
               SELECT id, organization_id, secret_digest, env, revoked_at, false AS is_over FROM api_key WHERE prefix = call.prefix
                UNION ALL
               SELECT id, organization_id, previous_secret_digest, env, revoked_at, previous_expires_at <= call.called_at
                 FROM api_key WHERE previous_prefix = call.prefix
                LIMIT 1) key
         WHERE key.secret_digest = call.secret_digest AND key.env = call.env AND NOT key.is_over
           AND (key.revoked_at IS NULL OR key.revoked_at > call.called_at)
        ON CONFLICT (id) DO NOTHING`,
  );
}
