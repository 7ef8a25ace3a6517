import compression from 'compression';
import { Router } from 'express';
import { adminJsRouter } from './adminjs/adminjs-router.js';
import { createAdmin } from './adminjs/options.js';
import { panelAssets } from './bundle/panel-assets.js';
import { exportRoutes } from './exports/export-routes.js';
import { importRoutes } from './exports/import-routes.js';
import { loadStaff, requireSecondFactor, requireSignIn, sameOriginOnly } from './http/guards.js';
import { noStore } from './http/security-headers.js';
import { panelSessions, sessionCookieFirst } from './http/sessions.js';
import { timeoutMiddleware } from './http/timeout.middleware.js';
import type { PanelServices } from './panel-services.js';
import { profileRoutes } from './profile/profile-routes.js';
import { invitationRoutes } from './sign-in/invitation-routes.js';
import { secondFactorRoutes } from './sign-in/second-factor-routes.js';
import { signInRoutes } from './sign-in/sign-in-routes.js';

/** The panel's files, its sign-in and, behind that, its pages and API. */
export function panelRouter(services: PanelServices): Router {
  const admin = createAdmin(services);
  const panel = Router();
  // The sign-in page needs them too.
  panel.use(panelAssets(), compression());
  panel.use(noStore, timeoutMiddleware, sameOriginOnly);
  panel.use(
    sessionCookieFirst,
    panelSessions(services.dataSource, services.clock, services.settings),
    loadStaff(services.signIn),
  );
  panel.use(signInRoutes(admin, services.signIn), secondFactorRoutes(services), invitationRoutes(services));
  panel.use(requireSignIn, requireSecondFactor);
  panel.use(profileRoutes(services));
  panel.use(importRoutes(services.importRuns), exportRoutes(admin, services));
  panel.use(adminJsRouter(admin, services));
  return panel;
}
