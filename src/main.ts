import 'reflect-metadata';
import './admin/bundle/panel-files.js';
import { completeSettings } from './config/secrets.js';
import { readSettings, type ReadySettings } from './config/settings.js';
import { migrate } from './database/migrate.js';
import { openDatabase } from './database/open-database.js';
import { toListenError, assertFree, toOrigin } from './lifecycle/address.js';
import { trackConnections } from './lifecycle/close-app.js';
import { trackCalls } from './lifecycle/drain.js';
import { StopRequested, listenForStop } from './lifecycle/stop-signal.js';
import { toStartupMessage } from './lifecycle/startup-message.js';

/** Calls in flight may take this long after a signal, connections that they still hold this long, and everything this long. */
const CALLS_MS = 5_500;
const CONNECTIONS_MS = 500;
const EVERYTHING_MS = 9_000;

process.env.NODE_ENV ||= 'production';
process.env.ADMIN_JS_SKIP_BUNDLE = 'true';

// A reader that went away (a closed terminal, `| head`) is no reason to fall over.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
const print = (line: string) => console.log(line);
const stop = listenForStop(EVERYTHING_MS);
/** How to undo what has been started, the last first. */
const shutdownHooks: (() => Promise<void>)[] = [];

/** From nothing to listening. */
async function start(): Promise<void> {
  const wanted = readSettings(process.env);
  print('Lease console: starting');
  await assertFree(wanted);

  const database = await openDatabase(wanted, print);
  shutdownHooks.unshift(() => database.leave());
  const settings = completeSettings(wanted, database.url);
  stop.mustNotBeAsked();

  print('Database: migrating');
  const migrations = await migrate(settings);
  if (migrations.length > 0) print(`Database: ${migrations.length} migrations made`);
  stop.mustNotBeAsked();

  if (settings.demo) await makeDemo(settings);
  stop.mustNotBeAsked();

  print('Application: loading');
  const { createApp } = await import('./app.js');
  const app = await createApp(settings);
  const close = trackConnections(app);
  shutdownHooks.unshift(() => close(CONNECTIONS_MS));
  const { DemoClock } = await import('./demo-clock/demo-clock.service.js');
  if (!settings.demo) await app.get(DemoClock, { strict: false }).freezeForRealUse();
  database.supervise();
  stop.mustNotBeAsked();

  const drain = trackCalls(app.getHttpServer());
  await app.listen(settings.port, settings.host).catch((error) => {
    throw toListenError(settings, error);
  });
  const { RenewalWorker } = await import('./renewals/renewal-worker.js');
  const worker = app.get(RenewalWorker, { strict: false });
  shutdownHooks.unshift(() => Promise.all([drain(CALLS_MS), worker.stop()]).then(() => undefined));
  print(`Lease console: listening on ${toOrigin(settings)}\n${toStartupMessage(toOrigin(settings))}`);
}

/** Its passwords and its key are told here and never again. */
async function makeDemo(settings: ReadySettings): Promise<void> {
  print('Demo data: making it unless it is there');
  const { toDemoText, makeDemoOnce } = await import('./demo/make-demo.js');
  const demo = await makeDemoOnce(settings);
  if (demo) print(toDemoText(demo, toOrigin(settings)));
}

/** @returns the exit code */
async function runUntilStopped(): Promise<number> {
  try {
    await start();
    await stop.asked;
    print('Lease console: stopping');
    return 0;
  } catch (error) {
    if (error instanceof StopRequested) return 0;
    printError(error);
    return 1;
  }
}

async function shutDown(exitCode: number): Promise<never> {
  for (const farewell of shutdownHooks) await farewell().catch(printError);
  process.exit(exitCode);
}

/** One line for the operator; whoever looks for a fault of ours asks for more with LOG_LEVEL=debug. */
function printError(error: unknown): void {
  const { message, stack } = error as Error;
  console.error(`Lease console: ${message.replaceAll(/\s*\n\s*/g, ' ')}`);
  if (['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '')) console.error(stack);
}

await shutDown(await runUntilStopped());
