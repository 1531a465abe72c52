import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import * as oidc from 'openid-client';
import { newClient, type TestClient } from '../support/clients.ts';
import { claimsOf, INTROSPECTION, TOKEN } from '../support/issuer.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const READ = 'https://jans.io/oauth/config/openid/clients.readonly';

interface Key {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

let service: TestService;
let client: TestClient;
let bound: TestClient;
let key: Key;

const newKey = async (alg = 'ES256'): Promise<Key> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
};

beforeAll(async () => {
  service = await startService();
  client = await newClient(service, { scopes: [READ] });
  bound = await newClient(service, { scopes: [READ], attributes: { dpopBoundAccessToken: true } });
  key = await newKey();
});
afterAll(() => service.stop());

const seconds = (): number => Math.floor(service.clock.now() / 1_000);

interface ProofOptions {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly by?: Key;
  readonly signer?: CryptoKey;
}

function proof(method: string, path: string, { claims = {}, header = {}, by = key, signer }: ProofOptions = {}) {
  const about = { jti: randomUUID(), htm: method, htu: service.url + path, iat: seconds(), ...claims };
  return new SignJWT(about)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: by.jwk, ...header })
    .sign(signer ?? by.privateKey);
}

const ask = async (who: TestClient, dpop?: string): Promise<TestReply> =>
  service.request('POST', TOKEN, {
    headers: { ...basic(who.inum, who.clientSecret), ...(dpop !== undefined && { DPoP: dpop }) },
    form: { grant_type: 'client_credentials' },
  });
const boundToken = async (): Promise<string> =>
  (await ask(bound, await proof('POST', TOKEN))).body.access_token as string;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
async function call(token: string, options: ProofOptions = {}, path = `${CLIENTS}?limit=1`): Promise<TestReply> {
  const [bare = ''] = path.split('?');
  const dpop = await proof('GET', bare, { ...options, claims: { ath: hashOf(token), ...options.claims } });
  return service.request('GET', path, { headers: { Authorization: `DPoP ${token}`, DPoP: dpop } });
}

describe('a token request with a proof', () => {
  it('that gets no token has not spent it', async () => {
    const dpop = await proof('POST', TOKEN);
    const headers = { ...basic(bound.inum, bound.clientSecret), DPoP: dpop };
    const refused = await service.request('POST', TOKEN, { headers, form: { grant_type: 'password' } });
    expect([refused.status, refused.body.error]).toEqual([400, 'unsupported_grant_type']);
    expect((await ask(bound, dpop)).status).toBe(200);
    expect((await ask(bound, dpop)).status).toBe(400);
  });

  it('gets a token that is bound to its key, and introspection says so', async () => {
    for (const who of [client, bound]) {
      const { status, body, headers } = await ask(who, await proof('POST', TOKEN));
      expect([status, body.token_type]).toEqual([200, 'DPoP']);
      const jkt = await calculateJwkThumbprint(key.jwk);
      expect(claimsOf(body.access_token)).toMatchObject({ cnf: { jkt } });
      expect(headers.get('dpop-nonce')).toEqual(expect.any(String));
      const form = { token: body.access_token as string };
      const told = await service.request('POST', INTROSPECTION, { headers: basic(who.inum, who.clientSecret), form });
      expect(told.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } });
    }
  });

  it('is needed by a client whose tokens are always bound, and by no other', async () => {
    const refused = await ask(bound);
    expect([refused.status, refused.body]).toEqual([
      400,
      {
        error: 'invalid_dpop_proof',
        error_description: 'the tokens of this client are bound to a key: send a DPoP proof',
      },
    ]);
    expect((await ask(client)).body.token_type).toBe('Bearer');
  });

  it.each(['ES256', 'PS256', 'Ed25519', 'RS256'])('may be signed with %s', async (alg) => {
    const by = await newKey(alg);
    expect((await ask(bound, await proof('POST', TOKEN, { by, header: { alg } }))).status).toBe(200);
  });

  it.each<[string, () => ProofOptions | Promise<ProofOptions>, string]>([
    ['another method', () => ({ claims: { htm: 'GET' } }), 'htm is not POST'],
    ['another address', () => ({ claims: { htu: `${service.url}/elsewhere` } }), 'htu is not'],
    ['another host', () => ({ claims: { htu: `https://registry.example${TOKEN}` } }), 'htu is not'],
    ['no jti', () => ({ claims: { jti: undefined } }), 'jti'],
    ['another type', () => ({ header: { typ: 'JWT' } }), 'typ'],
    ['a key that did not sign it', async () => ({ signer: (await newKey()).privateKey }), 'signature'],
    ['a private key in it', async () => ({ header: { jwk: await exportJWK(key.privateKey) } }), 'public'],
    ['no key', () => ({ header: { jwk: undefined } }), 'jwk'],
  ])('is refused with %s', async (_what, options, why) => {
    const { status, body } = await ask(bound, await proof('POST', TOKEN, await options()));
    expect([status, body.error, body.error_description]).toEqual([
      400,
      'invalid_dpop_proof',
      expect.stringContaining(why),
    ]);
  });

  it('is one proof, which is good once', async () => {
    const once = await proof('POST', TOKEN);
    const replies = await Promise.all([ask(bound, once), ask(bound, once)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await ask(bound, once)).body.error_description).toBe('the proof was used before');
    const two = await ask(bound, `${await proof('POST', TOKEN)}, ${await proof('POST', TOKEN)}`);
    expect([two.status, two.body.error]).toEqual([400, 'invalid_dpop_proof']);
    // What a client sends that does not authenticate is not looked at, nor kept.
    const stranger = { ...bound, clientSecret: 'another-secret-of-somebody-else' };
    const unused = await proof('POST', TOKEN);
    expect((await ask(stranger, unused)).status).toBe(401);
    expect((await ask(bound, unused)).status).toBe(200);
  });

  it('is of this minute, or has a nonce of these minutes, whatever the clock of its sender says', async () => {
    for (const iat of [seconds() - 70, seconds() + 45]) {
      const { status, body, headers } = await ask(bound, await proof('POST', TOKEN, { claims: { iat } }));
      expect([status, body.error]).toEqual([400, 'use_dpop_nonce']);
      const nonce = headers.get('dpop-nonce');
      expect((await ask(bound, await proof('POST', TOKEN, { claims: { iat, nonce } }))).status).toBe(200);
      service.clock.advance(10 * 60_000);
      const late = await ask(bound, await proof('POST', TOKEN, { claims: { nonce } }));
      expect([late.status, late.body.error]).toEqual([400, 'use_dpop_nonce']);
    }
    const forged = await ask(bound, await proof('POST', TOKEN, { claims: { nonce: '1~default.AAAA' } }));
    expect(forged.body.error).toBe('use_dpop_nonce');
  });
});

