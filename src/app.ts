import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { mountPanel } from './admin/mount-panel.js';
import { AppModule } from './app.module.js';
import { CallRecorder } from './calls/call-recorder.js';
import { recordCalls } from './calls/record-calls.middleware.js';
import { createLogger, NestPinoLogger } from './core/logger.js';
import type { ReadySettings } from './config/settings.js';
import { setHttpTimeouts } from './lifecycle/http-timeouts.js';
import { mountReference } from './reference/mount-reference.js';
import { requestIdMiddleware } from './partner-api/request-id.middleware.js';
import { callLogMiddleware } from './partner-api/call-log.middleware.js';
import { ErrorFilter } from './partner-api/error.filter.js';
import { partnerCallMiddleware } from './partner-api/partner-call.middleware.js';
import { continueOnDemand } from './partner-api/request-body.js';

/** The whole service over a migrated database, ready to listen. When that fails, every connection is closed. */
export async function createApp(
  settings: ReadySettings,
  logger = createLogger(settings.logLevel),
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forSettings(settings), {
    bodyParser: false,
    logger: new NestPinoLogger(logger),
    abortOnError: false,
  });
  try {
    return await configure(app, settings, logger);
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

async function configure(
  app: NestExpressApplication,
  settings: ReadySettings,
  logger: Logger,
): Promise<NestExpressApplication> {
  app.set('trust proxy', settings.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.disable('x-powered-by');
  app.useGlobalFilters(new ErrorFilter(logger));

  const server = app.getHttpServer();
  setHttpTimeouts(server, settings.keepAliveSeconds);
  continueOnDemand(server);
  app.use(requestIdMiddleware);
  app.use(callLogMiddleware(logger));
  if (settings.metricsPort !== null) {
    const { MetricsService } = await import('./metrics/metrics.service.js');
    app.use(app.get(MetricsService).middleware);
  }
  app.use('/v1', recordCalls(app.get(CallRecorder, { strict: false })), partnerCallMiddleware);
  mountReference(app);
  mountPanel(app);
  await app.init();
  return app;
}
