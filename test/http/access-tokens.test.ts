import { createHmac, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { incarnationOf } from '../../api/shared/incarnation.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { ownSigningKey, refusalReason, tokenOf } from '../support/issuer.ts';
import { rsaPair } from '../support/rsa-pairs.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

const READ = 'https://jans.io/oauth/config/openid/clients.readonly';

let service: TestService;
let client: TestClient;
let key: { kid: string; privateKey: KeyObject };
/** What the ids of the client's tokens start with. */
let incarnation: string;

beforeAll(async () => {
  service = await startService();
  client = await newClient(service, { scopes: [READ] });
  key = await ownSigningKey(service);
  const stored = await service.work.read((stores) => stores.clients.find(client.inum));
  incarnation = incarnationOf(stored ?? { createdAt: '' });
});
beforeEach(() => service.clock.advance(1_500));
afterAll(() => service.stop());

const seconds = (): number => Math.floor(service.clock.now() / 1_000);
const statusWith = async (token: string): Promise<number> => (await service.request('GET', CLIENTS, { token })).status;

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
}

/** A token that the service's own key has signed, good apart from what is changed; an undefined value is left out. */
function signed({ header = {}, claims = {} }: Forgery = {}, privateKey = key.privateKey): Promise<string> {
  const usual = {
    iss: service.url,
    aud: `${service.url}/jans-config-api`,
    sub: client.inum,
    client_id: client.inum,
    iat: seconds(),
    exp: seconds() + 60,
    jti: `${incarnation}.${randomUUID()}`,
    scope: READ,
  };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(privateKey);
}

describe('a good token', () => {
  it.each<[string, () => Forgery]>([
    ['as it is issued', () => ({})],
    ['with type JWT in any case', () => ({ header: { typ: 'JwT' } })],
    ['with the whole media type', () => ({ header: { typ: 'application/at+jwt' } })],
    [
      'with several audiences',
      () => ({ claims: { aud: ['https://elsewhere.example', `${service.url}/jans-config-api`] } }),
    ],
    ['with a list of scopes', () => ({ claims: { scope: ['openid', READ] } })],
    [
      'with the former name of a scope',
      () => ({ claims: { scope: 'https://jans.io/oauth/config/openid/openid-read' } }),
    ],
    ['whose client is in azp', () => ({ claims: { client_id: undefined, azp: client.inum, sub: 'somebody' } })],
    ['whose client is in sub', () => ({ claims: { client_id: undefined } })],
    ['that expired within the tolerance', () => ({ claims: { exp: seconds() - 25 } })],
    ['that begins within the tolerance', () => ({ claims: { nbf: seconds() + 25 } })],
  ])('is taken %s', async (_name, forgery) => {
    expect(await statusWith(await signed(forgery()))).toBe(200);
  });
});

describe('a bad token', () => {
  it.each<[string, () => Forgery, string]>([
    ['for another audience', () => ({ claims: { aud: 'https://elsewhere.example' } }), 'another audience'],
    ['for no audience', () => ({ claims: { aud: undefined } }), 'another audience'],
    ['of an unknown issuer', () => ({ claims: { iss: 'https://evil.example' } }), 'not trusted'],
    ['of no issuer', () => ({ claims: { iss: undefined } }), 'names no issuer'],
    ['that has expired', () => ({ claims: { exp: seconds() - 31 } }), 'has expired'],
    ['without exp', () => ({ claims: { exp: undefined } }), 'no exp'],
    ['that begins later', () => ({ claims: { nbf: seconds() + 40 } }), 'jwt not active'],
    ['of another type', () => ({ header: { typ: 'dpop+jwt' } }), 'type'],
    ['that is an ID token by type', () => ({ header: { typ: 'id_token+jwt' } }), 'type'],
    ['that is a logout token by type', () => ({ header: { typ: 'logout+jwt' } }), 'type'],
    ['that was made in the future', () => ({ claims: { iat: seconds() + 40 } }), 'in the future'],
    ['that is bound to a key', () => ({ claims: { cnf: { jkt: 'x' } } }), 'bound to a key'],
    ['that is bound to a certificate', () => ({ claims: { cnf: { 'x5t#S256': 'x' } } }), 'bound to a key'],
    ['without a type', () => ({ header: { typ: undefined } }), 'type'],
    ['without a key id', () => ({ header: { kid: undefined } }), 'names no key'],
    ['with an unknown key id', () => ({ header: { kid: 'somebody' } }), 'key is not known'],
    ['without a client', () => ({ claims: { client_id: undefined, sub: undefined } }), 'names no client'],
    ['with a client name that is too long', () => ({ claims: { client_id: 'x'.repeat(513) } }), 'names no client'],
    ['without jti', () => ({ claims: { jti: undefined } }), 'no jti'],
    ['of a client that is not there', () => ({ claims: { client_id: 'nobody' } }), 'no longer active'],
    ['that is longer than 16 KiB', () => ({ claims: { padding: 'x'.repeat(16_384) } }), 'too long'],
  ])('is refused %s', async (_name, forgery, reason) => {
    expect(await statusWith(await signed(forgery()))).toBe(401);
    expect(refusalReason(service)).toContain(reason);
  });

  it('is refused with critical extensions', async () => {
    const [, payload = ''] = (await signed()).split('.');
    const header = Buffer.from(
      JSON.stringify({ alg: 'RS256', typ: 'at+jwt', kid: key.kid, crit: ['x'], x: 1 }),
    ).toString('base64url');
    expect(await statusWith(`${header}.${payload}.AAAA`)).toBe(401);
    expect(refusalReason(service)).toContain('critical');
  });

  it('is refused when a stranger signed it under our key id', async () => {
    const stranger = rsaPair('stranger').privateKey;
    expect(await statusWith(await signed({}, stranger))).toBe(401);
    expect(refusalReason(service)).toContain('invalid signature');
  });

  it('is refused unsigned, and with the public key as an HMAC secret', async () => {
    const [, payload = '', signature = ''] = (await signed()).split('.');
    const head = (alg: string): string =>
      Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: key.kid })).toString('base64url');
    const pem = createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' });
    const input = `${head('HS256')}.${payload}`;
    const hmac = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
    for (const bad of [`${head('none')}.${payload}.`, `${head('None')}.${payload}.${signature}`, hmac]) {
      expect(await statusWith(bad)).toBe(401);
      expect(refusalReason(service)).toContain('algorithm');
    }
  });

  it('is refused when it is no token at all', async () => {
    const encode = (text: string): string => Buffer.from(text).toString('base64url');
    const header = encode(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: key.kid }));
    for (const bad of [
      'garbage',
      'a.b.c',
      '..',
      `${header}.${encode('null')}.AAAA`,
      `${header}.${encode('7')}.AAAA`,
      `${header}.${encode('{"iss":7}')}.AAAA`,
    ]) {
      expect([bad, await statusWith(bad)]).toEqual([bad, 401]);
    }
  });
});

describe('what is remembered of tokens', () => {
  it('is not that they failed: one that begins later is good then', async () => {
    const token = await signed({ claims: { nbf: seconds() + 40, exp: seconds() + 600 } });
    expect(await statusWith(token)).toBe(401);
    service.clock.advance(20_000);
    expect(await statusWith(token)).toBe(200);
  });

  it('ends with them', async () => {
    const token = await tokenOf(service, client);
    expect(await statusWith(token)).toBe(200);
    service.clock.advance(299_000);
    expect(await statusWith(token)).toBe(200);
    service.clock.advance(32_000);
    expect(await statusWith(token)).toBe(401);
  });
});
