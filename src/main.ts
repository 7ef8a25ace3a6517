import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { completeSettings } from './config/secrets.js';
import { readSettings, type ReadySettings } from './config/settings.js';
import { bufferedOutput, createLogger } from './core/logger.js';
import { toOperatorMessage } from './core/database-errors.js';
import { migrate } from './database/migrate.js';
import { openDatabase } from './database/open-database.js';
import { toListenError, assertFree, toOrigin } from './lifecycle/address.js';
import { trackConnections } from './lifecycle/close-app.js';
import { trackCalls } from './lifecycle/drain.js';
import { createFailurePrinter, createPrinter } from './lifecycle/start-output.js';
import { StopRequested, listenForStop } from './lifecycle/stop-signal.js';
import { toStartupMessage } from './lifecycle/startup-message.js';

/** How long calls in flight may take after a stop signal, then the connections that they still use, and the whole shutdown. */
const CALLS_TIMEOUT_MS = 5_500;
const CONNECTIONS_TIMEOUT_MS = 500;
const SHUTDOWN_TIMEOUT_MS = 9_000;

process.env.NODE_ENV ??= 'production';

// A closed reader of the output (a terminal, `| head`) must not end the process.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
const startLogger = createLogger('info');
const print = createPrinter(process.stdout.isTTY, startLogger);
const printFailure = createFailurePrinter(startLogger);
/** How long calls go on being served after SIGTERM: who presses Ctrl-C stands behind no load balancer. */
let servingMs = 0;
const getServingMs = (signal: string) => (signal === 'SIGTERM' ? servingMs : 0);
const stopSignal = listenForStop((signal) => getServingMs(signal) + SHUTDOWN_TIMEOUT_MS);
/** Run in order; what was started last is shut down first. */
const shutdownHooks: ((servingMs: number) => Promise<void>)[] = [];

async function start(): Promise<void> {
  const environment = readSettings(process.env);
  print('Lease console: starting');
  await assertFree(environment, 'PORT');
  if (environment.metricsPort !== null)
    await assertFree({ ...environment, port: environment.metricsPort }, 'METRICS_PORT');

  const database = await openDatabase(environment, print);
  shutdownHooks.unshift(() => database.leave());
  if (environment.databaseUrl === null) {
    print('Database: an embedded PostgreSQL, which is for trying things out; in production set DATABASE_URL');
  }
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
  const logger = createLogger(settings.logLevel, bufferedOutput());
  const app = await createApp(settings, logger);
  const close = trackConnections(app);
  shutdownHooks.unshift(() => close(CONNECTIONS_TIMEOUT_MS));
  const { DemoClock } = await import('./demo-clock/demo-clock.service.js');
  if (!settings.demo) await app.get(DemoClock, { strict: false }).freezeForRealUse();
  const { StoredSecrets } = await import('./staff/stored-secrets.service.js');
  await app.get(StoredSecrets, { strict: false }).assertAllOpen();
  database.supervise();
  stopSignal.assertNotReceived();

  if (settings.metricsPort !== null) await serveMetrics(app, settings.metricsPort, settings.host);
  const drain = trackCalls(app.getHttpServer(), logger);
  await app.listen(settings.port, settings.host).catch((error) => {
    throw toListenError(settings, 'PORT', error);
  });
  const { RenewalWorker } = await import('./renewals/renewal-worker.js');
  const worker = app.get(RenewalWorker, { strict: false });
  const { WebhookSender } = await import('./webhooks/webhook-sender.js');
  const sender = app.get(WebhookSender, { strict: false });
  const { CallRecorder } = await import('./calls/call-recorder.js');
  const calls = app.get(CallRecorder, { strict: false });
  const { ReadinessService } = await import('./health/readiness.service.js');
  const readiness = app.get(ReadinessService, { strict: false });
  servingMs = settings.drainSeconds * 1_000;
  shutdownHooks.unshift(async (servingMs) => {
    readiness.stop();
    await Promise.all([drain({ servingMs, finishingMs: CALLS_TIMEOUT_MS }), worker.stop(), sender.stop()]);
    await calls.stop();
  });
  print(`Lease console: listening on ${toOrigin(settings)}\n${toStartupMessage(toOrigin(settings))}`);
}

/** Until the calls in flight have ended, so that a drain can be watched. */
async function serveMetrics(app: NestExpressApplication, port: number, host: string): Promise<void> {
  const { MetricsServer } = await import('./metrics/metrics-server.js');
  const server = app.get(MetricsServer);
  await server.listen(port, host).catch((error) => {
    throw toListenError({ host, port }, 'METRICS_PORT', error);
  });
  shutdownHooks.unshift(() => server.close());
  print(`Metrics: ${toOrigin({ host, port })}/metrics`);
}

/** Prints the demo's passwords and key, which are shown only once. */
async function createDemo(settings: ReadySettings): Promise<void> {
  print('Demo data: making it unless it is there');
  const { toDemoText, makeDemoOnce } = await import('./demo/make-demo.js');
  const demo = await makeDemoOnce(settings);
  if (!demo) return;
  const { text, curl } = toDemoText(demo, toOrigin(settings));
  print(text, { curl });
}

interface End {
  exitCode: number;
  servingMs: number;
}

async function runUntilStopped(): Promise<End> {
  try {
    await start();
    const signal = await stopSignal.received;
    print('Lease console: stopping');
    return { exitCode: 0, servingMs: getServingMs(signal) };
  } catch (error) {
    if (error instanceof StopRequested) return { exitCode: 0, servingMs: 0 };
    printError(error);
    return { exitCode: 1, servingMs: 0 };
  }
}

async function shutDown({ exitCode, servingMs }: End): Promise<never> {
  for (const hook of shutdownHooks) await hook(servingMs).catch(printError);
  process.exit(exitCode);
}

/** One line for the operator, and the stack with LOG_LEVEL=debug. */
function printError(error: unknown): void {
  const isDebugging = ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '');
  printFailure(toOperatorMessage(error), isDebugging ? (error as Error).stack : undefined);
}

await shutDown(await runUntilStopped());
