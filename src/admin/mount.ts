import './panel-files.js';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Router as AdminRoutes } from 'adminjs';
import express, { Router } from 'express';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { adminRoutes } from './admin-routes.js';
import { exportRoutes } from './exports/export-routes.js';
import { importRoutes } from './exports/import-routes.js';
import { failures, nowhere } from './failures.js';
import { accountRoutes } from './account-routes.js';
import { recognise, sameOriginOnly, secondFactorFirst, signedInOnly } from './guard.js';
import { inTime } from './in-time.js';
import { adminOver, panelPath } from './options.js';
import { panelAssetsFolder, panelFolder } from './panel-files.js';
import { PanelServices } from './panel-services.js';
import { keepNowhere, securityHeaders } from './security-headers.js';
import { panelSessions, sessionCookieFirst } from './session.js';
import { secondFactorRoutes } from './second-factor-routes.js';
import { signInRoutes } from './sign-in-routes.js';
import { welcomeRoutes } from './welcome-routes.js';

/** Puts the staff panel under `/admin`. Must run before `app.init()`, where Nest adds what answers all other calls. */
export function mountPanel(app: NestExpressApplication): void {
  const services = app.get(PanelServices, { strict: false });
  const settings = app.get<ReadySettings>(SETTINGS, { strict: false });
  const admin = adminOver(services);

  const panel = Router();
  panel.use(...securityHeaders());
  panel.use(staticFiles());
  panel.use(keepNowhere, inTime, sameOriginOnly);
  panel.use(sessionCookieFirst, panelSessions(services.dataSource, settings), recognise(services.signIn));
  panel.use(signInRoutes(admin, services.signIn), secondFactorRoutes(services), welcomeRoutes(services));
  panel.use(signedInOnly, secondFactorFirst);
  panel.use(accountRoutes(services));
  panel.use(importRoutes(services.importRuns), exportRoutes(admin, services));
  panel.use(adminRoutes(admin, services));
  panel.use(nowhere, failures);
  app.use(panelPath, panel);
  app.use('/favicon.ico', (_request: express.Request, response: express.Response) => {
    response.sendFile('icon.svg', { root: panelAssetsFolder });
  });
}

/** What the sign-in page needs too: AdminJS's scripts, our bundle, style sheet and font. */
function staticFiles(): Router {
  const files = Router();
  files.use('/assets', express.static(panelAssetsFolder, { index: false, redirect: false }));
  files.get('/frontend/assets/components.bundle.js', (_request, response) => {
    response.sendFile('bundle.js', { root: panelFolder });
  });
  for (const asset of AdminRoutes.assets) {
    files.get(asset.path, (_request, response) => {
      response.sendFile(path.resolve(asset.src), { dotfiles: 'allow' });
    });
  }
  return files;
}
