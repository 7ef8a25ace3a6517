import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createApp } from '../../../src/app.js';
import { dataSourceOptions } from '../../../src/database/options.js';
import { testSettings } from '../../support/app.js';
import { createTestDatabase } from '../../support/database.js';
import {
  clearUpServices,
  EmbeddedFiles,
  newBuildFolder,
  newDataDir,
  ServiceProcess,
  stopServices,
} from '../../support/service-process.js';
import { until } from '../../support/until.js';

/** Faults that only a program's own code can have, put into a service that starts. */
const faults = {
  'while the features are made': `
    import { RateLimiterPostgres } from 'rate-limiter-flexible';
    Object.defineProperty(RateLimiterPostgres.prototype, 'points', { set() { throw new Error('planted fault'); } });`,
  'while the application is prepared': `
    import express from 'express';
    const { set } = express.application;
    express.application.set = function (name, ...rest) {
      if (name === 'etag' && rest[0] === false) throw new Error('planted fault');
      return set.call(this, name, ...rest);
    };`,
};

describe('A start that fails with the database open', () => {
  afterEach(stopServices);
  afterAll(clearUpServices);
  const dataDir = newDataDir();

  it.each(Object.entries(faults))('leaves no PostgreSQL behind: %s', async (_when, fault) => {
    // Within the project, where its packages are found.
    const file = path.join(newBuildFolder(), 'fault.mjs');
    fs.writeFileSync(file, fault);
    const service = await ServiceProcess.begin({
      DATA_DIR: dataDir,
      NODE_OPTIONS: `--import ${pathToFileURL(file).href}`,
    });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.output).toContain('Application: loading');
    expect(service.failure).toContain('planted fault');
    expect(new EmbeddedFiles(dataDir).pid).toBeNull();
  });

  it('closes its pool when the application cannot be prepared', async () => {
    const database = await createTestDatabase();
    const observer = await new DataSource(dataSourceOptions(testSettings(database.url), 'observer')).initialize();
    const connections = async (): Promise<number> => {
      const [{ n }] = await observer.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'lease-console'`,
      );
      return n;
    };
    await expect(createApp(testSettings(database.url, { trustProxy: 'abc' }))).rejects.toThrow(/invalid IP address/);
    await until('its connections are gone', async () => (await connections()) === 0);
    await observer.destroy();
    await database.drop();
  });
});
