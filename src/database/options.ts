import type { DataSourceOptions } from 'typeorm';
import pg from 'pg';
import { forgetDroppedStatements } from '../core/statement-names.js';
import { timeouts } from '../core/timeouts.js';
import { migrations } from './migrations/index.js';
import { PreparingClient } from './prepared-statements.js';

/** Amounts stay below 9·10^15 by CHECK, so a bigint fits a JavaScript number exactly. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface DatabaseSettings {
  databaseUrl: string;
  poolSize?: number;
  /** Off for a pgbouncer older than 1.21. */
  preparedStatements: boolean;
}

/** How every process connects. Nest adds the entities, feature by feature. */
export function dataSourceOptions(
  { databaseUrl, poolSize, preparedStatements }: DatabaseSettings,
  applicationName = 'lease-console',
) {
  PreparingClient.prepares = preparedStatements;
  forgetDroppedStatements();
  return {
    type: 'postgres',
    url: databaseUrl,
    applicationName,
    synchronize: false,
    migrations,
    migrationsTableName: 'migration',
    poolSize,
    connectTimeoutMS: timeouts.connectionMs,
    logging: false,
    // Statements of one transaction that do not wait for each other share a round trip (`queryTogether`).
    extra: { Client: PreparingClient, keepAlive: true, pipeline: true },
  } satisfies DataSourceOptions;
}
