import { describe, expect, it } from '@jest/globals';
import { hostsOf } from '../../api/search/values/value-text.ts';
import { parseUrl } from '../../openapi/parse-url.ts';

describe('an address', () => {
  it.each([
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['com.example.app:/callback', ''],
    ['https://[::1]:8443/', '[::1]'],
    ['https://', undefined],
    ['/callback', undefined],
  ])('%s has the host %s', (text, host) => {
    expect(parseUrl(text)?.hostname).toBe(host);
  });

  it('is read alike however often: once V8 has compiled the place that asks, Node 20 and 22 say that ü is in no URL', () => {
    const answers = new Set<string>();
    for (let count = 0; count < 20_000; count += 1) answers.add(hostsOf('https://bücher.example/').join());
    expect([...answers]).toEqual(['xn--bcher-kva.example']);
  });
});
