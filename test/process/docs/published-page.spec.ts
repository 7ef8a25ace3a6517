import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PUBLISHED_PROJECT_ID, toPublishedCurl } from '../../../src/demo/published-page.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { readBlocks } from '../../support/documents/blocks.js';
import { publishedPage } from '../../support/documents/page-plans.js';
import { Reader } from '../../support/documents/reader.js';
import { installClients, type InstalledClients } from '../../support/documents/readers.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { isPythonSkipped } from '../../support/python.js';

const blocks = readBlocks(publishedPage);
let service: TestApp;
let clients: InstalledClients;
/** With the page's project, as the demo has one. */
let partner: TestPartner;

beforeAll(async () => {
  service = await startTestApp();
  clients = await installClients(service.baseUrl);
  partner = await aPartner(service);
  await service.dataSource.query('UPDATE project SET id = $1 WHERE id = $2', [PUBLISHED_PROJECT_ID, partner.projectId]);
});
afterAll(async () => {
  clients?.remove();
  await service.close();
});

const published = {
  project_id: PUBLISHED_PROJECT_ID,
  count: 5,
  vertical: 'coffee',
  audience: 'home baristas 25–40',
  language: 'en',
  geo: ['US', 'CA', 'GB'],
  target: 'Short-form brew tutorials; paid UGC-style creative for ads.',
  status: 'requested',
};

/** The requests in the database, and the statuses of the stored answers. */
async function readOutcome(): Promise<{ requests: object[]; statuses: number[] }> {
  const requests = await service.dataSource.query(
    'SELECT project_id, count, vertical, audience, language, geo, target, status FROM lease_request',
  );
  const answers: { status: number }[] = await service.dataSource.query('SELECT status FROM idempotency_record');
  return { requests, statuses: answers.map(({ status }) => status) };
}

describe('The calls of the published page', () => {
  for (const [index, language] of ['sh', 'ts', 'python'].entries()) {
    const trying = language === 'python' && isPythonSkipped ? it.skip : it;
    trying(`in ${language} are accepted as printed, and asked for once`, async () => {
      const knowledge = { baseUrl: service.baseUrl, apiKey: partner.apiKey, projectId: PUBLISHED_PROJECT_ID };
      const reader = new Reader(knowledge, { python: clients.python, parent: clients.folder });
      try {
        await reader.follow(blocks.filter((block) => block.language === language));
        expect(reader.refusedCalls).toEqual([]);
      } finally {
        await reader.leave();
      }
      const expected = { requests: Array(index + 1).fill(published), statuses: Array(index + 1).fill(202) };
      expect(await readOutcome()).toEqual(expected);
    });
  }

  it('by curl are the demo’s', () => {
    const [printed] = blocks.filter(({ language }) => language === 'sh');
    expect(printed!.text.trim()).toBe(toPublishedCurl('https://api.layers.com', PUBLISHED_PROJECT_ID, 'lp_...'));
  });
});
