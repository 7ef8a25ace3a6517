import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { mountPanel } from './admin/mount.js';
import { AppModule } from './app.module.js';
import { createLogger, HouseLogger } from './common/logger.js';
import type { ReadySettings } from './config/settings.js';
import { mountReference } from './docs/openapi.js';
import { arrive } from './traffic/arrival.js';
import { callLog } from './traffic/call-log.js';
import { ErrorFilter } from './traffic/error-filter.js';
import { jsonBody } from './traffic/json-body.js';

/** The whole service over a migrated database, ready to listen. Where that fails, it leaves no connection behind. */
export async function createApp(settings: ReadySettings): Promise<NestExpressApplication> {
  const logger = createLogger(settings.logLevel);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forSettings(settings), {
    bodyParser: false,
    logger: new HouseLogger(logger),
    abortOnError: false,
  });
  try {
    return await prepared(app, settings, logger);
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

async function prepared(
  app: NestExpressApplication,
  settings: ReadySettings,
  logger: Logger,
): Promise<NestExpressApplication> {
  app.set('trust proxy', settings.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.disable('x-powered-by');
  app.useGlobalFilters(new ErrorFilter(logger));

  app.use(arrive);
  app.use(callLog(logger));
  app.use('/v1', ...jsonBody());
  mountReference(app);
  mountPanel(app);
  await app.init();
  return app;
}
