import type { LookupFunction } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { checkedLookup, specialAddress } from '../../api/shared/fetch/special-addresses.ts';

/** Addresses that hosts of the Internet have, and the neighbours of every range that is refused. */
const PUBLIC = [
  ['a resolver', '8.8.8.8'],
  ['a resolver', '1.1.1.1'],
  ['a resolver', '9.9.9.9'],
  ['example.com of old', '93.184.216.34'],
  ['a source forge', '140.82.112.3'],
  ['a content network', '104.16.132.229'],
  ['a cloud', '52.95.110.1'],
  ['a university', '18.9.22.169'],
  ['the first of all', '1.0.0.0'],
  ['before 10/8', '9.255.255.255'],
  ['after 10/8', '11.0.0.0'],
  ['before carrier-grade NAT', '100.63.255.255'],
  ['after carrier-grade NAT', '100.128.0.0'],
  ['before loopback', '126.255.255.255'],
  ['after loopback', '128.0.0.0'],
  ['before link-local', '169.253.255.255'],
  ['after link-local', '169.255.0.0'],
  ['before 172.16/12', '172.15.255.255'],
  ['after 172.16/12', '172.32.0.0'],
  ['before protocols', '191.255.255.255'],
  ['after protocols', '192.0.1.0'],
  ['after documentation', '192.0.3.0'],
  ['before 192.168/16', '192.167.255.255'],
  ['after 192.168/16', '192.169.0.0'],
  ['before benchmarks', '198.17.255.255'],
  ['after benchmarks', '198.20.0.0'],
  ['before documentation', '198.51.99.255'],
  ['after documentation', '203.0.114.0'],
  ['the last of all', '223.255.255.255'],
  ['a resolver', '2001:4860:4860::8888'],
  ['a resolver', '2606:4700:4700::1111'],
  ['a resolver', '2620:fe::fe'],
  ['a search engine', '2a00:1450:4001:81b::200e'],
  ['a content network', '2400:cb00:2048:1::6810:84e5'],
  ['a provider', '2003::1'],
  ['Latin America', '2800:3f0:4001:800::200e'],
  ['Africa', '2c0f:fb50:4003::1'],
  ['the first of global unicast', '2000::1'],
  ['after what is for protocols', '2001:200::1'],
  ['before documentation', '2001:db7:ffff::1'],
  ['after documentation', '2001:db9::1'],
  ['after 6to4', '2003::'],
  ['before documentation', '3ffe:ffff::1'],
  ['a public address mapped into IPv6', '::ffff:8.8.8.8'],
  ['the same, in hexadecimal', '::ffff:808:808'],
  ['a public address behind NAT64, as DNS64 answers', '64:ff9b::808:808'],
  ['the same, with dots', '64:ff9b::8.8.8.8'],
] as const;

const SPECIAL = [
  ['this network', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private', '10.0.0.0'],
  ['private', '10.255.255.255'],
  ['carrier-grade NAT', '100.64.0.0'],
  ['carrier-grade NAT', '100.127.255.255'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.255'],
  ['link-local, where clouds keep their metadata', '169.254.169.254'],
  ['private', '172.16.0.0'],
  ['private', '172.31.255.255'],
  ['protocols', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['the relays of 6to4', '192.88.99.1'],
  ['private', '192.168.0.0'],
  ['private', '192.168.255.255'],
  ['benchmarks', '198.18.0.0'],
  ['benchmarks', '198.19.255.255'],
  ['documentation', '198.51.100.1'],
  ['documentation', '203.0.113.1'],
  ['multicast', '224.0.0.1'],
  ['multicast', '239.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['IPv4 written into IPv6', '::127.0.0.1'],
  ['public IPv4 written into IPv6, which is routed nowhere', '::8.8.8.8'],
  ['loopback mapped into IPv6', '::ffff:127.0.0.1'],
  ['loopback mapped into IPv6, in full', '0:0:0:0:0:ffff:7f00:0001'],
  ['a private address mapped into IPv6', '::ffff:a00:1'],
  ['loopback translated (RFC 2765)', '::ffff:0:127.0.0.1'],
  ['loopback behind NAT64', '64:ff9b::7f00:1'],
  ['a private address behind NAT64', '64:ff9b::192.168.0.1'],
  ['this network behind NAT64', '64:ff9b::1'],
  ['more than an address behind NAT64', '64:ff9b::1:808:808'],
  ['a NAT64 of somebody', '64:ff9b:1::808:808'],
  ['discarded', '100::1'],
  ['Teredo', '2001::1'],
  ['benchmarks', '2001:2::1'],
  ['ORCHID', '2001:20::1'],
  ['the last of what is for protocols', '2001:1ff:ffff::1'],
  ['documentation', '2001:db8::1'],
  ['loopback behind 6to4', '2002:7f00:1::1'],
  ['a public address behind 6to4, whose relays are gone', '2002:808:808::1'],
  ['documentation', '3fff::1'],
  ['outside global unicast', '4000::1'],
  ['segment routing', '5f00::1'],
  ['outside global unicast', '1fff:ffff::1'],
  ['unique local', 'fc00::1'],
  ['unique local', 'fd12:3456:789a::1'],
  ['link-local', 'fe80::1'],
  ['link-local with its zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
] as const;

/** What a fetch learns when the name that it looks up leads to these addresses. */
function found(addresses: readonly string[]): Promise<unknown> {
  const entries = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const lookup: LookupFunction = (_name, _options, callback) => callback(null, entries);
  return new Promise((resolve) =>
    checkedLookup(lookup)('client.example', { all: true }, (error, answer) => resolve(error?.message ?? answer)),
  );
}

describe('a public address', () => {
  it.each(PUBLIC)('is fetched from: %s, %s', async (_what, address) => {
    expect(specialAddress(address)).toBeUndefined();
    expect(await found([address])).toEqual([expect.objectContaining({ address })]);
  });

  it('is fetched from beside one of the other family', async () => {
    expect(await found(['2606:4700:4700::1111', '1.1.1.1'])).toHaveLength(2);
  });
});

describe('an address that is not public', () => {
  it.each(SPECIAL)('is not fetched from: %s, %s', async (_what, address) => {
    expect(specialAddress(address)).toBe(`${address} is not allowed: it is not a public address`);
    expect(await found([address])).toContain('is not allowed');
    expect(await found(['8.8.8.8', address])).toContain('is not allowed');
  });
});

it.each(['', 'client.example', 'localhost'])('what is no address is none: %j', (name) => {
  expect(specialAddress(name)).toBeUndefined();
});
