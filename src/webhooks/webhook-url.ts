import { isIP } from 'node:net';
import { isStorableText } from '../core/text.js';
import { getAddressKind, type AddressKind } from './addresses.js';

export const MAX_URL_LENGTH = 2048;
/** Besides these, ports from 1024 up: below it are mail, shells and the like. */
const lowPorts = [80, 443];
const FIRST_HIGH_PORT = 1024;

/** What of {@link findUrlError} a pattern can say: not which addresses and ports are refused. */
export const WEBHOOK_URL_PATTERN = String.raw`^([Hh][Tt][Tt][Pp][Ss]://[^\s\\@/?#]+|[Hh][Tt][Tt][Pp]://(localhost|127[0-9.]*|\[::1\])(:[0-9]+)?)([/?#][^\s\\]*)?$`;

/** The error of a webhook's URL, or `null`; whether a local one is allowed, and what its name resolves to, is not looked at. */
export function findUrlError(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be text';
  if (value.length > MAX_URL_LENGTH) return `must have at most ${MAX_URL_LENGTH} characters`;
  // The parser would leave out white space and control characters.
  if (!isStorableText(value) || /[\s\p{Cc}\\]/u.test(value)) return 'must be an absolute URL without white space';
  const url = /^https?:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : null;
  if (!url) return 'must be an absolute https URL';
  if (/^[^:]+:\/\/[^/?#]*@/.test(value)) return 'must not hold credentials';
  const kind = getHostKind(url.hostname);
  if (kind === 'forbidden') return 'must not name a private, reserved or link-local address';
  if (url.protocol !== 'https:' && kind !== 'local') return 'must be an https URL';
  return isAllowedPort(url) ? null : 'must use port 80, 443 or one from 1024 up';
}

/** Whether a well-formed webhook URL names this machine. */
export function isLocalUrl(url: string): boolean {
  return getHostKind(new URL(url).hostname) === 'local';
}

/**
 * A name is `public` until it is resolved.
 * @param hostname of a `URL`, which writes every spelling of an IPv4 address in its usual form
 */
export function getHostKind(hostname: string): AddressKind {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return getAddressKind(bare);
  return isLocalName(hostname) ? 'local' : 'public';
}

/** Such names stand for loopback whatever the DNS says (RFC 6761). */
export function isLocalName(hostname: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(hostname);
}

function isAllowedPort({ port }: URL): boolean {
  return port === '' || lowPorts.includes(Number(port)) || Number(port) >= FIRST_HIGH_PORT;
}
