import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIPv4, isIPv6, type LookupFunction } from 'node:net';

/** IPv4 that no host of the Internet has (IANA's registry of special-purpose addresses, RFC 6890). */
const IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/**
 * The same of IPv6: all but global unicast (2000::/3), which leaves out local addresses and most disguises of IPv4;
 * of global unicast protocols and Teredo, documentation, and 6to4, whose relays are gone (RFC 7526).
 */
const IPV6: readonly (readonly [string, number])[] = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2), and behind NAT64, as DNS64 answers (RFC 6052 section 2.1). */
const CARRIES_IPV4 = /^\[(?:::ffff:|64:ff9b::)([\da-f]{1,4}):([\da-f]{1,4})\]$/;

// One list for each family: Node compares an IPv4 address with IPv6 subnets as well, as ::ffff:a.b.c.d.
const special = { ipv4: listOf(IPV4, 'ipv4'), ipv6: listOf(IPV6, 'ipv6') };

function listOf(subnets: typeof IPV4, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, bits] of subnets) list.addSubnet(network, bits, family);
  return list;
}

/** Why an IP address is not to be connected to, or undefined; a name is none. */
export function specialAddress(address: string): string | undefined {
  return isSpecial(address) ? `${address} is not allowed: it is not a public address` : undefined;
}

function isSpecial(address: string): boolean {
  if (isIPv4(address)) return special.ipv4.check(address, 'ipv4');
  if (!isIPv6(address)) return false;
  // One with a zone is of this link.
  if (address.includes('%')) return true;
  const carried = carriedIpv4(address);
  return carried === undefined ? special.ipv6.check(address, 'ipv6') : isSpecial(carried);
}

/** The IPv4 address that an IPv6 address without a zone stands for, however it is written, or undefined. */
export function carriedIpv4(address: string): string | undefined {
  const [, high, low] = CARRIES_IPV4.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 0xff, lower >> 8, lower & 0xff].join('.');
}

/** A look-up whose answers are all checked; the connection is made to one of them, and nobody is asked again. */
export const checkedLookup =
  (lookup: LookupFunction = systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      // After an error there is no address.
      const entries = error === null ? address : [];
      const addresses = typeof entries === 'string' ? [entries] : entries.map((entry) => entry.address);
      const refusal = addresses.map(specialAddress).find((reason) => reason !== undefined);
      callback(refusal === undefined ? error : new Error(refusal), address, family);
    });
  };
