import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { statusOfCode } from '../core/errors.js';
import { newId } from '../core/ids.js';

/**
 * Watches a server's calls, so that it can end without cutting one off.
 * @returns drains: takes nothing new, waits for the calls in flight, and cuts off what is left after the time
 */
export function trackCalls(server: Server): (withinMilliseconds: number) => Promise<void> {
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

  return (withinMilliseconds) =>
    new Promise((resolve) => {
      const limit = setTimeout(() => sockets.forEach((socket) => socket.destroy()), withinMilliseconds);
      server.close(() => {
        clearTimeout(limit);
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

/** A call that comes in on a connection that is still open for another. */
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
