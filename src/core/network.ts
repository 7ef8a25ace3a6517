import net from 'node:net';

/**
 * The network that limits are counted for: an IPv4 address, or the /64 of an IPv6 address, since a client holds a whole /64.
 * @param address as a proxy sent it, so any text; anything but an address is the network `unknown`
 */
export function toNetwork(address: string): string {
  const bare = removePort(address.trim()).replace(/%.*$/, '');
  if (net.isIPv4(bare)) return bare;
  if (!net.isIPv6(bare)) return 'unknown';
  const groups = toGroups(bare);
  return (
    toMappedIPv4(groups) ??
    groups
      .slice(0, 4)
      .map((group) => group.toString(16))
      .join(':')
  );
}

/**
 * The address itself, in its usual spelling; `null` where it is none.
 * @param address as a proxy sent it, so any text
 */
export function toAddress(address: string): string | null {
  if (net.isIPv4(address)) return address;
  const bare = removePort(address.trim()).replace(/%.*$/, '');
  if (net.isIPv4(bare)) return bare;
  return net.isIPv6(bare) ? (toMappedIPv4(toGroups(bare)) ?? new URL(`http://[${bare}]`).hostname.slice(1, -1)) : null;
}

/** Some proxies send the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function removePort(address: string): string {
  return /^\[([^\]]*)\](:\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}

/** The eight groups of any spelling of the address: a URL's host has only one. */
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
