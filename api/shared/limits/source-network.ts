import { isIPv6 } from 'node:net';
import { carriedIpv4 } from '../fetch/special-addresses.ts';

/**
 * What attempts of a peer are counted under: an IPv4 address itself, an IPv6 address by its /64, since one subscriber
 * has all addresses of it. Addresses of IPv4 in IPv6 count as what they stand for.
 */
export function networkOf(source: string): string {
  const [address = ''] = source.split('%');
  if (!isIPv6(address)) return source;
  const carried = carriedIpv4(address);
  if (carried !== undefined) return carried;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  // An IPv4 address at the end stands for two groups.
  const after = (tail ?? '').split(':').filter((group) => group !== '');
  const length = after.length + (after.at(-1)?.includes('.') === true ? 1 : 0);
  const missing = tail === undefined ? 0 : 8 - groups.length - length;
  const all = [...groups, ...Array<string>(missing).fill('0'), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
