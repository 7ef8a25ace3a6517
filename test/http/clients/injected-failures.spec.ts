import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConnectionError, Layers, TimeoutError } from '../../../clients/typescript/src/index.js';
import { RUNTIME, type Runtime } from '../../../clients/typescript/src/options.js';
import { systemRuntime } from '../../../clients/typescript/src/runtime.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

/** What the wire does with a call: before the service has it, or with its answer. */
type Failure = (call: Wire) => void | Promise<void>;

interface Wire {
  request: http.IncomingMessage;
  response: http.ServerResponse;
  /** Lets the service do the call. @returns its answer */
  pass(): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>;
}

const envelope = (code: string) => JSON.stringify({ error: { code, message: 'Injected', requestId: 'req_0' } });
const jsonType = { 'Content-Type': 'application/json' };

/** Each twice: with the call not done, and with the call done and its answer lost. */
const failures: [string, Failure][] = [
  ['the connection is reset before the call is done', ({ request }) => void request.socket.resetAndDestroy()],
  [
    'the connection is reset after the call is done',
    async ({ pass, request }) => {
      await pass();
      request.socket.resetAndDestroy();
    },
  ],
  [
    'the answer is cut off in its body',
    async ({ pass, request, response }) => {
      const { status, headers, body } = await pass();
      response.writeHead(status, headers);
      response.write(body.subarray(0, 10), () => request.socket.destroy());
    },
  ],
  [
    'the answer is shorter, and says so',
    async ({ pass, response }) => {
      const { status, body } = await pass();
      response.writeHead(status, jsonType).end(body.subarray(0, 20));
    },
  ],
  [
    'the answer is empty',
    async ({ pass, response }) => {
      const { status } = await pass();
      response.writeHead(status, { 'Content-Length': 0 }).end();
    },
  ],
  ['a 503 before it is done', ({ response }) => void response.writeHead(503, jsonType).end(envelope('UNAVAILABLE'))],
  [
    'a 503 after it is done',
    async ({ pass, response }) => {
      await pass();
      response.writeHead(503, { ...jsonType, 'Retry-After': 0 }).end(envelope('UNAVAILABLE'));
    },
  ],
  [
    'a 429',
    ({ response }) => void response.writeHead(429, { ...jsonType, 'Retry-After': '0' }).end(envelope('RATE_LIMITED')),
  ],
  [
    'a 502 of a proxy after it is done',
    async ({ pass, response }) => {
      await pass();
      response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html><h1>Bad Gateway</h1></html>');
    },
  ],
];

let service: TestApp;
let partner: TestPartner;
let wire: http.Server;
/** For the next calls, one each. */
let pending: Failure[] = [];
let layers: Layers;

beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { tier: 'partner' });
  wire = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const pass = () => passOn(request, Buffer.concat(chunks));
      const failure = pending.shift() ?? answerAsIs;
      void failure({ request, response, pass });
    });
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(wire.address() as AddressInfo).port}`;
  layers = new Layers({ apiKey: partner.apiKey, baseUrl, ...{ [RUNTIME]: impatient } });
});
afterAll(async () => {
  wire.closeAllConnections();
  await new Promise((resolve) => wire.close(resolve));
  await service.close();
});
beforeEach(() => {
  pending = [];
});

/** The waits before retries have tests of their own. */
const impatient: Runtime = { ...systemRuntime, sleep: (_ms, signal) => systemRuntime.sleep(1, signal) };

const answerAsIs: Failure = async ({ pass, response }) => {
  const { status, headers, body } = await pass();
  response.writeHead(status, headers).end(body);
};

function passOn(request: http.IncomingMessage, body: Buffer): ReturnType<Wire['pass']> {
  const { method, url, headers } = request;
  return new Promise((resolve, reject) => {
    const passed = http.request(`${service.baseUrl}${url}`, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    passed.on('error', reject).end(body);
  });
}

/** How many requests there are with this target. */
async function countRequests(target: string): Promise<number> {
  const [row] = await service.dataSource.query('SELECT count(*)::int AS n FROM lease_request WHERE target = $1', [
    target,
  ]);
  return (row as { n: number }).n;
}

const body = (target: string) => ({ projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' }, target });

describe('A request over a wire that fails', () => {
  it.each(failures)('is queued once: %s', async (what, failure) => {
    pending = [failure, failure];
    const { requestId } = await layers.leasedAccounts.request(body(what));
    expect(pending).toEqual([]);
    expect(await countRequests(what)).toBe(1);
    expect(await layers.leasedAccounts.getLeaseRequest(requestId)).toMatchObject({ target: what });
  });

  it('is queued once, whatever fails one after the other', async () => {
    pending = failures.map(([, failure]) => failure);
    await layers.leasedAccounts.request(body('all'), { maxRetries: failures.length });
    expect([pending, await countRequests('all')]).toEqual([[], 1]);
  });

  it('that was given up is queued once when it is made again with the key of its error', async () => {
    const [, lost] = failures[1]!;
    pending = [lost];
    const error = await layers.leasedAccounts
      .request(body('given up'), { maxRetries: 0 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectionError);
    const { idempotencyKey } = error as ConnectionError;
    const again = await layers.leasedAccounts
      .request(body('given up'), { idempotencyKey: idempotencyKey! })
      .withResponse();
    expect([again.replayed, await countRequests('given up')]).toEqual([true, 1]);
  });

  it('that ran into its time-out is queued once when it is made again with its key', async () => {
    const done = new Promise<void>((resolve) => {
      pending = [async ({ pass }) => void (await pass(), resolve())];
    });
    const idempotencyKey = randomUUID();
    const late = layers.leasedAccounts.request(body('too late'), { idempotencyKey, timeout: 500 });
    await expect(late).rejects.toBeInstanceOf(TimeoutError);
    await done;
    const again = await layers.leasedAccounts.request(body('too late'), { idempotencyKey }).withResponse();
    expect([again.replayed, await countRequests('too late')]).toEqual([true, 1]);
  });

  it('leaves reads whole too', async () => {
    pending = failures.map(([, failure]) => failure);
    const page = await layers.leasedAccounts.listRequests({ limit: 1 }, { maxRetries: failures.length });
    expect([page.items.length, pending]).toEqual([1, []]);
  });
});
