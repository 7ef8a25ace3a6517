import net from 'node:net';

/**
 * Whom limits count: an IPv4 address, or the /64 of an IPv6 one, for whoever holds one of its addresses holds all.
 * @param address as a proxy tells it, so any text at all; what is no address is one network, `unknown`
 */
export function toNetwork(address: string): string {
  const plain = withoutPort(address.trim()).replace(/%.*$/, '');
  if (net.isIPv4(plain)) return plain;
  if (!net.isIPv6(plain)) return 'unknown';
  const groups = toGroups(plain);
  return (
    toMappedIPv4(groups) ??
    groups
      .slice(0, 4)
      .map((group) => group.toString(16))
      .join(':')
  );
}

/** Some proxies tell the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(address: string): string {
  return /^\[([^\]]*)\](:\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}

/** The eight groups, however the address is written: a URL's host has one form alone. */
function toGroups(address: string): number[] {
  const [front = [], back = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - front.length - back.length).fill('0');
  return [...front, ...zeros, ...back].map((group) => parseInt(group, 16));
}

function toMappedIPv4(groups: number[]): string | null {
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return null;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}
