import net from 'node:net';
import path from 'node:path';
import { DateTime, IANAZone } from 'luxon';
import { MAX_CENTS } from './limits.js';
import { parseDatabaseUrl } from './database-url.js';
import { Malformed, SettingsReader } from './settings-reader.js';

export { SettingsError } from './settings-reader.js';

/** The environment, parsed and checked once (README: Settings). */
export interface Settings {
  host: string;
  port: number;
  /** Where `/metrics` is served; `null` for nowhere. */
  metricsPort: number | null;
  /** `null` starts the embedded PostgreSQL in `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  /** Sign the panel's cookies; the first one signs, all verify. `null` where they are generated into `dataDir`. */
  sessionSecrets: string[] | null;
  /** Keys that encrypt stored answers; the first one encrypts, all decrypt. `null` where they are generated into `dataDir`. */
  secretsKeys: string[] | null;
  /** Monthly price of an account for an organization without a price of its own, in cents. */
  leasePriceCents: number;
  /** Adjustments, payouts and reversals over this amount, in cents, wait for a second finance person. */
  dualControlCents: number;
  demo: boolean;
  /** Whether this process does background work: renewals and sweeps. */
  workers: boolean;
  /** The IANA zone whose working days make a request due. */
  businessTimeZone: string;
  /** `YYYY-MM-DD`; not working days. */
  holidays: string[];
  /** Hours between the release of an account and its return to the pool. */
  releaseHoldHours: number;
  /** Whether finance and admins must have a second factor. */
  requireMfa: boolean;
  /** Express's `trust proxy`: the number of proxies in front of this service, or their addresses. */
  trustProxy: number | string | false;
  /** Connections to the database that this process opens at most. */
  poolSize: number;
  preparedStatements: boolean;
  /** How long `GET /v1/calls` has a call. */
  callRetentionDays: number;
  /** How long a delivery that is over can be read and sent again. */
  deliveryRetentionDays: number;
  /** How long `GET /v1/events` has an event. */
  eventRetentionDays: number;
  /** How long an answer is replayed for its Idempotency-Key. */
  idempotencyRetentionHours: number;
  /** How long calls go on being served after SIGTERM, while `/readyz` is red. */
  drainSeconds: number;
  /** How long a connection without a call is kept open; longer than any proxy in front keeps it. */
  keepAliveSeconds: number;
  /** Whether webhooks may go to loopback addresses, over http too: for trying them out on one machine. */
  webhookAllowLocal: boolean;
  /** Where staff's alerts are posted; `null` for nowhere. A secret: such URLs hold a token. */
  staffAlertUrl: string | null;
  logLevel: string;
  nodeEnv: string;
}

/** The settings with every secret and a database URL: what the application is created from. */
export type ReadySettings = Settings & { databaseUrl: string; sessionSecrets: string[]; secretsKeys: string[] };

/** Nest's token for {@link ReadySettings}. */
export const SETTINGS = Symbol('settings');

const environments = ['production', 'development', 'test'];
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/**
 * @param secrets `optional` for commands that neither sign sessions nor read stored secrets
 * @throws SettingsError naming every setting that is missing or malformed
 */
