import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { statusOfCode } from '../core/errors.js';
import { newId } from '../core/ids.js';

/**
 * Tracks the calls in flight for a graceful shutdown.
 * @returns drains the server: refuses new calls, waits for those in flight, and destroys their sockets after the timeout
 */
export function trackCalls(server: Server): (timeoutMs: number) => Promise<void> {
  const sockets = new Set<Socket>();
  const calls = new Map<ServerResponse, Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    calls.set(response, request.socket);
    response.once('close', () => calls.delete(response));
  });

  return (timeoutMs) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), timeoutMs);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      refuseNewCalls(server);
      const busy = new Set(calls.values());
      for (const socket of sockets) if (!busy.has(socket)) socket.destroySoon();
      for (const [response, socket] of calls) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
        response.once('close', () => socket.destroySoon());
      }
    });
}

/** Answers the calls that arrive on connections that are still open for another call. */
function refuseNewCalls(server: Server): void {
  server.removeAllListeners('request');
  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    const requestId = newId('req');
    const error = { code: 'UNAVAILABLE', message: 'The service is stopping; try again shortly.', requestId };
    response.writeHead(statusOfCode.UNAVAILABLE, {
      Connection: 'close',
      'Content-Type': 'application/json; charset=utf-8',
      'Retry-After': 2,
      'X-Request-Id': requestId,
    });
    response.end(JSON.stringify({ error }));
  });
}
