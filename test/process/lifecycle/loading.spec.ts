import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { agent } from '../../support/agent.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner } from '../../support/makers.js';
import { clearUpServices, newDataDir, ServiceProcess, stopServices } from '../../support/service-process.js';
import { aColleague, signIn } from '../../http/admin/panel.js';

/** What only the panel needs, only the pages below /docs, and what only webhooks, METRICS_PORT and imports need. */
const ofPanel = ['adminjs', '@adminjs/design-system', 'express-session', 'qrcode'];
const ofDocument = ['@nestjs/swagger', 'openapi-sampler'];
/** The build has rendered the pages. */
const ofDocs = [...ofDocument, 'marked', 'highlight.js', 'react-dom'];
const ofOthers = ['undici', 'prom-client', 'csv-parse'];

/** Over the database of the processes, for what they are called by. */
let books: TestApp;
let loadedPackages: string;
beforeAll(async () => {
  books = await startTestApp();
  loadedPackages = path.join(newDataDir(), 'packages');
});
afterEach(stopServices);
afterAll(async () => {
  await clearUpServices();
  await books.close();
});

async function start(): Promise<ServiceProcess> {
  fs.rmSync(loadedPackages, { force: true });
  return ServiceProcess.started({
    DATABASE_URL: books.settings.databaseUrl,
    SESSION_SECRET: 's'.repeat(32),
    SECRETS_KEYS: 'k'.repeat(32),
    REQUIRE_MFA: 'off',
    NODE_OPTIONS: `--import ${pathToFileURL('test/support/record-packages.mjs').href}`,
    LOADED_PACKAGES_FILE: loadedPackages,
  });
}

/** Those of `names` that the service has loaded. */
function findLoaded(names: string[]): string[] {
  const loaded = fs.readFileSync(loadedPackages, 'utf8').split('\n');
  return names.filter((name) => loaded.includes(name));
}

describe('What a service loads', () => {
  it('is neither the panel nor the docs while partners alone call it', async () => {
    const partner = await aPartner(books);
    const { origin: baseUrl } = await start();
    const accounts = `/v1/projects/${partner.projectId}/leased-accounts`;
    const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } };
    const submitted = await call({ baseUrl }, 'POST', `${accounts}/request`, { key: partner.apiKey, body });
    expect(submitted.status).toBe(202);
    const { requestId } = submitted.body as { requestId: string };
    for (const route of [`${accounts}/requests/${requestId}`, accounts, '/v1/whoami', '/v1/wallet']) {
      expect([route, (await call({ baseUrl }, 'GET', route, { key: partner.apiKey })).status]).toEqual([route, 200]);
    }
    expect(findLoaded(['@nestjs/core', 'typeorm', 'class-validator'])).toHaveLength(3);
    expect(findLoaded([...ofPanel, ...ofDocs, ...ofOthers])).toEqual([]);

    expect((await call({ baseUrl }, 'GET', '/docs')).status).toBe(200);
    expect(findLoaded([...ofPanel, ...ofDocs, ...ofOthers])).toEqual([]);
    expect((await call({ baseUrl }, 'GET', '/docs/openapi.json')).status).toBe(200);
    expect(findLoaded([...ofPanel, ...ofDocs, ...ofOthers])).toEqual(ofDocument);
  });

  it('is the panel as soon as colleagues come, who may come at the same moment', async () => {
    const colleagues = [await aColleague(books, 'admin'), await aColleague(books, 'viewer')];
    const { origin } = await start();
    const visit = async (colleague: (typeof colleagues)[number]) => {
      const browser = agent(origin);
      const answer = await signIn(browser, colleague);
      return { browser, email: colleague.email, signedIn: [answer.status, answer.headers.location] };
    };
    const visitors = await Promise.all(colleagues.map(visit));
    for (const { browser, email, signedIn } of visitors) {
      expect(signedIn).toEqual([302, '/admin']);
      const page = await browser.get('/admin');
      expect([page.status, page.text.includes(email)]).toEqual([200, true]);
    }
    expect(findLoaded(ofPanel)).toEqual(ofPanel);
    expect(findLoaded(['@nestjs/swagger', ...ofOthers])).toEqual([]);
  });
});
