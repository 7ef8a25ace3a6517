import type { Server } from 'node:http';

/** A client sends the headers of a call at once. */
const HEADERS_TIMEOUT_MS = 15_000;
/** For a whole call with its body; staff upload files of accounts. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Without a byte in either direction while a call is in flight. */
const INACTIVITY_TIMEOUT_MS = 120_000;
/** How often Node looks at its connections; by default each 30 s. */
const CHECK_EVERY_MS = 1_000;

/** Bounds how long a client may hold a connection. Call before the server listens. */
export function setHttpTimeouts(server: Server, keepAliveSeconds: number): void {
  server.keepAliveTimeout = keepAliveSeconds * 1_000;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.timeout = INACTIVITY_TIMEOUT_MS;
  Object.assign(server, { connectionsCheckingInterval: CHECK_EVERY_MS });
}
