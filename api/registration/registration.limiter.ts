import { BlockList, isIPv6 } from 'node:net';
import type { Clock } from '../shared/clock.ts';
import { networkOf } from '../shared/limits/source-network.ts';
import { OAuthProblem } from '../shared/problem.ts';
import { windowCounter, type Limit, type WindowCounter } from '../shared/limits/window-counter.ts';

/** Counts a registration, or a change of one, from this address. Throws 429 when there were too many. */
export type RegistrationLimiter = (source: string) => void;

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
  clock: Clock,
): RegistrationLimiter {
  const [bySource, all] = [windowCounter(perSource.seconds, clock), windowCounter(total.seconds, clock)];
  const isExempt = within(exempt);
  return (source) => {
    const network = networkOf(source);
    if (!isExempt(source)) count(bySource, network, perSource);
    count(all, '', total);
  };
}

function count(counter: WindowCounter, key: string, { points }: Limit): void {
  if (counter.add(key) <= points) return;
  const headers = { 'Retry-After': String(counter.secondsLeft(key)) };
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
