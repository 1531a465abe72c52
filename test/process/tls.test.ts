import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { connect as plainConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { listen } from '../../api/http/listen.ts';
import { rsaCertificate, selfSignedCertificate, type Certificate } from '../support/certificate.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { basic, CLIENTS } from '../support/service.ts';

const SECRET = 'a-long-administrator-secret';
const { cert, key } = selfSignedCertificate();

let folder: string;
let service: ServiceProcess;
/** A connection without a handshake, from the first test on: the time that it has passes meanwhile. */
let silent: Promise<unknown>;
let port: number;
let monitoring: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  [port, monitoring] = await Promise.all([freePort(), freePort()]);
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  service = spawnService({
    // Reachable from outside, which needs TLS.
    HOST: '0.0.0.0',
    PORT: String(port),
    TLS_CERT_FILE: file('tls.crt', cert),
    TLS_KEY_FILE: file('tls.key', key),
    ISSUER: `https://localhost:${port}`,
    METRICS: `127.0.0.1:${monitoring}`,
    DATA_DIR: join(folder, 'data'),
    ADMIN_SECRET_FILE: file('admin.secret', SECRET),
  });
  await service.started;
  const socket = plainConnect({ host: 'localhost', port }).on('error', () => undefined);
  silent = new Promise((resolve) => socket.on('close', resolve));
});
afterAll(async () => {
  service.child.kill('SIGKILL');
  await service.ended;
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly protocol: string | null;
  readonly hsts: string | undefined;
}

/** Sends a request over TLS and trusts nothing but the certificate of the service. */
function call(path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, path, headers, ca: cert, agent: false as const };
    const sent = request({ ...options, method: body === undefined ? 'GET' : 'POST' }, (reply) => {
      let text = '';
      const protocol = 'getProtocol' in reply.socket ? (reply.socket as { getProtocol(): string }).getProtocol() : null;
      reply.on('data', (data) => (text += String(data)));
      reply.on('end', () =>
        resolve({ status: reply.statusCode ?? 0, text, protocol, hsts: reply.headers['strict-transport-security'] }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

describe('a service with a certificate', () => {
  it('is called over https, and names its https addresses', async () => {
    const { client_id: id = '' } = JSON.parse(readFileSync(join(folder, 'data/admin-client.json'), 'utf8')) as Record<
      string,
      string
    >;
    const form = { ...basic(id, SECRET), 'Content-Type': 'application/x-www-form-urlencoded' };
    const { text, protocol } = await call('/jans-auth/restv1/token', form, 'grant_type=client_credentials');
    expect(protocol).toMatch(/^TLSv1\.[23]$/);
    const { access_token: token } = JSON.parse(text) as { access_token: string };
    expect((await call(CLIENTS, { Authorization: `Bearer ${token}` })).status).toBe(200);
    const metadata = JSON.parse((await call('/.well-known/openid-configuration', {})).text) as Record<string, string>;
    expect(metadata['token_endpoint']).toBe(`https://localhost:${port}/jans-auth/restv1/token`);
    expect((await call('/metrics', {})).status).toBe(401);
    expect((await call('/openapi.json', {})).hsts).toBe('max-age=31536000');
    expect((await call('/metrics', { Authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('says nothing without TLS', async () => {
    const outcome = await new Promise<string>((resolve) => {
      const sent = plainRequest({ host: 'localhost', port, path: '/openapi.json', agent: false }, (reply) =>
        resolve(`answered ${reply.statusCode}`),
      );
      sent.on('error', () => resolve('refused')).end();
    });
    expect(outcome).toBe('refused');
  });
});

describe('a handshake', () => {
  /** What a client gets that offers these suites, for a server with this certificate. */
  async function offered({ cert: ca, key: secret }: Certificate, offer: ConnectionOptions): Promise<string> {
    const own = await listen(express(), {
      host: '127.0.0.1',
      port: 0,
      fastHttp: false,
      maxConnections: 100,
      replyTimeout: 30,
      tls: { cert: ca, key: secret },
    });
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: own.port, servername: 'localhost', ca, ...offer }, () =>
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`),
      );
      socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code));
      socket.once('secureConnect', () => socket.destroy());
    });
    await own.close(0);
    return answer;
  }
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.2' } as const;

  it.each([
    ['RSA key transport', rsaCertificate(), { ...old, ciphers: 'AES128-SHA:AES128-GCM-SHA256:AES256-SHA' }],
    ['no authenticated encryption', rsaCertificate(), { ...old, ciphers: 'ECDHE-RSA-AES128-SHA' }],
    ['the same with ECDSA', selfSignedCertificate(), { ...old, ciphers: 'ECDHE-ECDSA-AES256-SHA384' }],
    ['finite fields', rsaCertificate(), { ...old, ciphers: 'DHE-RSA-AES128-GCM-SHA256' }],
    ['TLS 1.1', rsaCertificate(), { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }],
  ] as const)('with %s is refused', async (_what, certificate, offer) => {
    expect(await offered(certificate, offer)).toMatch(/ALERT|ECONNRESET/);
  });

  it.each([
    [rsaCertificate(), 'ECDHE-RSA-AES128-GCM-SHA256', 'TLSv1.2'],
    [rsaCertificate(), 'ECDHE-RSA-AES256-GCM-SHA384', 'TLSv1.2'],
    [selfSignedCertificate(), 'ECDHE-ECDSA-AES128-GCM-SHA256', 'TLSv1.2'],
    [selfSignedCertificate(), 'TLS_CHACHA20_POLY1305_SHA256', 'TLSv1.3'],
    [selfSignedCertificate(), 'TLS_AES_128_GCM_SHA256', 'TLSv1.3'],
  ] as const)('of RFC 9325 is taken %#', async (certificate, ciphers, protocol) => {
    const versions = { minVersion: protocol, maxVersion: protocol };
    expect(await offered(certificate, { ...versions, ciphers })).toBe(`${protocol} ${ciphers}`);
  });

  it('that never comes is not waited for', async () => {
    await silent;
  });
});

describe('the address of METRICS', () => {
  it('has the metrics without a token, and nothing else', async () => {
    const base = `http://127.0.0.1:${monitoring}`;
    const reply = await fetch(`${base}/metrics`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(await reply.text()).toContain(
      'clientele_http_request_duration_seconds_count{operation="token",status="200"}',
    );
    expect((await fetch(`${base}/metrics`, { method: 'HEAD' })).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', CLIENTS],
      ['POST', '/metrics'],
    ] as const)
      expect([path, (await fetch(base + path, { method })).status]).toEqual([path, 404]);
  });

  it('goes with the service', async () => {
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    await expect(fetch(`http://127.0.0.1:${monitoring}/metrics`)).rejects.toThrow();
  });
});
