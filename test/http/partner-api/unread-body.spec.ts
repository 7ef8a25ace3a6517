import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { eventually } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { tier: 'partner' });
});
afterAll(() => service.close());

interface Connection {
  socket: Socket;
  received(): string;
}

function open(...lines: string[]): Connection {
  const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write([...lines, 'Host: x', '', ''].join('\r\n'));
  return { socket, received: () => received };
}

const submit = () => `POST /v1/projects/${partner.projectId}/leased-accounts/request HTTP/1.1`;
const asPartner = () => `Authorization: Bearer ${partner.apiKey}`;
const json = 'Content-Type: application/json';
const body = () => JSON.stringify({ projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } });
const answered = (connection: Connection) =>
  eventually(async () => (connection.received().includes('\r\n\r\n') ? connection.received() : null));

describe('a call that waits with its body for 100 Continue', () => {
  it('is told to send it where nothing before refuses it', async () => {
    const connection = open(submit(), asPartner(), json, `Content-Length: ${body().length}`, 'Expect: 100-continue');
    expect(await answered(connection)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    connection.socket.write(body());
    const whole = await eventually(async () => (connection.received().includes('202') ? connection.received() : null));
    expect(whole).toMatch(/HTTP\/1\.1 202 Accepted[\s\S]*Connection: keep-alive/);
    connection.socket.write(`GET /v1/whoami HTTP/1.1\r\nHost: x\r\n${asPartner()}\r\n\r\n`);
    await eventually(async () => (connection.received().includes('HTTP/1.1 200') ? true : null));
    connection.socket.destroy();
  });

  it.each([
    ['no key', () => [submit(), json, 'Content-Length: 9'], 401],
    ['another type', () => [submit(), asPartner(), 'Content-Type: text/plain', 'Content-Length: 9'], 422],
    ['another encoding', () => [submit(), asPartner(), json, 'Content-Encoding: zstd', 'Content-Length: 9'], 422],
    ['a body that is too large', () => [submit(), asPartner(), json, 'Content-Length: 65537'], 413],
    [
      'another organization',
      () => [submit(), asPartner(), json, 'X-Layers-Organization: org_x', 'Content-Length: 9'],
      403,
    ],
    ['an unknown route', () => ['POST /v1/nothing HTTP/1.1', asPartner(), json, 'Content-Length: 9'], 404],
    ['a wrong method', () => ['PUT /v1/whoami HTTP/1.1', asPartner(), json, 'Content-Length: 9'], 405],
    ['a form that is too large', () => [signIn, form, 'Content-Length: 16385'], 413],
  ])('is refused without it, and the connection closed: %s', async (_what, lines, status) => {
    const connection = open(...lines(), 'Expect: 100-continue');
    const answer = await answered(connection);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*Connection: close`));
    await eventually(async () => (connection.socket.closed ? true : null));
  });

  it('gets a form of the panel read too', async () => {
    const connection = open(signIn, form, 'Content-Length: 9', 'Expect: 100-continue');
    expect(await answered(connection)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    connection.socket.write('email=a@b');
    await eventually(async () => (/HTTP\/1\.1 4\d\d /.test(connection.received()) ? true : null));
    connection.socket.destroy();
  });
});

const signIn = 'POST /admin/login HTTP/1.1';
const form = 'Content-Type: application/x-www-form-urlencoded';

describe('a body that is refused', () => {
  /** Sends without an end until the connection is closed. @returns how many bytes the service took */
  async function sendForever(connection: Connection): Promise<number> {
    const chunk = Buffer.alloc(16 * 1024, ' ');
    const frame = Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
    const { socket } = connection;
    while (!socket.closed) {
      if (socket.write(frame)) await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    }
    return socket.bytesWritten;
  }

  it('is not read to its end, and gets its answer although it is sent for ever', async () => {
    const calls: [what: string, lines: string[], status: number][] = [
      ['over the limit', [submit(), asPartner(), json, 'Transfer-Encoding: chunked'], 413],
      ['without a key', [submit(), json, 'Transfer-Encoding: chunked'], 401],
      ['of another type', [submit(), asPartner(), 'Transfer-Encoding: chunked'], 422],
      ['of an unknown route', ['POST /nothing HTTP/1.1', 'Transfer-Encoding: chunked'], 404],
      ['a form over the limit', [signIn, form, 'Transfer-Encoding: chunked'], 413],
    ];
    await Promise.all(
      calls.map(async ([what, lines, status]) => {
        const connection = open(...lines);
        const takenBytes = await sendForever(connection);
        expect([what, connection.received()]).toEqual([what, expect.stringMatching(`^HTTP/1\\.1 ${status} `)]);
        // What the system's buffers hold counts too.
        expect(takenBytes).toBeLessThan(16 * 1024 * 1024);
      }),
    );
  });

  it('gets its answer although it is sent whole before one is read', async () => {
    const large = 'x'.repeat(500_000);
    const connection = open(submit(), asPartner(), json, `Content-Length: ${large.length}`);
    connection.socket.pause();
    await new Promise<void>((resolve) => connection.socket.write(large, () => resolve()));
    connection.socket.resume();
    expect(await answered(connection)).toMatch(/^HTTP\/1\.1 413 /);
    connection.socket.write(`GET /v1/whoami HTTP/1.1\r\nHost: x\r\n${asPartner()}\r\n\r\n`);
    await eventually(async () => (connection.received().includes('HTTP/1.1 200') ? true : null));
    connection.socket.destroy();
  });

  it('ends the connection when it is not sent for a while', async () => {
    const connection = open(submit(), json, 'Content-Length: 100');
    expect(await answered(connection)).toMatch(/^HTTP\/1\.1 401 /);
    await eventually(async () => (connection.socket.closed ? true : null));
  });
});
