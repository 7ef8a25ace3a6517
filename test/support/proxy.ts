import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { byTcp } from './database.js';

/** A wire to PostgreSQL that a test can cut or let go silent. */
export interface Proxy {
  /** The database's URL, by way of this wire. */
  url: string;
  /** Ends every connection and takes no new one. */
  cut(): Promise<void>;
  /** Lets nothing through any more, in either direction, though connections stand and are taken. */
  silence(): void;
  /** Lets everything through again, what was held back too. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function startProxy(databaseUrl: string): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<[net.Socket, net.Socket]>();
  let silent = false;
  const server = net.createServer((inner) => {
    const outer = net.connect(Number(target.port), target.hostname);
    const pair: [net.Socket, net.Socket] = [inner, outer];
    pairs.add(pair);
    for (const [from, to] of [pair, [outer, inner]] as const) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
      if (silent) from.pause();
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () => {
    for (const [inner, outer] of pairs) [inner, outer].forEach((socket) => socket.destroy());
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = byTcp(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    cut: stop,
    silence: () => {
      silent = true;
      for (const pair of pairs) pair.forEach((socket) => socket.pause());
    },
    mend: async () => {
      silent = false;
      for (const pair of pairs) pair.forEach((socket) => socket.resume());
      if (!server.listening) await listen(port);
    },
    close: async () => {
      if (server.listening) await stop();
    },
  };
}
