import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Unavailable } from '../core/errors.js';
import type { ReadySettings, Settings } from '../config/settings.js';
import { isDatabaseUnavailable } from '../core/database-errors.js';
import { migrate } from '../database/migrate.js';
import { migrations } from '../database/migrations/index.js';
import { openDatabase } from '../database/open-database.js';
import { ClockSync } from '../demo-clock/clock-sync.js';
import { OperatorModule } from './operator.module.js';

/** Gives a command the services it asks for. */
export type Services = <Service>(type: Type<Service>) => Service;

/**
 * Runs a command over the services, beside a running server on the same embedded database or alone. An old or empty
 * database is migrated first. Where the server that it joined was just leaving, it starts PostgreSQL and tries once more.
 * @throws what the command threw, or an error with one clear line when there is no database to work on
 */
export async function withServices<Result>(
  settings: Settings,
  log: (line: string) => void,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  try {
    return await once(settings, log, work);
  } catch (error) {
    const cutOff = settings.databaseUrl === null && (error instanceof Unavailable || isDatabaseUnavailable(error));
    if (!cutOff) throw error;
    return once(settings, log, work);
  }
}

async function once<Result>(
  settings: Settings,
  log: (line: string) => void,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(settings, log);
  let application: INestApplicationContext | undefined;
  const leave = async () => {
    await application?.close().catch(() => undefined);
    await database.leave();
  };
  const interrupted = () => void leave().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    // Nobody is signed in here and no stored answer is read, so secrets may be missing.
    const { sessionSecret, secretsKeys } = settings;
    const ready: ReadySettings = {
      ...settings,
      databaseUrl: database.url,
      sessionSecret: sessionSecret ?? '',
      secretsKeys: secretsKeys ?? [],
    };
    application = await NestFactory.createApplicationContext(OperatorModule.forSettings(ready), {
      logger: false,
      abortOnError: false,
    });
    if (!(await isMigrated(application.get(DataSource)))) {
      log('Database: migrating');
      await migrate(ready);
    }
    await application.get(ClockSync, { strict: false }).sync();
    return await work((type) => application!.get(type, { strict: false }));
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await leave();
  }
}

async function isMigrated(dataSource: DataSource): Promise<boolean> {
  const [{ made }] = await dataSource.query("SELECT to_regclass('migration') IS NOT NULL AS made");
  if (!made) return false;
  const ran: { name: string }[] = await dataSource.query('SELECT name FROM migration');
  const names = new Set(ran.map(({ name }) => name));
  return migrations.every((migration) => names.has(migration.name));
}