export function readSettings(env: NodeJS.ProcessEnv, secrets: 'required' | 'optional' = 'required'): Settings {
  const read = new SettingsReader(env);
  const databaseUrl = read.secret('DATABASE_URL', parseDatabaseUrl);
  const isGiven = (name: string) => read.isSet(name) || read.isSet(`${name}_FILE`);
  const hasDatabase = read.isFilled('DATABASE_URL') || read.isFilled('DATABASE_URL_FILE');
  const demo = read.switch('DEMO', !hasDatabase);
  const settings: Settings = {
    host: read.text('HOST') ?? '127.0.0.1',
    port: read.integer('PORT', 3000, 1, 65_535),
    metricsPort: read.optionalInteger('METRICS_PORT', 1, 65_535),
    databaseUrl,
    dataDir: path.resolve(read.text('DATA_DIR') ?? 'data'),
    sessionSecrets: read.secret('SESSION_SECRET', parseSecrets),
    secretsKeys: read.secret('SECRETS_KEYS', parseSecrets),
    leasePriceCents: read.integer('LEASE_PRICE_CENTS', 15_000, 1, 100_000_000),
    dualControlCents: read.integer('DUAL_CONTROL_CENTS', 100_000, 0, MAX_CENTS),
    demo,
    webhookAllowLocal: read.switch('WEBHOOK_ALLOW_LOCAL', demo),
    workers: read.switch('WORKERS', true),
    businessTimeZone: read.parsed('BUSINESS_TIMEZONE', 'UTC', parseTimeZone),
    holidays: read.parsed('HOLIDAYS', [], parseHolidays),
    releaseHoldHours: read.integer('RELEASE_HOLD_HOURS', 0, 0, 8_760),
    requireMfa: read.switch('REQUIRE_MFA', hasDatabase),
    trustProxy: read.parsed('TRUST_PROXY', false, parseTrustProxy),
    drainSeconds: read.integer('DRAIN_SECONDS', 5, 0, 300),
    keepAliveSeconds: read.integer('KEEP_ALIVE_SECONDS', 75, 1, 3_600),
    poolSize: read.integer('POOL_SIZE', 20, 2, 1_000),
    preparedStatements: read.switch('PREPARED_STATEMENTS', true),
    callRetentionDays: read.integer('CALL_RETENTION_DAYS', 7, 7, 3_650),
    deliveryRetentionDays: read.integer('DELIVERY_RETENTION_DAYS', 30, 30, 3_650),
    eventRetentionDays: read.integer('EVENT_RETENTION_DAYS', 30, 30, 3_650),
    idempotencyRetentionHours: read.integer('IDEMPOTENCY_RETENTION_HOURS', 24, 24, 8_760),
    staffAlertUrl: read.secret('STAFF_ALERT_URL', parseAlertUrl),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, 'info'),
    nodeEnv: read.oneOf('NODE_ENV', environments, 'production'),
  };
  if (settings.deliveryRetentionDays > settings.eventRetentionDays) {
    read.fail('DELIVERY_RETENTION_DAYS must be at most EVENT_RETENTION_DAYS: a delivery goes with its event.');
  }
  if (hasDatabase && secrets === 'required') {
    for (const name of ['SESSION_SECRET', 'SECRETS_KEYS'].filter((name) => !isGiven(name))) {
      read.fail(
        `${name} is required with DATABASE_URL: one or more of at least 32 random characters each, separated by commas.`,
      );
    }
  }
  if (settings.metricsPort === settings.port) read.fail('METRICS_PORT must be another port than PORT.');
  read.assertNoErrors();
  return settings;
}

function parseSecrets(text: string): string[] {
  const secrets = text.split(',').map((secret) => secret.trim());
  if (secrets.some((secret) => secret.length < 32)) {
    throw new Malformed('must be one or more of at least 32 characters each, separated by commas');
  }
  return secrets;
}

function parseAlertUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new Malformed('must be an http or https URL');
  if (url.username !== '' || url.password !== '') throw new Malformed('must not hold a user or a password');
  return text;
}

function parseTimeZone(text: string): string {
  if (!IANAZone.isValidZone(text)) {
    throw new Malformed(`must be an IANA time zone such as Europe/Berlin, not "${text}"`);
  }
  return text;
}

function parseHolidays(text: string): string[] {
  const days = text.split(',').map((day) => day.trim());
  return days.filter((day) => {
    if (day !== '' && !(/^\d{4}-\d{2}-\d{2}$/.test(day) && DateTime.fromISO(day).isValid)) {
      throw new Malformed(`must be days like 2026-12-25, separated by commas, not "${day}"`);
    }
    return day !== '';
  });
}

function parseTrustProxy(text: string): number | string | false {
  if (text === 'off') return false;
  if (text === 'on') return 1;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  if (text.split(',').every((proxy) => isProxy(proxy.trim()))) return text;
  throw new Malformed(
    `must be off, on, a number of proxies, or a list of addresses, networks (10.0.0.0/8) and loopback, linklocal or uniquelocal, not "${text}"`,
  );
}

/** Whether Express accepts the text as a proxy in its `trust proxy` list. */
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', length, ...rest] = text.split('/');
  const family = address.includes('%') ? 0 : net.isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}
