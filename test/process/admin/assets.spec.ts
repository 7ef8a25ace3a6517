import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { startTestApp, type TestApp } from '../../support/app.js';
import { loadedBy, rawGet } from '../../support/raw-get.js';
import { signedIn } from '../../http/admin/panel.js';

let service: TestApp;

beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const get = (address: string, headers?: Record<string, string>) => rawGet(service.baseUrl + address, headers);
const HASHED = /\/([\w.-]+)\.[0-9a-f]{12}(\.\w+)$/;
const FOREVER = 'public, max-age=31536000, immutable';

async function signInPage(): Promise<string[]> {
  const { body } = await get('/admin/login');
  return loadedBy(String(body));
}

describe('The files of the panel', () => {
  it('are named by their content in every page, and stored by browsers for ever', async () => {
    const viewer = await signedIn(service, 'viewer');
    const pages = [
      await signInPage(),
      loadedBy((await viewer.browser.get('/admin')).text),
      loadedBy((await viewer.browser.get('/admin/account')).text),
    ];
    const scripts = ['app.bundle', 'components.bundle', 'design-system.bundle', 'global.bundle'];
    for (const addresses of pages.slice(0, 2)) {
      const names = addresses.map((address) => HASHED.exec(address)?.[1]);
      expect(names).toEqual(expect.arrayContaining([...scripts, 'base', 'queue', 'icon']));
    }
    for (const address of new Set(pages.flat())) {
      const { status, headers } = await get(address);
      expect([address, status, headers['cache-control']]).toEqual([expect.stringMatching(HASHED), 200, FOREVER]);
    }
  });

  it('lead on to fonts that are named so too', async () => {
    const sheet = (await signInPage()).find((address) => address.includes('/base.'))!;
    const { body } = await get(sheet);
    const fonts = [...String(body).matchAll(/url\(([^)]+)\)/g)].map(([, name]) => `/admin/assets/${name}`);
    expect(fonts).toHaveLength(2);
    for (const font of fonts) {
      const { headers } = await get(font);
      expect([headers['content-type'], headers['cache-control']]).toEqual(['font/woff2', FOREVER]);
    }
  });

  it('are sent in the smallest form that the browser takes, with the same content', async () => {
    for (const address of await signInPage()) {
      const plain = await get(address);
      expect(plain.headers['content-encoding']).toBeUndefined();
      const gzip = await get(address, { 'Accept-Encoding': 'gzip' });
      const brotli = await get(address, { 'Accept-Encoding': 'gzip, deflate, br, zstd' });
      expect([gzip, brotli].map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', 'br']);
      expect([gunzipSync(gzip.body).equals(plain.body), brotliDecompressSync(brotli.body).equals(plain.body)]).toEqual([
        true,
        true,
      ]);
      for (const { headers, body } of [plain, gzip, brotli]) {
        expect([headers['content-length'], headers.vary]).toEqual([String(body.length), 'Accept-Encoding']);
        expect(headers['content-type']).toBe(plain.headers['content-type']);
      }
    }
  });

  it('are found under the addresses without a hash too, where browsers ask each time', async () => {
    const types: Record<string, string> = {
      '/admin/assets/base.css': 'text/css; charset=utf-8',
      '/admin/frontend/assets/components.bundle.js': 'text/javascript; charset=utf-8',
      '/favicon.ico': 'image/svg+xml',
    };
    for (const [address, type] of Object.entries(types)) {
      const { status, headers } = await get(address);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, 'no-cache']);
      const again = await get(address, { 'If-None-Match': headers.etag! });
      expect([again.status, again.body.length]).toEqual([304, 0]);
    }
  });

  it('are not there under a hash of something else', async () => {
    const { status, headers } = await get('/admin/assets/base.000000000000.css');
    expect([status, headers.location]).toEqual([302, expect.stringMatching('^/admin/login')]);
  });
});
