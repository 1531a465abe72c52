import { BlockList, isIPv6 } from 'node:net';
import type { Limits } from '../shared/limits/limits.ts';
import { networkOf } from '../shared/limits/source-network.ts';
import { OAuthProblem } from '../shared/problem.ts';
import type { Limit, WindowCounter } from '../shared/limits/window-counter.ts';

/** Counts a registration, or a change of one, from this address. Rejects with 429 when there were too many. */
export type RegistrationLimiter = (source: string) => Promise<void>;

export interface RegistrationLimits {
  readonly perSource: Limit;
  /** For all sources together. */
  readonly total: Limit;
  /** Addresses and subnets that share an address among many users: no limit for each of them. */
  readonly exempt: readonly string[];
}

/** Limits registrations for each source and for all, the refused ones as well: checking them costs the same. */
export function registrationLimiter(
  { perSource, total, exempt }: RegistrationLimits,
  limits: Limits,
): RegistrationLimiter {
  const bySource = limits.counter('registrations-by-source', perSource.seconds);
  const all = limits.counter('registrations', total.seconds);
  const isExempt = within(exempt);
  return async (source) => {
    const network = networkOf(source);
    if (!isExempt(source)) await count(bySource, network, perSource);
    await count(all, '', total);
  };
}

async function count(counter: WindowCounter, key: string, { points }: Limit): Promise<void> {
  const { count: soFar, secondsLeft } = await counter.add(key);
  if (soFar <= points) return;
  const headers = { 'Retry-After': String(secondsLeft) };
  throw new OAuthProblem(429, 'temporarily_unavailable', 'too many registrations', { headers });
}

/** A list for each family: in one, rules of IPv6 match addresses of IPv4 too. */
function within(networks: readonly string[]): (source: string) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    lists[family].addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return (source) => {
    const address = source.replace(/^::ffff:(?=[\d.]+$)/i, '').split('%')[0] ?? '';
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    return lists[family].check(address, family);
  };
}
