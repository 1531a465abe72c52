import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, LookupFunction, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guardedFetcher, type GuardedFetch } from '../../api/shared/fetch/guarded-fetch.ts';
import { selfSignedCertificate } from '../support/certificate.ts';

const { cert, key } = selfSignedCertificate();

/** What the server answers under each path. */
const ANSWERS: Record<string, (res: ServerResponse, req: IncomingMessage) => void> = {
  '/keys': (res) => json(res, '{"keys":[]}', { 'Cache-Control': 'max-age=60' }),
  '/typed': (res) => json(res, '{}', { 'Content-Type': 'application/jwk-set+json; charset=utf-8' }),
  '/headers': (res, req) => json(res, JSON.stringify(req.headers)),
  '/html': (res) => json(res, '<html>', { 'Content-Type': 'text/html' }),
  '/untyped': (res) => void res.end('{}'),
  '/missing': (res) => void res.writeHead(404).end(),
  '/empty': (res) => void res.writeHead(204).end(),
  '/full': (res) => json(res, `"${'x'.repeat(65_534)}"`),
  '/oversized': (res) => json(res, `"${'x'.repeat(65_535)}"`),
  '/endless': (res) => {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    const more = (): void => {
      if (!res.destroyed) res.write('x'.repeat(16_384), more);
    };
    more();
  },
  '/compressed': (res) => json(res, gzipSync('{}'), { 'Content-Encoding': 'gzip' }),
  '/silent': () => undefined,
  '/drip': (res) => {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    const timer = setInterval(() => res.write(' '), 50);
    res.once('close', () => clearInterval(timer));
  },
  '/hop/1': redirect('/keys'),
  '/hop/2': redirect('/hop/1'),
  '/hop/3': redirect('/hop/2'),
  '/hop/4': redirect('/hop/3'),
  '/circle': redirect('/circle'),
  '/nowhere': (res) => void res.writeHead(302).end(),
  '/to-metadata': redirect('https://169.254.169.254/latest'),
  '/to-private': redirect('https://10.0.0.1/'),
  '/to-http': redirect('http://example.com/'),
  '/to-credentials': redirect('https://me:secret@example.com/'),
  '/to-file': redirect('file:///etc/passwd'),
};

function json(res: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): void {
  res.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(body);
}

function redirect(location: string): (res: ServerResponse) => void {
  return (res) => void res.writeHead(302, { Location: location }).end();
}

const answer = (req: IncomingMessage, res: ServerResponse): void => ANSWERS[req.url ?? '']?.(res, req);

const servers: Server[] = [];
let tls: string;
let plain: string;
let fetcher: GuardedFetch;

async function serve(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  tls = await serve(createHttps({ cert, key }, answer));
  plain = await serve(createHttp(answer));
  fetcher = guardedFetcher({ allow: [tls, plain], ca: cert });
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
});

describe('an allowed host', () => {
  it('is fetched from, over https and http', async () => {
    expect(await fetcher(`https://${tls}/keys`)).toEqual({ body: '{"keys":[]}', cacheControl: 'max-age=60' });
    expect((await fetcher(`http://${plain}/keys`)).body).toBe('{"keys":[]}');
    expect((await fetcher(`https://${tls}/typed`)).body).toBe('{}');
  });

  it('is allowed as host and port, or as a host with any port', async () => {
    const port = tls.split(':')[1] ?? '';
    const byHost = guardedFetcher({ allow: ['LOCALHOST'], ca: cert });
    expect((await byHost(`https://localhost:${port}/keys`)).body).toBe('{"keys":[]}');
    await expect(byHost(`https://${tls}/keys`)).rejects.toThrow('is not allowed');
    await expect(guardedFetcher({ allow: ['127.0.0.1:1'], ca: cert })(`https://${tls}/keys`)).rejects.toThrow(
      'is not allowed',
    );
  });

  it('is asked for JSON as it is, and told nothing of ours', async () => {
    const headers = JSON.parse((await fetcher(`https://${tls}/headers`)).body) as Record<string, string>;
    expect(headers).toMatchObject({ accept: 'application/json', 'accept-encoding': 'identity' });
    expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  });

  it('must have a certificate that is trusted', async () => {
    await expect(guardedFetcher({ allow: [tls] })(`https://${tls}/keys`)).rejects.toThrow(/self-signed certificate/);
  });
});

