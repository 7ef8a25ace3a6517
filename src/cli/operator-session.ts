import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { readGeneratedKeys } from '../config/secrets.js';
import type { ReadySettings, Settings } from '../config/settings.js';
import { isDatabaseUnavailable } from '../core/database-errors.js';
import { Unavailable } from '../core/errors.js';
import { assertKnown, migrate, readMigrationNames } from '../database/migrate.js';
import { migrations } from '../database/migrations/index.js';
import { openDatabase } from '../database/open-database.js';
import { Clock, ClockStepped } from '../core/clock.js';
import { ClockSync } from '../core/clock-sync.js';
import { OperatorModule } from './operator.module.js';

/** Returns the service of that class. */
export type Services = <Service>(type: Type<Service>) => Service;

/**
 * Runs a command over the services, alone or beside a running server on the same embedded database. Migrates an old or empty database first.
 * Where the embedded PostgreSQL stops because the server that owned it is leaving, starts it and tries once more.
 * @throws what the command threw, or an error of one line when there is no database
 */
export async function withServices<Result>(
  settings: Settings,
  log: (line: string) => void,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  try {
    return await runOnce(settings, log, work);
  } catch (error) {
    if (settings.databaseUrl !== null || !isServerGone(error)) throw error;
    return runOnce(settings, log, work);
  }
}

export function isServerGone(error: unknown): boolean {
  return !(error instanceof ClockStepped) && (error instanceof Unavailable || isDatabaseUnavailable(error));
}

async function runOnce<Result>(
  settings: Settings,
  log: (line: string) => void,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(settings, log);
  let application: INestApplicationContext | undefined;
  const close = async () => {
    await application?.close().catch(() => undefined);
    await database.leave();
  };
  const handleSignal = () => void close().finally(() => process.exit(130));
  process.once('SIGINT', handleSignal).once('SIGTERM', handleSignal);
  try {
    // There are no sessions and no stored answers to read here, so secrets may be missing; secrets:rekey refuses that itself.
    const { sessionSecrets, secretsKeys } = settings;
    const readySettings: ReadySettings = {
      ...settings,
      databaseUrl: database.url,
      sessionSecrets: sessionSecrets ?? [],
      secretsKeys: secretsKeys ?? (settings.databaseUrl === null ? readGeneratedKeys(settings.dataDir) : []),
    };
    application = await NestFactory.createApplicationContext(OperatorModule.forSettings(readySettings), {
      logger: false,
      abortOnError: false,
    });
    if (!(await isMigrated(application.get(DataSource)))) {
      log('Database: migrating');
      await migrate(readySettings, (line) => log(`Database: ${line}`));
    }
    await application.get(ClockSync, { strict: false }).sync();
    const { fault } = application.get(Clock, { strict: false });
    if (fault) log(`Warning: ${fault}. This command goes by the database’s.`);
    return await work((type) => application!.get(type, { strict: false }));
  } finally {
    process.off('SIGINT', handleSignal).off('SIGTERM', handleSignal);
    await close();
  }
}

/** @throws Error where a later version migrated the database */
async function isMigrated({ manager }: DataSource): Promise<boolean> {
  const ran = await readMigrationNames(manager);
  assertKnown(ran);
  return migrations.every(({ name }) => ran.includes(name));
}
