import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { createApp } from '../../src/app.js';
import { createLogger } from '../../src/core/logger.js';
import { timeouts } from '../../src/core/timeouts.js';
import type { ReadySettings } from '../../src/config/settings.js';
import { hashingCost } from '../../src/staff/passwords.js';
import { createTestDatabase } from './database.js';

const shippedTimeouts = { ...timeouts };
for (const whose of Object.keys(timeouts) as (keyof typeof timeouts)[]) timeouts[whose] *= 10;
const testTimeouts = { ...timeouts };

/** A hash as it is shipped takes 16 ms, and each sign-in of a test makes or checks one. */
export const shippedHashingCost = { ...hashingCost };
Object.assign(hashingCost, { memoryCost: 8, timeCost: 1 });

/** For tests of what callers are told in time: nobody waits longer than the service as it is shipped. Called before it starts. */
export function useShippedTimeouts(): void {
  Object.assign(timeouts, shippedTimeouts);
}

/** The next spec file of the same worker shares them. */
export function useTestTimeouts(): void {
  Object.assign(timeouts, testTimeouts);
}

/** A service of a test's own over a database of its own, listening on a free port. */
export interface TestApp {
  app: NestExpressApplication;
  baseUrl: string;
  dataSource: DataSource;
  settings: ReadySettings;
  close(): Promise<void>;
}

/** A line of the log, as far as tests look at it. */
export interface LogLine {
  msg: string;
  code?: string;
  cause?: string;
  level: number;
  requestId?: string;
  clientRequestId?: string;
  address?: string;
  userAgent?: string;
  organizationId?: string;
  keyPrefix?: string;
  req?: { method: string; url: string };
  res?: { status: number };
  err?: object;
}

export function testSettings(databaseUrl: string, overrides: Partial<ReadySettings> = {}): ReadySettings {
  return {
    host: '127.0.0.1',
    port: 0,
    metricsPort: null,
    databaseUrl,
    dataDir: 'tmp/test-data',
    sessionSecrets: ['a session secret for tests, long enough'],
    secretsKeys: ['an encryption key for tests, long enough'],
    leasePriceCents: 15_000,
    dualControlCents: 100_000,
    demo: false,
    // What the service does by itself would change things under a test that takes longer; tests sweep by name.
    workers: false,
    businessTimeZone: 'UTC',
    holidays: [],
    releaseHoldHours: 0,
    requireMfa: false,
    trustProxy: false,
    poolSize: 20,
    preparedStatements: true,
    callRetentionDays: 7,
    deliveryRetentionDays: 30,
    eventRetentionDays: 30,
    idempotencyRetentionHours: 24,
    drainSeconds: 0,
    keepAliveSeconds: 75,
    webhookAllowLocal: true,
    staffAlertUrl: null,
    logLevel: process.env.LOG_LEVEL ?? 'fatal',
    nodeEnv: 'test',
    ...overrides,
  };
}

/** @param databaseUrl of a database that the caller keeps, for a second service over it; else a fresh one is made and dropped */
export async function startTestApp(
  overrides: Partial<ReadySettings> = {},
  databaseUrl?: string,
  logger?: Logger,
): Promise<TestApp> {
  const database = databaseUrl ? { url: databaseUrl, drop: async () => undefined } : await createTestDatabase();
  const settings = testSettings(database.url, overrides);
  const app = await createApp(settings, logger);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    baseUrl: `http://127.0.0.1:${port}`,
    dataSource: app.get(DataSource),
    settings,
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}

/** A service whose log is kept, one object a line. */
export async function startLoggedApp(
  overrides: Partial<ReadySettings> = {},
  databaseUrl?: string,
): Promise<TestApp & { log: LogLine[] }> {
  const log: LogLine[] = [];
  const logger = createLogger(overrides.logLevel ?? 'debug', { write: (line) => void log.push(JSON.parse(line)) });
  return Object.assign(await startTestApp(overrides, databaseUrl, logger), { log });
}
