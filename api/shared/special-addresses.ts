import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';

/**
 * Addresses that are no public ones and that the filter of the agents takes for such: everything in IPv6 but global
 * unicast (2000::/3), which leaves out IPv4 in disguise (`::127.0.0.1`, `64:ff9b:1::`) and what is not routed; of
 * global unicast what is for protocols and documentation; of IPv4 what is for benchmarks.
 */
const SPECIAL = new BlockList();
SPECIAL.addSubnet('::', 3, 'ipv6');
SPECIAL.addSubnet('4000::', 2, 'ipv6');
SPECIAL.addSubnet('8000::', 1, 'ipv6');
SPECIAL.addSubnet('2001::', 23, 'ipv6');
SPECIAL.addSubnet('3fff::', 20, 'ipv6');
SPECIAL.addSubnet('198.18.0.0', 15, 'ipv4');

/** Why an IP address is not to be connected to, or undefined; a name is none. */
export function specialAddress(address: string): string | undefined {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return SPECIAL.check(address, family) ? `${address} is not allowed: it is not a public address` : undefined;
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
