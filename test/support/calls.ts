import http from 'node:http';
import { expect } from '@jest/globals';
import type { TestApp } from './app.js';

/** What came back of a call. */
export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** The text as JSON; tests look at it as they like. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

const connections = new http.Agent({ keepAlive: true });

interface CallOptions {
  /** The API key. */
  key?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string | Buffer;
  /** A list of names and values where order or repetition matters. */
  headers?: Record<string, string> | string[];
}

/** A call over plain HTTP: unlike fetch it sends whatever it is told to. */
export async function call(
  service: Pick<TestApp, 'baseUrl'>,
  method: string,
  path: string,
  { key, body, raw, headers = {} }: CallOptions = {},
): Promise<Reply> {
  const { hostname, port } = new URL(service.baseUrl);
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const sent = Array.isArray(headers)
    ? headers
    : {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(payload !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(payload)),
        }),
        ...headers,
      };
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, headers: sent, agent: connections }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = response.headers['content-type']?.startsWith('application/json') && text !== '';
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text,
          body: isJson ? JSON.parse(text) : undefined,
        });
      });
    });
    request.on('error', reject);
    request.end(payload);
  });
}

/** The paths of faults in an answer of VALIDATION. */
export function faultPaths(reply: Reply): string[] {
  return reply.body.error.details.fields.map((fault: { path: string }) => fault.path);
}

/** Looks again and again until `look` finds something; for what happens beside a call. */
export async function eventually<T>(look: () => Promise<T | null | undefined>, patienceMs = 30_000): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error('What was waited for did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Fails unless the answer is an error of that code in the envelope, and tells nothing of our insides. */
export function expectEnvelope(reply: Reply, status: number, code: string): void {
  expect([reply.status, reply.body?.error?.code]).toEqual([status, code]);
  expect(reply.body.error.requestId).toBe(reply.headers['x-request-id']);
  expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(reply.text).not.toMatch(/\bat .*\.[jt]s|node_modules|SELECT|QueryFailed/);
}
