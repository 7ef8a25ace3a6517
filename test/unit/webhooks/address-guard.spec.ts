import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import { AddressGuard } from '../../../src/webhooks/address-guard.js';

/** A guard whose names resolve to the lists in turn, the last one again and again. */
function guardOf(webhookAllowLocal: boolean, ...lists: string[][]): AddressGuard {
  const guard = new AddressGuard({ webhookAllowLocal });
  guard.resolve = async () => (lists.length > 1 ? lists.shift()! : lists[0]!);
  return guard;
}

let server: http.Server;
let port: number;
let calls = 0;
beforeAll(async () => {
  server = http.createServer((_request, response) => response.end(String((calls += 1))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function get(guard: AddressGuard, host: string): Promise<string> {
  const dispatcher = new Agent({ connect: guard.connect });
  try {
    const { body } = await request(`http://${host}:${port}/`, { dispatcher });
    return await body.text();
  } finally {
    await dispatcher.destroy();
  }
}

describe('A connection', () => {
  it('goes to loopback only where that is allowed', async () => {
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]', 'a.localhost']) {
      await expect(get(guardOf(false, ['127.0.0.1']), host)).rejects.toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
    }
    expect(calls).toBe(0);
    expect(await get(guardOf(true, ['127.0.0.1']), '127.0.0.1')).toBe('1');
    expect(await get(guardOf(true, ['127.0.0.1']), 'name.example')).toBe('2');
  });

  it('goes to no address that is private, and to none of a name with a private one', async () => {
    for (const addresses of [['10.0.0.1'], ['169.254.169.254'], ['8.8.8.8', 'fd00::1'], ['::ffff:192.168.0.1']]) {
      await expect(get(guardOf(true, addresses), 'name.example')).rejects.toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
    }
    await expect(get(guardOf(true, []), '10.0.0.1')).rejects.toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
    await expect(get(guardOf(true, []), '[fe80::1]')).rejects.toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
  });

  it('goes to the address that was judged, not to what a second look-up tells', async () => {
    const seen: string[] = [];
    const guard = guardOf(true, ['127.0.0.1']);
    guard.resolve = async (name) => {
      seen.push(name);
      return seen.length === 1 ? ['127.0.0.1'] : ['10.0.0.1'];
    };
    const before = calls;
    expect(await get(guard, 'rebinding.example')).toBe(String(before + 1));
    expect(seen).toEqual(['rebinding.example']);
    await expect(get(guard, 'rebinding.example')).rejects.toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
    expect(calls).toBe(before + 1);
  });
});

describe('A URL that is saved', () => {
  it('is judged by what its name resolves to at that time', async () => {
    const url = 'https://hooks.partner.example/layers';
    expect(await guardOf(false, ['8.8.8.8', '2606:4700:4700::1111']).findUrlError(url)).toBeNull();
    expect(await guardOf(false, ['8.8.8.8', '10.0.0.1']).findUrlError(url)).toContain('private');
    expect(await guardOf(false, ['127.0.0.1']).findUrlError(url)).toContain('private');
  });

  it('is taken where its name does not resolve yet', async () => {
    const guard = guardOf(false, []);
    guard.resolve = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await guard.findUrlError('https://hooks.partner.example/layers')).toBeNull();
  });

  it('names this machine only where that is allowed', async () => {
    for (const url of ['http://localhost:4000', 'https://127.1', 'https://[::1]']) {
      expect(await guardOf(false, []).findUrlError(url)).toContain('this machine');
      expect(await guardOf(true, []).findUrlError(url)).toBeNull();
    }
  });
});
