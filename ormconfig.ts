import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/database/options.js';

/** For TypeORM's own command line: `DATABASE_URL=… npm run typeorm -- migration:show`. */
export default new DataSource(
  dataSourceOptions({ databaseUrl: process.env.DATABASE_URL ?? '', preparedStatements: true }),
);
