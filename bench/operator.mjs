import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { benchSettings } from './settings.mjs';

const { OperatorModule } = await import('../dist/src/cli/operator.module.js');
const { LedgerVerifier } = await import('../dist/src/accounting/ledger-verifier.js');

/** Who makes the changes of the bench's own. */
export const benchCaller = { kind: 'system', name: 'bench', callId: 'req_bench' };

/** Runs work with the services of the command line over a migrated database. */
export async function withServices(databaseUrl, work) {
  const context = await NestFactory.createApplicationContext(OperatorModule.forSettings(benchSettings(databaseUrl)), {
    logger: false,
  });
  try {
    return await work((type) => context.get(type, { strict: false }));
  } finally {
    await context.close();
  }
}

/** @throws Error that names the first faults of the books */
export async function assertCleanBooks(databaseUrl) {
  const { faults } = await withServices(databaseUrl, (get) => get(LedgerVerifier).verify());
  if (faults.length > 0)
    throw new Error(`The books have ${faults.length} faults: ${JSON.stringify(faults.slice(0, 5))}`);
}
