import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { statusOfCode } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { redactSecrets } from '../core/logger.js';

export interface DrainTimes {
  /** How long calls go on being served, while load balancers take this process out of their rotation. */
  servingMs: number;
  /** How long calls in flight may take after that. */
  finishingMs: number;
}

/** How long calls on connections that stand are served after the listener closed: they may be on their way already. */
const MAX_LINGER_MS = 1_000;

/**
 * Tracks the calls in flight for a graceful shutdown.
 * @param logger gets a line for each call that is refused
 * @returns drains the server: goes on serving with `Connection: close`, then closes the listener and a moment later the connections
 *   without a call, refuses new calls, waits for those in flight, and destroys their sockets after the timeout
 */
export function trackCalls(server: Server, logger: Logger): (times: DrainTimes) => Promise<void> {
  const sockets = new Set<Socket>();
  const calls = new Map<ServerResponse, Socket>();
  let isDraining = false;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isDraining) closeAfter(response);
    calls.set(response, request.socket);
    response.once('close', () => calls.delete(response));
  });

  return async ({ servingMs, finishingMs }) => {
    isDraining = true;
    for (const response of calls.keys()) closeAfter(response);
    await pause(servingMs);
    // Right after Node has accepted whatever waited: the system resets the connections that nobody has accepted.
    await immediate();
    const closed = closeListener(server);
    await pause(Math.min(servingMs, MAX_LINGER_MS));
    refuseNewCalls(server, logger);
    closeConnections(sockets, calls);
    const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), finishingMs);
    await closed;
    clearTimeout(timer);
  };
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/** @returns resolves when all connections are closed too */
function closeListener(server: Server): Promise<void> {
  // http's own `close` would cut connections on which a call may be on its way.
  return new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve()));
}

function closeConnections(sockets: Set<Socket>, calls: Map<ServerResponse, Socket>): void {
  const busy = new Set(calls.values());
  for (const socket of sockets) if (!busy.has(socket)) socket.destroySoon();
  for (const [response, socket] of calls) response.once('close', () => socket.destroySoon());
}

/** Answers the calls that arrive on connections that are still open for another call. */
function refuseNewCalls(server: Server, logger: Logger): void {
  server.removeAllListeners('request');
  server.on('request', ({ method, url = '' }: IncomingMessage, response: ServerResponse) => {
    const requestId = newId('req');
    const error = { code: 'UNAVAILABLE', message: 'The service is stopping; try again shortly.', requestId };
    response.writeHead(statusOfCode.UNAVAILABLE, {
      Connection: 'close',
      'Content-Type': 'application/json; charset=utf-8',
      'Retry-After': 2,
      'X-Request-Id': requestId,
    });
    response.end(JSON.stringify({ error }));
    const res = { status: statusOfCode.UNAVAILABLE };
    const req = { method, url: redactSecrets(url) };
    logger.warn({ requestId, req, res, code: error.code, cause: 'the service is stopping' }, 'request refused');
  });
}