describe('an address that an administrator has set', () => {
  const configured = guardedFetcher({ allow: [], configured: true, ca: cert, mostBytes: 100 });

  it('may be on a private network, without TLS on loopback, and of any media type', async () => {
    expect((await configured(`https://${tls}/keys`)).body).toBe('{"keys":[]}');
    expect((await configured(`http://${plain}/keys`)).body).toBe('{"keys":[]}');
    expect((await configured(`https://${tls}/untyped`)).body).toBe('{}');
    expect((await configured(`https://${tls}/hop/3`)).body).toBe('{"keys":[]}');
  });

  it.each([
    ['without TLS elsewhere', () => 'http://example.com/', 'not https'],
    ['a file', () => 'file:///etc/passwd', 'not https'],
    ['with credentials', () => `https://me:secret@${tls}/keys`, 'credentials'],
    ['that redirects to http elsewhere', () => `https://${tls}/to-http`, 'not https'],
    ['that redirects in a circle', () => `https://${tls}/circle`, 'more than 3 times'],
    ['with a long answer', () => `https://${tls}/full`, 'larger than 100 bytes'],
    ['with an answer without an end', () => `https://${tls}/endless`, 'larger than 100 bytes'],
    ['with a compressed answer', () => `https://${tls}/compressed`, 'compressed'],
    ['that answers 404', () => `https://${tls}/missing`, 'status 404'],
  ])('is refused %s', async (_name, url, reason) => {
    await expect(configured(url())).rejects.toThrow(reason);
  });
});

