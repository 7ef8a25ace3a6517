import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import type { Express, NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { loadOnce } from '../core/load-once.js';
import type { ApiDocument } from './api-document.js';
import { readAssets, type Assets } from './assets.js';

/** What is read and rendered once, when somebody asks for the first page: a start need not wait for it. */
interface Site {
  document: string;
  pages: Map<string, string>;
  assets: Assets;
}

/** Serves the pages of the API reference below /docs, and its OpenAPI 3.1 document; nothing is loaded from another origin. */
export function mountReference(app: NestExpressApplication): void {
  app.use('/docs', compression(), securityHeaders());
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
  http.get('/docs/openapi.json', serve(sendDocument));
  // Not as routes: what is not there would be a path that takes other methods.
  http.use('/docs/guides', serve(sendPage));
  http.use('/docs/assets', serve(sendAsset));
}

async function makeSite(app: NestExpressApplication): Promise<Site> {
  const { renderPages } = await import('./render.js');
  const { buildDocument } = await import('../partner-api/openapi/document.js');
  const document = buildDocument(app);
  const assets = readAssets();
  return {
    document: JSON.stringify(document),
    pages: await renderPages(document as unknown as ApiDocument, assets),
    assets,
  };
}

function sendDocument({ document }: Site, _request: Request, response: Response): void {
  response.type('json').send(document);
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
