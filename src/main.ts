import 'reflect-metadata';
import './admin/panel-files.js';
import { readySettings } from './config/secrets.js';
import { readSettings, type ReadySettings } from './config/settings.js';
import { migrate } from './database/migrate.js';
import { openDatabase } from './database/open-database.js';
import { cannotListen, mustBeFree, originOf } from './process/address.js';
import { closable } from './process/close-app.js';
import { drainable } from './process/drain.js';
import { StopRequested, stopSignal } from './process/stop-signal.js';
import { welcome } from './process/welcome.js';

/** Calls in flight may take this long after a signal, connections that they still hold this long, and everything this long. */
const CALLS_MS = 5_500;
const CONNECTIONS_MS = 500;
const EVERYTHING_MS = 9_000;

process.env.NODE_ENV ||= 'production';
process.env.ADMIN_JS_SKIP_BUNDLE = 'true';

// A reader that went away (a closed terminal, `| head`) is no reason to fall over.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
const say = (line: string) => console.log(line);
const stop = stopSignal(EVERYTHING_MS);
/** How to undo what has been started, the last first. */
const farewells: (() => Promise<void>)[] = [];

/** From nothing to listening. */
async function start(): Promise<void> {
  const wanted = readSettings(process.env);
  say('Lease console: starting');
  await mustBeFree(wanted);

  const database = await openDatabase(wanted, say);
  farewells.unshift(() => database.leave());
  const settings = readySettings(wanted, database.url);
  stop.mustNotBeAsked();

  say('Database: migrating');
  const migrations = await migrate(settings);
  if (migrations.length > 0) say(`Database: ${migrations.length} migrations made`);
  stop.mustNotBeAsked();

  if (settings.demo) await makeDemo(settings);
  stop.mustNotBeAsked();

  say('Application: loading');
  const { createApp } = await import('./app.js');
  const app = await createApp(settings);
  const close = closable(app);
  farewells.unshift(() => close(CONNECTIONS_MS));
  const { MovableClock } = await import('./movable-clock/movable-clock.service.js');
  if (!settings.demo) await app.get(MovableClock, { strict: false }).standForGood();
  database.supervise();
  stop.mustNotBeAsked();

  const drain = drainable(app.getHttpServer());
  await app.listen(settings.port, settings.host).catch((error) => {
    throw cannotListen(settings, error);
  });
  const { RenewalWorker } = await import('./renewals/renewal-worker.js');
  const worker = app.get(RenewalWorker, { strict: false });
  farewells.unshift(() => Promise.all([drain(CALLS_MS), worker.stop()]).then(() => undefined));
  say(`Lease console: listening on ${originOf(settings)}\n${welcome(originOf(settings))}`);
}

/** Its passwords and its key are told here and never again. */
async function makeDemo(settings: ReadySettings): Promise<void> {
  say('Demo data: making it unless it is there');
  const { demoText, makeDemoOnce } = await import('./demo/make-demo.js');
  const demo = await makeDemoOnce(settings);
  if (demo) say(demoText(demo, originOf(settings)));
}

/** @returns the exit code */
async function runUntilAsked(): Promise<number> {
  try {
    await start();
    await stop.asked;
    say('Lease console: stopping');
    return 0;
  } catch (error) {
    if (error instanceof StopRequested) return 0;
    complain(error);
    return 1;
  }
}

async function end(exitCode: number): Promise<never> {
  for (const farewell of farewells) await farewell().catch(complain);
  process.exit(exitCode);
}

/** One line for the operator; whoever looks for a fault of ours asks for more with LOG_LEVEL=debug. */
function complain(error: unknown): void {
  const { message, stack } = error as Error;
  console.error(`Lease console: ${message.replaceAll(/\s*\n\s*/g, ' ')}`);
  if (['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '')) console.error(stack);
}

await end(await runUntilAsked());
