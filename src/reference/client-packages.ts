import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';

const thisFile = fileURLToPath(import.meta.url);
const dist = path.resolve(path.dirname(thisFile), thisFile.endsWith('.ts') ? '../../dist' : '../..');
/** Where a build puts the packed clients. */
const folder = path.join(dist, 'clients');

const contentTypes = [
  ['.tgz', 'application/gzip'],
  ['.tar.gz', 'application/gzip'],
  ['.whl', 'application/zip'],
] as const;

/** Serves the packed clients at /docs/clients/, behind the headers of the pages, for `npm install <url>`; the list of them is one for `pip install --find-links`. */
export function mountClientPackages(app: NestExpressApplication): void {
  const router = express.Router({ strict: true });
  router.get('/docs/clients', (_request, response) => response.redirect(308, '/docs/clients/'));
  router.get('/docs/clients/', (_request, response) => {
    response.type('html').send(toList(listPackages()));
  });
  router.get('/docs/clients/:name', (request, response, next) => {
    const { name } = request.params;
    const contentType = getContentType(name);
    if (!contentType || !listPackages().includes(name)) return next();
    response.sendFile(name, { root: folder, headers: { 'Content-Type': contentType, 'Cache-Control': 'no-cache' } });
  });
  app.use(router);
}

/** Read at each call: a build may have put others there. */
function listPackages(): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(getContentType).sort();
}

function getContentType(name: string): string | undefined {
  return contentTypes.find(([ending]) => name.endsWith(ending))?.[1];
}

function toList(names: string[]): string {
  const items = names.map((name) => `<li><a href="${encodeURIComponent(name)}">${name}</a></li>`);
  const title = 'Packages of the clients';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><ul>${items.join('')}</ul></html>`;
}
