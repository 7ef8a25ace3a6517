import { Resolver } from 'node:dns/promises';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { buildConnector } from 'undici';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { loadOnce } from '../core/load-once.js';
import { getAddressKind, type AddressKind } from './addresses.js';
import { getHostKind, isLocalName, isLocalUrl } from './webhook-url.js';

const RESOLVE_TIMEOUT_MS = 2_000;
const RESOLVE_TRIES = 2;
/** Below the time for a connection, so that a name server that does not answer is told from a receiver that does not. */
const LOOK_UP_TIMEOUT_MS = 4_000;
const CONNECT_TIMEOUT_MS = 5_000;
const loopback = ['127.0.0.1', '::1'];

/** The receiver's address is one that nothing is sent to. */
export class ForbiddenAddress extends Error {
  readonly code = 'FORBIDDEN_ADDRESS';
}

/** Decides which addresses webhooks may be sent to; the same for a URL that is saved and for every connection. */
@Injectable()
export class AddressGuard {
  /** Asks the DNS alone and waits in no thread pool: a slow name server must not hold up what else uses that. */
  private readonly resolver = new Resolver({ timeout: RESOLVE_TIMEOUT_MS, tries: RESOLVE_TRIES });

  constructor(@Inject(SETTINGS) private readonly settings: Pick<ReadySettings, 'webhookAllowLocal'>) {}

  /**
   * The error of a well-formed URL, or `null`. A name that does not resolve now is no error: it is judged again for every connection.
   */
  async findUrlError(url: string): Promise<string | null> {
    if (isLocalUrl(url)) return this.settings.webhookAllowLocal ? null : 'must not be an address of this machine';
    const { hostname } = new URL(url);
    // The URL's own check has judged a literal address.
    if (hostname.startsWith('[') || net.isIP(hostname) !== 0) return null;
    const addresses = await this.resolve(hostname).catch(() => []);
    return addresses.every((address) => this.allows(getAddressKind(address)))
      ? null
      : 'must not resolve to a private address';
  }

  /** undici's `connect`: each name is resolved once, and what it resolves to is judged and then connected to. */
  readonly connect: buildConnector.connector = (options, callback) => {
    if (!this.allows(getHostKind(options.hostname))) {
      callback(new ForbiddenAddress(`${options.hostname} is not a public address`), null);
      return;
    }
    const judge: buildConnector.Callback = (...[error, socket]) => {
      if (!socket) return callback(error, null);
      if (this.allows(getAddressKind(socket.remoteAddress ?? ''))) return callback(null, socket);
      socket.destroy();
      return callback(new ForbiddenAddress('The connection led to an address that is not public'), null);
    };
    this.loadConnector().then(
      (connectTo) => connectTo(options, judge),
      (error: Error) => callback(error, null),
    );
  };

  private readonly loadConnector = loadOnce(async () => {
    const { buildConnector } = await import('undici');
    return buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      lookup: (hostname, { all }, callback) => {
        void this.lookUp(hostname).then(
          (found) => (all ? callback(null, found) : callback(null, found[0]!.address, found[0]!.family)),
          (error: NodeJS.ErrnoException) => callback(error, []),
        );
      },
    });
  });

  /** One forbidden address among several forbids the name. @throws ForbiddenAddress */
  private async lookUp(hostname: string): Promise<{ address: string; family: number }[]> {
    const addresses = await this.resolve(hostname);
    if (!addresses.every((address) => this.allows(getAddressKind(address)))) {
      throw new ForbiddenAddress(`${hostname} resolves to an address that is not public`);
    }
    return addresses.map((address) => ({ address, family: net.isIPv6(address) ? 6 : 4 }));
  }

  /** @throws Error when the name has no address */
  async resolve(hostname: string): Promise<string[]> {
    if (isLocalName(hostname)) return loopback;
    const results = await Promise.allSettled([
      giveUpInTime(this.resolver.resolve4(hostname)),
      giveUpInTime(this.resolver.resolve6(hostname)),
    ]);
    const addresses = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (addresses.length === 0) throw (results[0] as PromiseRejectedResult).reason;
    return addresses;
  }

  private allows(kind: AddressKind): boolean {
    return kind === 'public' || (kind === 'local' && this.settings.webhookAllowLocal);
  }
}

/** The resolver waits longer for its second try, and in turn for each of its name servers. */
async function giveUpInTime<T>(answer: Promise<T>): Promise<T> {
  const timeout = new AbortController();
  const late = pause(LOOK_UP_TIMEOUT_MS, null, { signal: timeout.signal }).then(() => {
    throw Object.assign(new Error('No name server answered in time'), { code: 'ETIMEOUT' });
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined);
    timeout.abort();
  }
}
