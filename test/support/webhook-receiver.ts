import { createHmac, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that a receiver got. */
export interface ReceivedCall {
  path: string;
  headers: http.IncomingHttpHeaders;
  /** As it came, for the signature. */
  text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** What a receiver does with a call once it has read it. */
export type Behaviour = (response: http.ServerResponse, call: ReceivedCall) => void;

export interface WebhookReceiver {
  /** `http://127.0.0.1:<port>` */
  url: string;
  calls: ReceivedCall[];
  /** How many connections were made to it. */
  connections: number;
  behave: Behaviour;
  close(): Promise<void>;
}

export const takesAll: Behaviour = (response) => response.end('ok');
export const answers =
  (status: number, headers: http.OutgoingHttpHeaders = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(`status ${status}`);
/** Until the other side gives up. */
export const hangs: Behaviour = () => undefined;
export const closesHalfWay: Behaviour = (response) => {
  response.socket?.write('HTTP/1.1 200 O');
  response.socket?.destroy();
};

/** A partner's program that takes webhooks, on a port of its own. */
export async function startReceiver(behave: Behaviour = takesAll, port = 0): Promise<WebhookReceiver> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const call = { path: request.url!, headers: request.headers, text, body: JSON.parse(text) as unknown };
      receiver.calls.push(call);
      response.on('error', () => undefined);
      receiver.behave(response, call);
    });
  });
  server.on('connection', () => (receiver.connections += 1));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    connections: 0,
    behave,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

/** As the guide tells partners to verify: within 5 minutes, any of the `v1`, in constant time. */
export function isSigned({ headers, text }: ReceivedCall, secret: string, nowMs = Date.now()): boolean {
  const parts = String(headers['x-layers-signature']).split(',');
  const seconds = Number(parts.find((part) => part.startsWith('t='))?.slice(2));
  if (!(Math.abs(nowMs / 1_000 - seconds) <= 300)) return false;
  const expected = createHmac('sha256', secret).update(`${seconds}.${text}`).digest();
  return parts
    .filter((part) => part.startsWith('v1='))
    .some((part) => {
      const given = Buffer.from(part.slice(3), 'hex');
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}