describe('an address that is not allowed', () => {
  const strict = guardedFetcher({ allow: [] });

  it.each([
    ['loopback', 'https://127.0.0.1/'],
    ['loopback elsewhere in 127/8', 'https://127.9.9.9/'],
    ['loopback by name', 'https://localhost/'],
    ['loopback with a trailing dot', 'https://127.0.0.1./'],
    ['loopback in decimal', 'https://2130706433/'],
    ['loopback in octal', 'https://0177.0.0.1/'],
    ['loopback in hexadecimal', 'https://0x7f000001/'],
    ['loopback written short', 'https://127.1/'],
    ['loopback in full-width digits', 'https://１２７.0.0.1/'],
    ['a private address, 10/8', 'https://10.1.2.3/'],
    ['a private address, 172.16/12', 'https://172.16.0.1/'],
    ['a private address, 192.168/16', 'https://192.168.1.1/'],
    ['carrier-grade NAT', 'https://100.64.0.1/'],
    ['link-local, where clouds keep their metadata', 'https://169.254.169.254/'],
    ['no address at all', 'https://0.0.0.0/'],
    ['zero', 'https://0/'],
    ['multicast', 'https://224.0.0.1/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['IPv6 unspecified', 'https://[::]/'],
    ['IPv6 link-local', 'https://[fe80::1]/'],
    ['IPv6 unique local', 'https://[fd00::1]/'],
    ['IPv4 loopback mapped into IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['a private address mapped into IPv6', 'https://[::ffff:a00:1]/'],
    ['loopback behind NAT64', 'https://[64:ff9b::7f00:1]/'],
    ['loopback behind 6to4', 'https://[2002:7f00:1::]/'],
    ['IPv4 loopback written into IPv6', 'https://[::127.0.0.1]/'],
    ['loopback behind local NAT64', 'https://[64:ff9b:1::7f00:1]/'],
    ['a private address in Teredo', 'https://[2001:0:a00:1::1]/'],
    ['IPv6 site-local', 'https://[fec0::1]/'],
    ['IPv6 multicast', 'https://[ff02::1]/'],
    ['what is discarded', 'https://[100::1]/'],
    ['IPv6 outside global unicast', 'https://[4000::1]/'],
    ['benchmarks', 'https://198.18.0.1/'],
    ['documentation', 'https://203.0.113.1/'],
  ])('is refused: %s', async (_name, url) => {
    await expect(strict(url)).rejects.toThrow('is not allowed');
  });

  it('is not reached under a name with a trailing dot, which some resolvers know and others do not', async () => {
    await expect(strict('https://localhost./')).rejects.toThrow(/is not allowed|ENOTFOUND|EAI_AGAIN/);
  });

  it.each([
    ['http', 'http://example.com/', 'not https'],
    ['a file', 'file:///etc/passwd', 'not https'],
    ['ftp', 'ftp://example.com/', 'not https'],
    ['data', 'data:application/json,{}', 'not https'],
    ['a user', 'https://user@example.com/', 'credentials'],
    ['a user and a password', 'https://user:password@example.com/', 'credentials'],
    ['no URL', 'not a url', 'not a URL'],
    ['no scheme', '//example.com/', 'not a URL'],
    ['an empty text', '', 'not a URL'],
  ])('is refused: %s', async (_name, url, reason) => {
    await expect(strict(url)).rejects.toThrow(reason);
  });

  it('is told without its credentials in the message', async () => {
    const message = await strict('https://user:password@example.com/').catch((error: unknown) => String(error));
    expect(message).not.toContain('password');
  });
});

describe('a name', () => {
  const answers = (...rounds: string[][]): { lookup: LookupFunction; asked: () => number } => {
    let asked = 0;
    const lookup: LookupFunction = (_hostname, _options, callback) => {
      const round = rounds[Math.min(asked, rounds.length - 1)] ?? [];
      asked += 1;
      callback(
        null,
        round.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    return { lookup, asked: () => asked };
  };

  it.each([
    ['a private address', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['IPv4 loopback written into IPv6', ['::127.0.0.1']],
    ['a public address and a private one', ['93.184.216.34', '192.168.0.1']],
    ['a public address and IPv6 loopback', ['93.184.216.34', '::1']],
  ])('is refused when it leads to %s', async (_what, addresses) => {
    const { lookup } = answers(addresses);
    await expect(guardedFetcher({ allow: [], lookup })('https://client.example/')).rejects.toThrow('is not allowed');
  });

  it('that answers twice differently is asked once, and that answer is the one that is connected to', async () => {
    const { lookup, asked } = answers(['10.0.0.1'], ['127.0.0.1']);
    const address = `https://client.example:${tls.split(':')[1]}/keys`;
    const fetchIt = guardedFetcher({ allow: [], ca: cert, lookup });
    await expect(fetchIt(address)).rejects.toThrow('10.0.0.1');
    expect(asked()).toBe(1);
    await expect(fetchIt(address)).rejects.toThrow('127.0.0.1');
    expect(asked()).toBe(2);
  });
});

describe('a redirect', () => {
  it('is followed three times', async () => {
    expect((await fetcher(`https://${tls}/hop/3`)).body).toBe('{"keys":[]}');
  });

  it.each([
    ['four times', '/hop/4', 'more than 3 times'],
    ['in a circle', '/circle', 'more than 3 times'],
    ['to nowhere', '/nowhere', 'status 302'],
    ['to link-local', '/to-metadata', 'is not allowed'],
    ['into private space', '/to-private', 'is not allowed'],
    ['to http', '/to-http', 'not https'],
    ['with credentials', '/to-credentials', 'credentials'],
    ['to a file', '/to-file', 'not https'],
  ])('is refused %s', async (_name, path, reason) => {
    await expect(fetcher(`https://${tls}${path}`)).rejects.toThrow(reason);
  });
});

describe('an answer', () => {
  it('may be 64 KiB long', async () => {
    expect((await fetcher(`https://${tls}/full`)).body).toHaveLength(65_536);
  });

  it.each([
    ['a byte longer', '/oversized', 'larger than'],
    ['without an end', '/endless', 'larger than'],
    ['compressed', '/compressed', 'compressed'],
    ['HTML', '/html', 'text/html'],
    ['of no type', '/untyped', 'of no type'],
    ['404', '/missing', 'status 404'],
    ['204', '/empty', 'status 204'],
  ])('is refused when it is %s', async (_name, path, reason) => {
    await expect(fetcher(`https://${tls}${path}`)).rejects.toThrow(reason);
  });

  it.each([
    ['does not come', '/silent'],
    ['comes byte by byte', '/drip'],
  ])('is given up when it %s', async (_name, path) => {
    const impatient = guardedFetcher({ allow: [tls], ca: cert, milliseconds: 300 });
    await expect(impatient(`https://${tls}${path}`)).rejects.toThrow('no answer within 300 ms');
  });
});
