import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { setHttpTimeouts } from '../lifecycle/http-timeouts.js';
import { MetricsService } from './metrics.service.js';

const KEEP_ALIVE_SECONDS = 75;

/** Serves `/metrics` on a port of its own, which need not be open to whoever calls the API. */
@Injectable()
export class MetricsServer {
  private readonly logger = new Logger('Metrics');
  private readonly server: Server;

  constructor(private readonly metrics: MetricsService) {
    this.server = createServer((request, response) => void this.answer(request, response));
    setHttpTimeouts(this.server, KEEP_ALIVE_SECONDS);
  }

  /** @returns the port */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve((this.server.address() as { port: number }).port);
      });
    });
  }

  /** At once: a scrape in flight is cut off. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    if (!/^\/metrics(\?|$)/.test(url)) return sendStatus(response, 404);
    if (method !== 'GET' && method !== 'HEAD') return sendStatus(response.setHeader('Allow', 'GET, HEAD'), 405);
    try {
      const text = await this.metrics.render();
      response.writeHead(200, { 'Content-Type': this.metrics.contentType });
      response.end(method === 'HEAD' ? undefined : text);
    } catch (error) {
      this.logger.error(error);
      sendStatus(response, 500);
    }
  }
}

function sendStatus(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
