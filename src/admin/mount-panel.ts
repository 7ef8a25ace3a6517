import { setTimeout as pause } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Router, type NextFunction, type Request, type Response } from 'express';
import { loadOnce } from '../core/load-once.js';
import { Pruner } from '../core/pruner.js';
import { errorHandler, notFoundHandler } from './http/error-handler.js';
import { panelPath } from './http/paths.js';
import { securityHeaders } from './http/security-headers.js';
import { sessionRetention } from './http/session-retention.js';
import { sendAsset } from './bundle/panel-assets.js';
import { PanelServices } from './panel-services.js';

/** For what loading has kept waiting. */
const CALLS_BETWEEN_MS = 50;

/**
 * Mounts the staff panel. Must run before `app.init()`, where Nest adds the routes that answer everything else. The first call loads
 * what only the panel needs: AdminJS is as much as the rest of the service (docs/decisions/049).
 */
export function mountPanel(app: NestExpressApplication): void {
  const services = app.get(PanelServices, { strict: false });
  app.get(Pruner, { strict: false }).register(sessionRetention);

  const load = loadOnce(async () => {
    // Half of what AdminJS needs. Loading stops all other work, so calls that have come since are answered between the halves.
    await import('@adminjs/design-system');
    await pause(CALLS_BETWEEN_MS);
    const { panelRouter } = await import('./panel-router.js');
    return panelRouter(services);
  });
  const panel = Router();
  panel.use(...securityHeaders());
  panel.use((request: Request, response: Response, next: NextFunction) => {
    load()
      .then((router) => router(request, response, next))
      .catch(next);
  });
  panel.use(notFoundHandler, errorHandler);
  app.use(panelPath, panel);
  app.use('/favicon.ico', (request: Request, response: Response) => sendAsset(request, response, '/assets/icon.svg'));
}
