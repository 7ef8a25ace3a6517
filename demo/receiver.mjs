import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A partner's program that takes webhooks. It verifies each one and keeps an event once, however often it arrives. */
export class Receiver {
  /** As they arrived: `{ event, rawBody, headers }`. */
  received = [];
  /** Why one was refused. */
  refused = [];
  /** @type {string[]} of the endpoint */
  secrets = [];
  #server;

  /** @param verifyWebhook of the client */
  constructor(verifyWebhook) {
    this.#server = createServer(async (request, response) => {
      try {
        const rawBody = await buffer(request);
        const event = verifyWebhook(rawBody, request.headers, this.secrets);
        const isKnown = this.received.some(({ event: { id } }) => id === event.id);
        if (!isKnown) this.received.push({ event, rawBody, headers: request.headers });
        response.writeHead(204).end();
      } catch (error) {
        this.refused.push(error.message);
        response.writeHead(400).end();
      }
    });
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/hook`;
  }

  get ids() {
    return this.received.map(({ event }) => event.id);
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
