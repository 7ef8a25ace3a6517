/**
 * Writes `docs/openapi.json`, which is what partners are promised, from the code. What breaks the promise is refused unless
 * `--breaking <reason>` is given; `docs/partner/changelog.md` then tells partners the reason. `--check` writes nothing: it
 * fails where the code breaks the promise, and where the file is not up to date.
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import type { ReadySettings } from '../../src/config/settings.js';
import { buildDocument } from '../../src/partner-api/openapi/document.js';
import { updateDocument } from './update-document.js';

const { values } = parseArgs({ options: { check: { type: 'boolean' }, breaking: { type: 'string' } } });
const refusal = await updateDocument(await readDocument(), values);
if (refusal.length > 0) {
  console.error(refusal.join('\n'));
  process.exitCode = 1;
}

/** As the service serves it. In Nest's preview nothing is instantiated, so that no database is needed. */
async function readDocument(): Promise<string> {
  // What the modules read of the settings while they are declared.
  const settings = { databaseUrl: '', workers: false, metricsPort: null } as Partial<ReadySettings> as ReadySettings;
  const app = await NestFactory.create(AppModule.forSettings(settings), {
    preview: true,
    abortOnError: false,
    logger: ['error'],
  });
  return `${JSON.stringify(buildDocument(app), null, 2)}\n`;
}
