import fs from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partnerErrorCodes } from '../../../src/partner-api/openapi/error-responses.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope } from '../../support/calls.js';
import { rawGet } from '../../support/raw-get.js';
import { ApiReference, everyRoute } from '../partner-api/api-reference.js';

let service: TestApp;
let reference: ApiReference;
const guides = fs
  .readdirSync('docs/partner')
  .filter((name) => name.endsWith('.md'))
  .map((name) => `/docs/guides/${name.slice(0, -'.md'.length)}`);
const pages = new Map<string, string>();
beforeAll(async () => {
  service = await startTestApp();
  reference = await ApiReference.read(service);
  for (const address of ['/docs', ...guides]) pages.set(address, (await call(service, 'GET', address)).text);
});
afterAll(() => service.close());

const readIds = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);

describe('the pages below /docs', () => {
  it.each(['/docs', ...guides])('load nothing but scripts, style sheet and icon of ours: %s', async (address) => {
    const page = await call(service, 'GET', address);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|data:|https?:/);
    const loaded = [...page.text.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(loaded).toHaveLength(3);
    for (const file of loaded) {
      expect(file).toMatch(/^\/docs\/assets\/[a-z]+\.[0-9a-f]{10}\.(js|css|svg)$/);
      const asset = await call(service, 'GET', file);
      expect([file, asset.status]).toEqual([file, 200]);
      expect(asset.headers['cache-control']).toContain('immutable');
      for (const [, module] of asset.text.matchAll(/^import .*'(\/[^'\n]+)'/gm)) {
        expect(module).toMatch(/^\/docs\/assets\/[a-z-]+\.[0-9a-f]{10}\.js$/);
        expect((await call(service, 'GET', module!)).headers['content-type']).toBe('text/javascript; charset=utf-8');
      }
      for (const [, font] of asset.text.matchAll(/url\(([^)]+)\)/g)) {
        expect((await call(service, 'GET', font!)).headers['content-type']).toBe('font/woff2');
      }
    }
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style|<[a-z][^>]* (?:style|on[a-z]+)=/);
  });

  it('send scripts and styles compressed', async () => {
    const [, script] = /"(\/docs\/assets\/reference\.[^"]+\.js)"/.exec(pages.get('/docs')!)!;
    const [, styles] = /"(\/docs\/assets\/[^"]+\.css)"/.exec(pages.get('/docs')!)!;
    const [, module] = /'(\/docs\/assets\/navigation[^']+)'/.exec((await call(service, 'GET', script!)).text)!;
    for (const file of [styles!, module!]) {
      const plain = await rawGet(service.baseUrl + file, {});
      const packed = await rawGet(service.baseUrl + file, { 'accept-encoding': 'br' });
      expect(packed.headers['content-encoding']).toBe('br');
      expect(brotliDecompressSync(packed.body).equals(plain.body)).toBe(true);
    }
  });

  it('have no two elements of one id, and link to what is there', () => {
    for (const [address, html] of pages) {
      const ids = readIds(html);
      expect([address, ids.filter((id, index) => ids.indexOf(id) !== index)]).toEqual([address, []]);
      const links = [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href!);
      const inside = links.filter((href) => !/^https?:|^\/docs\/openapi\.json$|^\/docs\/clients\//.test(href));
      const missing = inside.filter((href) => {
        const [path, id] = href.split('#') as [string, string?];
        const target = pages.get(path || address);
        return target === undefined || (id !== undefined && !readIds(target).includes(id));
      });
      expect([address, missing]).toEqual([address, []]);
    }
  });

  it('tell of no page that is not there', async () => {
    for (const path of ['/docs/guides/nothing', '/docs/guides/..%2fREADME', '/docs/assets/reference.js', '/docs/x']) {
      expectEnvelope(await call(service, 'GET', path), 404, 'NOT_FOUND');
    }
  });
});

describe('the reference', () => {
  it.each(everyRoute)('has samples in three languages, a form and every code: %s', (route) => {
    const { operationId, summary, responses } = reference.operation(route);
    const [, start = ''] = pages.get('/docs')!.split(`id="${operationId}" aria-labelledby`);
    const [section = ''] = start.split('<section class="operation"');
    expect(section).toContain(summary);
    for (const language of ['curl', 'typescript', 'python'])
      expect(section).toContain(`data-language="${language}"><pre`);
    const [method, path] = route.split(' ');
    expect(section).toContain(`<form data-method="${method}" data-path="${path}"`);
    const codes = Object.values(responses).flatMap(({ content }) =>
      Object.keys(content['application/json']?.examples ?? {}).filter((name) => name !== 'typical'),
    );
    for (const code of codes) expect(section).toContain(`<code>${code}</code>`);
  });

  it('has every code, every limit and how a webhook is verified', () => {
    const html = pages.get('/docs')!;
    const table = html.split('id="errors"')[1]!.split('</table>')[0]!;
    for (const code of partnerErrorCodes) expect(table).toContain(`<code>${code}</code>`);
    for (const limit of ['6,000', '3,000', '500,000']) expect(html).toContain(`<td>${limit}</td>`);
    const webhooks = html.split('id="webhooks"')[1]!.split('id="sandbox"')[0]!;
    expect(webhooks).toContain('isFromLayers');
    expect(webhooks).toContain('is_from_layers');
  });
});
