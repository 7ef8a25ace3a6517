import net from 'node:net';
import ipaddr from 'ipaddr.js';

/** What may be connected to: `local` is loopback, for development alone. */
export type AddressKind = 'public' | 'local' | 'forbidden';

/** All that is routed on the internet; the ranges within it that are not public are those that ipaddr.js names. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
/** Azure's metadata service: public by its number alone. */
const metadataAddresses = ['168.63.129.16'];

/** @param address as the network writes it: anything else than one IP address in its usual form is forbidden */
export function getAddressKind(address: string): AddressKind {
  if (net.isIP(address) === 0) return 'forbidden';
  const parsed = ipaddr.parse(address);
  if (!(parsed instanceof ipaddr.IPv6)) return getIPv4Kind(parsed);
  if (parsed.isIPv4MappedAddress()) return getIPv4Kind(parsed.toIPv4Address());
  const range = parsed.range();
  if (range === 'loopback' && parsed.zoneId === undefined) return 'local';
  return range === 'unicast' && parsed.match(globalUnicast) ? 'public' : 'forbidden';
}

function getIPv4Kind(address: ipaddr.IPv4): AddressKind {
  const range = address.range();
  if (range === 'loopback') return 'local';
  return range === 'unicast' && !metadataAddresses.includes(address.toString()) ? 'public' : 'forbidden';
}
