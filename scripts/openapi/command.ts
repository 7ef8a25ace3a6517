/**
 * Writes `docs/openapi.json`, which is what partners are promised, from the code. What breaks the promise is refused unless
 * `--breaking <reason>` is given; `docs/partner/changelog.md` then tells partners the reason. `--check` writes nothing: it
 * fails where the code breaks the promise, and where the file is not up to date.
 */
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import type { ReadySettings } from '../../src/config/settings.js';
import { buildDocument } from '../../src/partner-api/openapi/document.js';
import { findBreakingChanges } from './breaking-changes.js';

const PROMISE = 'docs/openapi.json';
const CHANGELOG = 'docs/partner/changelog.md';
const UNRELEASED = '## Unreleased\n\n';

const { values } = parseArgs({ options: { check: { type: 'boolean' }, breaking: { type: 'string' } } });
const current = await readDocument();
const promised = await readFile(PROMISE, 'utf8').catch(() => null);
const broken = promised === null ? [] : findBreakingChanges(JSON.parse(promised), JSON.parse(current));

if (broken.length > 0 && (values.check || !values.breaking)) {
  fail(
    `What ${PROMISE} promises to partners no longer holds:`,
    ...broken.map((line) => `  ${line}`),
    'If that is meant: npm run openapi -- --breaking "<the reason, as partners read it>"',
  );
} else if (values.check) {
  if (current !== promised) fail(`${PROMISE} is not up to date: npm run openapi writes it from the code.`);
} else {
  if (broken.length > 0) await addToChangelog(values.breaking!);
  await writeFile(PROMISE, current);
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

async function addToChangelog(reason: string): Promise<void> {
  const text = await readFile(CHANGELOG, 'utf8');
  if (!text.includes(UNRELEASED)) throw new Error(`${CHANGELOG} has no heading "${UNRELEASED.trim()}".`);
  await writeFile(
    CHANGELOG,
    text.replace(UNRELEASED, () => `${UNRELEASED}- **Breaking:** ${reason}\n`),
  );
}

function fail(...lines: string[]): void {
  console.error(lines.join('\n'));
  process.exitCode = 1;
}
