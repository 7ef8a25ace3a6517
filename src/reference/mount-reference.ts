import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import type { Express, NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { loadOnce } from '../core/load-once.js';
import type { ApiDocument } from './api-document.js';
import { readAssets, type Assets } from './assets.js';
import { readBuiltPages } from './built-pages.js';
import { mountClientPackages } from './client-packages.js';

/** What is read once, when somebody asks for the first page: a start need not wait for it. */
interface Site {
  pages: Map<string, string>;
  assets: Assets;
}

/** Serves the pages of the API reference below /docs, its OpenAPI 3.1 document and the clients; nothing is loaded from another origin. */
export function mountReference(app: NestExpressApplication): void {
  app.use('/docs', compression(), securityHeaders());
  mountClientPackages(app);
  const load = loadOnce(() => makeSite(app));
  const serve = (send: (site: Site, request: Request, response: Response, next: NextFunction) => void) => {
    return (request: Request, response: Response, next: NextFunction) => {
      load()
        .then((site) => send(site, request, response, next))
        .catch(next);
    };
  };
  const http = app.getHttpAdapter().getInstance() as Express;
  http.get('/docs', serve(sendPage));
  const loadDocument = loadOnce(async () => JSON.stringify(await makeDocument(app)));
  http.get('/docs/openapi.json', (_request, response, next) => {
    loadDocument()
      .then((document) => response.type('json').send(document))
      .catch(next);
  });
  // Not as routes: what is not there would be a path that takes other methods.
  http.use('/docs/guides', serve(sendPage));
  http.use('/docs/assets', serve(sendAsset));
}

async function makeSite(app: NestExpressApplication): Promise<Site> {
  const assets = readAssets();
  return { assets, pages: readBuiltPages() ?? (await renderPages(app, assets)) };
}

/** For a service that runs from its sources. */
async function renderPages(app: NestExpressApplication, assets: Assets): Promise<Map<string, string>> {
  const render = await import('./render.js');
  return render.renderPages((await makeDocument(app)) as unknown as ApiDocument, assets);
}

async function makeDocument(app: NestExpressApplication): Promise<object> {
  const { buildDocument } = await import('../partner-api/openapi/document.js');
  return buildDocument(app);
}

function sendPage({ pages }: Site, request: Request, response: Response, next: NextFunction): void {
  const page = isRead(request) && pages.get(toPath(request).replace(/\/$/, ''));
  if (!page) return next();
  response.type('html').set('Cache-Control', 'no-cache').send(page);
}

function sendAsset({ assets }: Site, request: Request, response: Response, next: NextFunction): void {
  const asset = isRead(request) && assets.files.get(toPath(request));
  if (!asset) return next();
  response.set('Cache-Control', 'public, max-age=31536000, immutable').type(asset.type).send(asset.content);
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function toPath({ baseUrl, path }: Request): string {
  return baseUrl + path;
}

function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        // Routes that are tried out.
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
  });
}
