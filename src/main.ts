import 'reflect-metadata';
import { completeSettings } from './config/secrets.js';
import { readSettings, type ReadySettings } from './config/settings.js';
import { toOperatorMessage } from './core/database-errors.js';
import { migrate } from './database/migrate.js';
import { openDatabase } from './database/open-database.js';
import { toListenError, assertFree, toOrigin } from './lifecycle/address.js';
import { trackConnections } from './lifecycle/close-app.js';
import { trackCalls } from './lifecycle/drain.js';
import { StopRequested, listenForStop } from './lifecycle/stop-signal.js';
import { toStartupMessage } from './lifecycle/startup-message.js';

/** How long calls in flight may take after a stop signal, then the connections that they still use, and the whole shutdown. */
const CALLS_TIMEOUT_MS = 5_500;
const CONNECTIONS_TIMEOUT_MS = 500;
const SHUTDOWN_TIMEOUT_MS = 9_000;

process.env.NODE_ENV ||= 'production';

// A closed reader of the output (a terminal, `| head`) must not end the process.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
const print = (line: string) => console.log(line);
const stopSignal = listenForStop(SHUTDOWN_TIMEOUT_MS);
/** Run in order; what was started last is shut down first. */
const shutdownHooks: (() => Promise<void>)[] = [];

async function start(): Promise<void> {
  const environment = readSettings(process.env);
  print('Lease console: starting');
  await assertFree(environment);

  const database = await openDatabase(environment, print);
  shutdownHooks.unshift(() => database.leave());
  const settings = completeSettings(environment, database.url);
  stopSignal.assertNotReceived();

  print('Database: migrating');
  const migrations = await migrate(settings, (line) => print(`Database: ${line}`));
  if (migrations.length > 0) print(`Database: ${migrations.length} migrations made`);
  stopSignal.assertNotReceived();

  if (settings.demo) await createDemo(settings);
  stopSignal.assertNotReceived();

  print('Application: loading');
  const { createApp } = await import('./app.js');
  const app = await createApp(settings);
  const close = trackConnections(app);
  shutdownHooks.unshift(() => close(CONNECTIONS_TIMEOUT_MS));
  const { DemoClock } = await import('./demo-clock/demo-clock.service.js');
  if (!settings.demo) await app.get(DemoClock, { strict: false }).freezeForRealUse();
  database.supervise();
  stopSignal.assertNotReceived();

  const drain = trackCalls(app.getHttpServer());
  await app.listen(settings.port, settings.host).catch((error) => {
    throw toListenError(settings, error);
  });
  const { RenewalWorker } = await import('./renewals/renewal-worker.js');
  const worker = app.get(RenewalWorker, { strict: false });
  shutdownHooks.unshift(() => Promise.all([drain(CALLS_TIMEOUT_MS), worker.stop()]).then(() => undefined));
  print(`Lease console: listening on ${toOrigin(settings)}\n${toStartupMessage(toOrigin(settings))}`);
}

/** Prints the demo's passwords and key, which are shown only once. */
async function createDemo(settings: ReadySettings): Promise<void> {
  print('Demo data: making it unless it is there');
  const { toDemoText, makeDemoOnce } = await import('./demo/make-demo.js');
  const demo = await makeDemoOnce(settings);
  if (demo) print(toDemoText(demo, toOrigin(settings)));
}

/** @returns the exit code */
async function runUntilStopped(): Promise<number> {
  try {
    await start();
    await stopSignal.received;
    print('Lease console: stopping');
    return 0;
  } catch (error) {
    if (error instanceof StopRequested) return 0;
    printError(error);
    return 1;
  }
}

async function shutDown(exitCode: number): Promise<never> {
  for (const hook of shutdownHooks) await hook().catch(printError);
  process.exit(exitCode);
}

/** One line for the operator, and the stack with LOG_LEVEL=debug. */
function printError(error: unknown): void {
  console.error(`Lease console: ${toOperatorMessage(error)}`);
  if (['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '')) console.error((error as Error).stack);
}

await shutDown(await runUntilStopped());
