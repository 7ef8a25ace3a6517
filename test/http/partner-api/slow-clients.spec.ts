import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timeouts } from '../../../src/core/timeouts.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { eventually } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

describe('a client that holds its connection', () => {
  let service: TestApp;
  let server: Server;
  let partner: TestPartner;
  beforeAll(async () => {
    service = await startTestApp({ keepAliveSeconds: 1 });
    server = service.app.getHttpServer();
    partner = await aPartner(service);
  });
  afterAll(() => service.close());

  function open(text: string): { socket: Socket; received(): string; closed(): Promise<unknown> } {
    const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    if (text) socket.write(text);
    return {
      socket,
      received: () => received,
      closed: () => eventually(async () => (socket.closed ? true : null)),
    };
  }
  const call = (...headers: string[]) =>
    [
      `POST /v1/projects/${partner.projectId}/leased-accounts/request HTTP/1.1`,
      'Host: x',
      `Authorization: Bearer ${partner.apiKey}`,
      'Content-Type: application/json',
      ...headers,
      '',
      '',
    ].join('\r\n');

  it('has limits as shipped: 15 s for headers, 20 s for a body of the API, 2 min for a call and for silence', () => {
    expect([server.headersTimeout, server.requestTimeout, server.timeout]).toEqual([15_000, 120_000, 120_000]);
    expect(timeouts.bodyMs).toBe(200_000); // Ten times, as in all tests.
  });

  it('is answered when a body does not come, and then cut off', async () => {
    const { bodyMs } = timeouts;
    timeouts.bodyMs = 300;
    try {
      const halves = [`${call('Content-Length: 10')}{`, `${call('Transfer-Encoding: chunked')}a\r\n{`].map(open);
      await Promise.all(halves.map((half) => half.closed()));
      for (const half of halves) {
        expect(half.received()).toMatch(/^HTTP\/1\.1 422 /);
        expect(half.received()).toContain('"message":"did not arrive within 0.3 s"');
      }
    } finally {
      timeouts.bodyMs = bodyMs;
    }
  });

  it('is cut off when headers do not come', async () => {
    const { headersTimeout } = server;
    server.headersTimeout = 500;
    try {
      const clients = ['', 'GET /v1/whoami HTTP/1.1\r\nHost:'].map(open);
      await Promise.all(clients.map((client) => client.closed()));
      for (const silent of clients) {
        expect(silent.received()).toMatch(/^HTTP\/1\.1 408 |^$/);
      }
    } finally {
      server.headersTimeout = headersTimeout;
    }
  });

  it('may keep it without a call for KEEP_ALIVE_SECONDS, and no longer', async () => {
    const idle = open(`GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
    await eventually(async () => (idle.received().includes('"ok"') ? true : null));
    const answeredAt = performance.now();
    await idle.closed();
    expect(performance.now() - answeredAt).toBeGreaterThan(900);
    expect(idle.received()).toMatch(/Keep-Alive: timeout=1\r\n/);
  });
});