describe('a bound token', () => {
  it('opens the API with a proof of its key', async () => {
    const token = await boundToken();
    const { status, headers } = await call(token);
    expect([status, headers.get('dpop-nonce')]).toEqual([200, expect.any(String)]);
    expect((await call(token, {}, `${CLIENTS}/${client.inum}`)).status).toBe(200);
  });

  it('is refused as a bearer token, and a token that is bound to nothing is refused as a bound one', async () => {
    const token = await boundToken();
    const asBearer = await service.request('GET', CLIENTS, { token });
    expect([asBearer.status, asBearer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^DPoP error="invalid_token", algs="RS256 /),
    ]);
    const plain = (await ask(client)).body.access_token as string;
    expect((await call(plain)).status).toBe(401);
  });

  it.each<[string, () => Promise<ProofOptions> | ProofOptions, string]>([
    ['of another key', async () => ({ by: await newKey() }), 'invalid_token'],
    ['of another token', () => ({ claims: { ath: hashOf('another') } }), 'invalid_dpop_proof'],
    ['of no token', () => ({ claims: { ath: undefined } }), 'invalid_dpop_proof'],
    ['of another address', () => ({ claims: { htu: `${service.url}${CLIENTS}/x` } }), 'invalid_dpop_proof'],
    ['of long ago', () => ({ claims: { iat: seconds() - 100 } }), 'use_dpop_nonce'],
  ])('is refused with a proof %s', async (_what, options, error) => {
    const { status, headers } = await call(await boundToken(), await options());
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(new RegExp(`^DPoP error="${error}", algs="[^"]+", resource_metadata="`)),
    ]);
  });

  it('is refused without a proof, and with one that was used', async () => {
    const token = await boundToken();
    const none = await service.request('GET', CLIENTS, { headers: { Authorization: `DPoP ${token}` } });
    expect([none.status, none.body.detail]).toEqual([401, 'there is no DPoP proof']);
    const jti = randomUUID();
    expect((await call(token, { claims: { jti } })).status).toBe(200);
    expect((await call(token, { claims: { jti } })).body.detail).toBe('the proof was used before');
  });
});

describe('what is advertised', () => {
  it('are the algorithms of proofs', async () => {
    for (const path of ['openid-configuration', 'oauth-protected-resource'])
      expect((await service.request('GET', `/.well-known/${path}`)).body.dpop_signing_alg_values_supported).toEqual(
        expect.arrayContaining(['ES256', 'PS256', 'EdDSA', 'Ed25519']),
      );
  });
});

it('openid-client gets a bound token and calls with it', async () => {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; the tests have no TLS
  const options = { execute: [oidc.allowInsecureRequests] };
  const method = oidc.ClientSecretBasic(bound.clientSecret);
  const config = await oidc.discovery(new URL(service.url), bound.inum, undefined, method, options);
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
  const { access_token: token } = await oidc.clientCredentialsGrant(config, {}, { DPoP });
  const list = new URL(`${service.url}${CLIENTS}?limit=1`);
  const reply = await oidc.fetchProtectedResource(config, token, list, 'GET', null, undefined, { DPoP });
  expect(reply.status).toBe(200);
});
