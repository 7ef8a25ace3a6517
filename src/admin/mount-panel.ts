import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import { Router, type Request, type Response } from 'express';
import { Pruner } from '../core/pruner.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { adminJsRouter } from './adminjs/adminjs-router.js';
import { exportRoutes } from './exports/export-routes.js';
import { importRoutes } from './exports/import-routes.js';
import { errorHandler, notFoundHandler } from './http/error-handler.js';
import { profileRoutes } from './profile/profile-routes.js';
import { loadStaff, sameOriginOnly, requireSecondFactor, requireSignIn } from './http/guards.js';
import { timeoutMiddleware } from './http/timeout.middleware.js';
import { createAdmin } from './adminjs/options.js';
import { panelPath } from './http/paths.js';
import { panelAssets, sendAsset } from './bundle/panel-assets.js';
import { PanelServices } from './panel-services.js';
import { noStore, securityHeaders } from './http/security-headers.js';
import { panelSessions, sessionCookieFirst, sessionRetention } from './http/sessions.js';
import { secondFactorRoutes } from './sign-in/second-factor-routes.js';
import { signInRoutes } from './sign-in/sign-in-routes.js';
import { invitationRoutes } from './sign-in/invitation-routes.js';

export { AdminModule } from './admin.module.js';

/** Mounts the staff panel. Must run before `app.init()`, where Nest adds the routes that answer everything else. */
export function mountPanel(app: NestExpressApplication): void {
  const services = app.get(PanelServices, { strict: false });
  const settings = app.get<ReadySettings>(SETTINGS, { strict: false });
  const admin = createAdmin(services);
  app.get(Pruner, { strict: false }).register(sessionRetention);

  const panel = Router();
  panel.use(...securityHeaders());
  // The sign-in page needs them too.
  panel.use(panelAssets(), compression());
  panel.use(noStore, timeoutMiddleware, sameOriginOnly);
  panel.use(
    sessionCookieFirst,
    panelSessions(services.dataSource, services.clock, settings),
    loadStaff(services.signIn),
  );
  panel.use(signInRoutes(admin, services.signIn), secondFactorRoutes(services), invitationRoutes(services));
  panel.use(requireSignIn, requireSecondFactor);
  panel.use(profileRoutes(services));
  panel.use(importRoutes(services.importRuns), exportRoutes(admin, services));
  panel.use(adminJsRouter(admin, services));
  panel.use(notFoundHandler, errorHandler);
  app.use(panelPath, panel);
  app.use('/favicon.ico', (request: Request, response: Response) => sendAsset(request, response, '/assets/icon.svg'));
}
