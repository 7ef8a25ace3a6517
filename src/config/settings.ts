import net from 'node:net';
import path from 'node:path';
import { DateTime, IANAZone } from 'luxon';
import { MAX_CENTS } from './limits.js';

/** The environment, parsed and checked once (README: Settings). */
export interface Settings {
  host: string;
  port: number;
  /** `null` starts the embedded PostgreSQL in `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  /** Signs the panel's session cookie; `null` where it is generated into `dataDir`. */
  sessionSecret: string | null;
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
  preparedStatements: boolean;
  /** How long calls go on being served after SIGTERM, while `/readyz` is red. */
  drainSeconds: number;
  /** How long a connection without a call is kept open; longer than any proxy in front keeps it. */
  keepAliveSeconds: number;
  logLevel: string;
  nodeEnv: string;
}

/** The settings with every secret and a database URL: what the application is created from. */
export type ReadySettings = Settings & { databaseUrl: string; sessionSecret: string; secretsKeys: string[] };

/** Nest's token for {@link ReadySettings}. */
export const SETTINGS = Symbol('settings');

/** A missing or malformed setting; the message is one line for the operator. */
export class SettingsError extends Error {}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/**
 * @param secrets `optional` for commands that neither sign sessions nor read stored secrets
 * @throws SettingsError naming the first setting that is missing or malformed
 */
export function readSettings(env: NodeJS.ProcessEnv, secrets: 'required' | 'optional' = 'required'): Settings {
  const databaseUrl = readDatabaseUrl(env.DATABASE_URL);
  const sessionSecret = readSecret('SESSION_SECRET', env.SESSION_SECRET);
  const secretsKeys = readSecrets('SECRETS_KEYS', env.SECRETS_KEYS);
  if (databaseUrl && secrets === 'required') {
    if (!sessionSecret)
      throw new SettingsError('SESSION_SECRET is required with DATABASE_URL: at least 32 random characters.');
    if (!secretsKeys)
      throw new SettingsError(
        'SECRETS_KEYS is required with DATABASE_URL: one or more keys of at least 32 random characters, separated by commas.',
      );
  }
  return {
    host: env.HOST || '127.0.0.1',
    port: readInteger('PORT', env.PORT, 3000, 1, 65_535),
    databaseUrl,
    dataDir: path.resolve(env.DATA_DIR || 'data'),
    sessionSecret,
    secretsKeys,
    leasePriceCents: readInteger('LEASE_PRICE_CENTS', env.LEASE_PRICE_CENTS, 15_000, 1, 100_000_000),
    dualControlCents: readInteger('DUAL_CONTROL_CENTS', env.DUAL_CONTROL_CENTS, 100_000, 0, MAX_CENTS),
    demo: readSwitch('DEMO', env.DEMO, databaseUrl === null),
    workers: readSwitch('WORKERS', env.WORKERS, true),
    businessTimeZone: readTimeZone(env.BUSINESS_TIMEZONE),
    holidays: readHolidays(env.HOLIDAYS),
    releaseHoldHours: readInteger('RELEASE_HOLD_HOURS', env.RELEASE_HOLD_HOURS, 0, 0, 8_760),
    requireMfa: readSwitch('REQUIRE_MFA', env.REQUIRE_MFA, databaseUrl !== null),
    trustProxy: readTrustProxy(env.TRUST_PROXY),
    drainSeconds: readInteger('DRAIN_SECONDS', env.DRAIN_SECONDS, 5, 0, 300),
    keepAliveSeconds: readInteger('KEEP_ALIVE_SECONDS', env.KEEP_ALIVE_SECONDS, 75, 1, 3_600),
    preparedStatements: readSwitch('PREPARED_STATEMENTS', env.PREPARED_STATEMENTS, true),
    logLevel: readOneOf('LOG_LEVEL', env.LOG_LEVEL, logLevels, 'info'),
    nodeEnv: env.NODE_ENV || 'production',
  };
}

function readDatabaseUrl(value: string | undefined): string | null {
  if (!value) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new SettingsError('DATABASE_URL must look like postgres://user:password@host:5432/database.');
  }
  return value;
}

function readSecret(name: string, value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  if (value.trim().length < 32) throw new SettingsError(`${name} must have at least 32 characters.`);
  return value.trim();
}

function readSecrets(name: string, value: string | undefined): string[] | null {
  if (value === undefined || value === '') return null;
  const secrets = value.split(',').map((secret) => secret.trim());
  if (secrets.some((secret) => secret.length < 32)) {
    throw new SettingsError(`${name} must be one or more keys of at least 32 characters each, separated by commas.`);
  }
  return secrets;
}

function readInteger(name: string, value: string | undefined, fallback: number, min: number, max: number): number {
  if (value === undefined || value === '') return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new SettingsError(`${name} must be a whole number from ${min} to ${max}, not "${value}".`);
  }
  return number;
}

function readSwitch(name: string, value: string | undefined, fallback: boolean): boolean {
  return readOneOf(name, value, ['on', 'off'], fallback ? 'on' : 'off') === 'on';
}

function readOneOf(name: string, value: string | undefined, allowed: string[], fallback: string): string {
  if (value === undefined || value === '') return fallback;
  if (!allowed.includes(value))
    throw new SettingsError(`${name} must be one of ${allowed.join(', ')}, not "${value}".`);
  return value;
}

function readTimeZone(value: string | undefined): string {
  if (!value) return 'UTC';
  if (!IANAZone.isValidZone(value)) {
    throw new SettingsError(`BUSINESS_TIMEZONE must be an IANA time zone such as Europe/Berlin, not "${value}".`);
  }
  return value;
}

function readHolidays(value: string | undefined): string[] {
  const days = (value ?? '').split(',').map((day) => day.trim());
  return days.filter((day) => {
    if (day !== '' && !(/^\d{4}-\d{2}-\d{2}$/.test(day) && DateTime.fromISO(day).isValid)) {
      throw new SettingsError(`HOLIDAYS must be days like 2026-12-25, separated by commas, not "${day}".`);
    }
    return day !== '';
  });
}

function readTrustProxy(value: string | undefined): number | string | false {
  if (!value || value === 'off') return false;
  if (value === 'on') return 1;
  if (/^\d{1,4}$/.test(value)) return Number(value);
  if (value.split(',').every((proxy) => isProxy(proxy.trim()))) return value;
  throw new SettingsError(
    `TRUST_PROXY must be off, on, a number of proxies, or a list of addresses, networks (10.0.0.0/8) and loopback, linklocal or uniquelocal, not "${value}".`,
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
