import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the service answered. */
interface Answer {
  status: number;
  type: string;
  body: string;
}

type Fault = (forward: () => Promise<Answer>, response: http.ServerResponse) => Promise<void> | void;

const refuse =
  (status: number, code: string): Fault =>
  (_forward, response) =>
    sendJson(response, { status, body: { error: { code, message: 'A fault.' } }, retryAfter: '0' });

const afterCommit =
  (fail: (answer: Answer, response: http.ServerResponse) => void): Fault =>
  async (forward, response) =>
    fail(await forward(), response);

/** What happens to the first try of a write. After `AfterCommit` the service has done it. */
export const faults = {
  rateLimited: refuse(429, 'RATE_LIMITED'),
  unavailable: refuse(503, 'UNAVAILABLE'),
  resetBefore: (_forward, response) => reset(response),
  resetAfterCommit: afterCommit((_answer, response) => reset(response)),
  unavailableAfterCommit: afterCommit((_answer, response) =>
    sendJson(response, { status: 503, body: { error: { code: 'UNAVAILABLE', message: 'A fault.' } }, retryAfter: '0' }),
  ),
  badGatewayAfterCommit: afterCommit((_answer, response) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  ),
  gatewayTimeoutAfterCommit: afterCommit((_answer, response) => response.writeHead(504).end()),
  truncatedAfterCommit: afterCommit(({ status, type, body }, response) => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, -20), () => response.socket?.destroy());
  }),
  cutChunkAfterCommit: afterCommit(({ status, type, body }, response) => {
    response.writeHead(status, { 'content-type': type });
    response.write(body.slice(0, -20), () => response.socket?.destroy());
  }),
  // HTTP cannot tell that its end is missing.
  cutJsonAfterCommit: afterCommit(({ status, type, body }, response) =>
    response.socket?.end(`HTTP/1.1 ${status} Accepted\r\nContent-Type: ${type}\r\n\r\n${body.slice(0, -20)}`),
  ),
  silentAfterCommit: afterCommit(() => undefined),
  drippingAfterCommit: afterCommit(({ status, type, body }, response) => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    const bytes = body[Symbol.iterator]();
    const timer = setInterval(() => response.write(bytes.next().value ?? ''), 100);
    response.on('close', () => clearInterval(timer));
  }),
} satisfies Record<string, Fault>;

/** A proxy whose first part of the path names the fault of a write's first try; later tries pass. */
export interface FaultProxy {
  url: string;
  /** How often each Idempotency-Key came, by fault. */
  tries: Map<string, number[]>;
  close(): Promise<void>;
}

export async function startFaultProxy(serviceUrl: string): Promise<FaultProxy> {
  const seen = new Map<string, Map<string, number>>();
  const server = http.createServer((request, response) => {
    const [, fault = '', rest = ''] = /^\/(\w+)(\/.*)$/.exec(request.url!) ?? [];
    void (async () => {
      const body = await text(request);
      const forward = () => send(serviceUrl + rest, request, body);
      const key = request.headers['idempotency-key'];
      const keys = seen.get(fault) ?? new Map<string, number>();
      seen.set(fault, keys);
      const tries = (keys.get(String(key)) ?? 0) + 1;
      keys.set(String(key), tries);
      if (tries === 1) return (faults as Record<string, Fault>)[fault]!(forward, response);
      const answer = await forward();
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get tries() {
      return new Map([...seen].map(([fault, keys]) => [fault, [...keys.values()]]));
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function send(url: string, { method, headers }: http.IncomingMessage, body: string): Promise<Answer> {
  const sent = ['authorization', 'content-type', 'idempotency-key'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  const answer = await fetch(url, { method: method!, headers: sent, ...(body && { body }) });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() };
}

function sendJson(
  response: http.ServerResponse,
  { status, body, retryAfter }: { status: number; body: object; retryAfter: string },
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'retry-after': retryAfter })
    .end(JSON.stringify(body));
}

function reset(response: http.ServerResponse): void {
  response.socket?.resetAndDestroy();
}
