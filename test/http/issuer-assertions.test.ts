import { createPublicKey, createSecretKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { act, newClient, type TestClient } from '../support/clients.ts';
import {
  assertionOf,
  INTROSPECTION,
  JWT_BEARER,
  keySet,
  newClientKey,
  pairFor,
  refusalReason,
  REFUSED,
  TOKEN,
  withAssertion,
  type ClientKey,
} from '../support/issuer.ts';
import { rsaPair } from '../support/rsa-pairs.ts';
import { SIGNATURE_ALGORITHMS } from '../../api/shared/keys/signature-algorithms.ts';
import { startKeyServer, type KeyServer } from '../support/key-server.ts';
import { startService, type TestReply, type TestService } from '../support/service.ts';

const MINUTE = 60_000;

let service: TestService;
let keyServer: KeyServer;

beforeAll(async () => {
  keyServer = await startKeyServer();
  service = await startService({ env: { FETCH_ALLOW: keyServer.host }, fetchCa: keyServer.ca });
});
afterAll(async () => {
  await service.stop();
  await keyServer.stop();
});

function expectRefused(reply: TestReply, reason: string): void {
  expect([reply.status, reply.body]).toEqual([401, REFUSED]);
  expect(refusalReason(service)).toContain(reason);
}

describe('private_key_jwt with keys by value', () => {
  const key = newClientKey('one');
  let client: TestClient;
  const assertion = (claims: Record<string, unknown> = {}): Promise<string> =>
    assertionOf(service, client.inum, { key: key.privateKey, kid: 'one', claims });

  beforeAll(async () => {
    client = await newClient(service, { tokenEndpointAuthMethod: 'private_key_jwt', jwks: keySet(key) });
  });

  it('gets a token, once for each assertion', async () => {
    const once = await assertion();
    expect((await withAssertion(service, once)).status).toBe(200);
    expectRefused(await withAssertion(service, once), 'used before');
    expect((await withAssertion(service, await assertion())).status).toBe(200);
  });

  it('lets exactly one of many uses at once through', async () => {
    const once = await assertion();
    const replies = await Promise.all(Array.from({ length: 8 }, () => withAssertion(service, once)));
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
  });

  it('takes an id that another client has used', async () => {
    const other = await newClient(service, { tokenEndpointAuthMethod: 'private_key_jwt', jwks: keySet(key) });
    const jti = randomUUID();
    expect((await withAssertion(service, await assertion({ jti }))).status).toBe(200);
    const others = await assertionOf(service, other.inum, { key: key.privateKey, kid: 'one', claims: { jti } });
    expect((await withAssertion(service, others)).status).toBe(200);
  });

  it('is not spent by a refusal', async () => {
    const jti = randomUUID();
    const forged = await assertionOf(service, client.inum, {
      key: newClientKey().privateKey,
      kid: 'one',
      claims: { jti },
    });
    expectRefused(await withAssertion(service, forged), 'signature verification failed');
    expect((await withAssertion(service, await assertion({ jti }))).status).toBe(200);
  });

  it('may be for the issuer, the token endpoint, or the endpoint that is called', async () => {
    for (const aud of [service.url, `${service.url}${TOKEN}`, [service.url, 'https://elsewhere.example']]) {
      expect((await withAssertion(service, await assertion({ aud }))).status).toBe(200);
    }
    expectRefused(await withAssertion(service, await assertion({ aud: `${service.url}${INTROSPECTION}` })), '"aud"');
    const form = {
      client_assertion_type: JWT_BEARER,
      client_assertion: await assertion({ aud: `${service.url}${INTROSPECTION}` }),
    };
    expect((await service.request('POST', INTROSPECTION, { form: { ...form, token: 'x' } })).body).toEqual({
      active: false,
    });
  });

  it.each<[string, () => Record<string, unknown>, string]>([
    ['another audience', () => ({ aud: 'https://elsewhere.example' }), '"aud"'],
    ['no audience', () => ({ aud: undefined }), '"aud"'],
    ['another issuer', () => ({ iss: 'somebody' }), '"iss"'],
    ['no issuer', () => ({ iss: undefined }), '"iss"'],
    ['no subject', () => ({ sub: undefined }), 'no such client'],
    ['no exp', () => ({ exp: undefined }), '"exp"'],
    ['an exp that has passed', () => ({ exp: seconds() - 31 }), '"exp"'],
    ['an exp too far ahead', () => ({ exp: seconds() + 3_700 }), 'more than 3600 seconds ahead'],
    ['an nbf to come', () => ({ nbf: seconds() + 40 }), '"nbf"'],
    ['an iat to come', () => ({ iat: seconds() + 40 }), 'iat is in the future'],
    ['no jti', () => ({ jti: undefined }), '"jti"'],
    ['an empty jti', () => ({ jti: '' }), 'jti is not a text'],
    ['a jti that is a number', () => ({ jti: 7 }), 'jti is not a text'],
  ])('is refused with %s', async (_name, claims, reason) => {
    expectRefused(await withAssertion(service, await assertion(claims())), reason);
  });

  it('tolerates clocks that differ by half a minute', async () => {
    expect((await withAssertion(service, await assertion({ exp: seconds() - 25 }))).status).toBe(200);
    expect((await withAssertion(service, await assertion({ nbf: seconds() + 25, iat: seconds() + 25 }))).status).toBe(
      200,
    );
  });

  it('must say itself whom it is about', async () => {
    const reply = await withAssertion(service, await assertion({ sub: undefined }), { client_id: client.inum });
    expectRefused(reply, '"sub"');
  });

  it('is refused when client_id names another client', async () => {
    const reply = await withAssertion(service, await assertion(), { client_id: 'somebody' });
    expect([reply.status, reply.body.error]).toEqual([400, 'invalid_request']);
    expect((await withAssertion(service, await assertion(), { client_id: client.inum })).status).toBe(200);
  });

  it('is refused when it is no JWT, unsigned, or signed with an algorithm of another kind', async () => {
    expectRefused(await withAssertion(service, 'garbage'), 'no such client');
    expectRefused(await withAssertion(service, 'garbage', { client_id: client.inum }), 'not a method of the client');
    const [, payload = ''] = (await assertion()).split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expectRefused(await withAssertion(service, none), 'not a method of the client');
    const pem = createPublicKey({ key: key.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const hmac = await assertionOf(service, client.inum, { key: Buffer.from(pem), alg: 'HS256', kid: 'one' });
    expectRefused(await withAssertion(service, hmac), 'client_secret_jwt is not a method of the client');
  });

  it.each(['JWT', 'application/jwt', 'client-authentication+jwt'])('may be of type %s', async (typ) => {
    const typed = await assertionOf(service, client.inum, { key: key.privateKey, kid: 'one', typ });
    expect((await withAssertion(service, typed)).status).toBe(200);
  });

  it.each(['at+jwt', 'logout+jwt', 'dpop+jwt', 'application/secevent+jwt'])('is refused of type %s', async (typ) => {
    const typed = await assertionOf(service, client.inum, { key: key.privateKey, kid: 'one', typ });
    expectRefused(await withAssertion(service, typed), 'its type is not');
  });

  it('is refused for a disabled client', async () => {
    const disabled = await newClient(service, { tokenEndpointAuthMethod: 'private_key_jwt', jwks: keySet(key) });
    await act(service, disabled.inum, 'deactivate');
    const reply = await withAssertion(service, await assertionOf(service, disabled.inum, { key: key.privateKey }));
    expectRefused(reply, 'disabled or expired');
  });

  it('needs no kid, even with several keys', async () => {
    const [first, second] = [newClientKey(), newClientKey()];
    const { inum } = await newClient(service, {
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwks: keySet(first, second),
    });
    for (const one of [first, second]) {
      expect((await withAssertion(service, await assertionOf(service, inum, { key: one.privateKey }))).status).toBe(
        200,
      );
    }
  });

  it.each([
    ['EdDSA', 'Ed25519'],
    ['Ed25519', 'EdDSA'],
  ])('is taken where it says %s, and client and key say %s', async (alg, other) => {
    const { publicKey, privateKey } = pairFor(alg);
    const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), alg: other }] });
    const members = { tokenEndpointAuthMethod: 'private_key_jwt', jwks, tokenEndpointAuthSigningAlg: other };
    const { inum } = await newClient(service, members);
    expect((await withAssertion(service, await assertionOf(service, inum, { key: privateKey, alg }))).status).toBe(200);
  });

  it.each([...SIGNATURE_ALGORITHMS, 'EdDSA', 'Ed25519'])('may be signed with %s', async (alg) => {
    const { publicKey, privateKey } = pairFor(alg);
    for (const named of [{ kid: 'one', alg, use: 'sig' }, { kid: 'one' }, {}]) {
      const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), ...named }] });
      const { inum } = await newClient(service, { tokenEndpointAuthMethod: 'private_key_jwt', jwks });
      const kid = 'kid' in named ? { kid: named.kid } : {};
      const reply = await withAssertion(service, await assertionOf(service, inum, { key: privateKey, alg, ...kid }));
      expect([named, reply.status]).toEqual([named, 200]);
    }
  });

  it('holds the client to tokenEndpointAuthSigningAlg', async () => {
    const { publicKey, privateKey } = rsaPair('client');
    const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'rsa' }] });
    const members = { tokenEndpointAuthMethod: 'private_key_jwt', jwks, tokenEndpointAuthSigningAlg: 'PS256' };
    const { inum } = await newClient(service, members);
    const signed = (alg: string): Promise<string> => assertionOf(service, inum, { key: privateKey, alg, kid: 'rsa' });
    expect((await withAssertion(service, await signed('PS256'))).status).toBe(200);
    expectRefused(await withAssertion(service, await signed('RS256')), '"alg"');
  });
});

describe('client_secret_jwt', () => {
  const members = { tokenEndpointAuthMethod: 'client_secret_jwt' };
  const signed = (client: TestClient, alg = 'HS256'): Promise<string> =>
    assertionOf(service, client.inum, { key: createSecretKey(Buffer.from(client.clientSecret)), alg });

  it('gets a token with the secret that is kept encrypted for it', async () => {
    const client = await newClient(service, members);
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      expect((await withAssertion(service, await signed(client, alg))).status).toBe(200);
    }
    const once = await signed(client);
    expect((await withAssertion(service, once)).status).toBe(200);
    expectRefused(await withAssertion(service, once), 'used before');
  });

  it.each([
    [8, []],
    [31, []],
    [32, ['HS256']],
    [48, ['HS256', 'HS384']],
    [64, ['HS256', 'HS384', 'HS512']],
  ])('takes a chosen secret of %i bytes for %j only', async (length, algorithms) => {
    const clientSecret = 'x'.repeat(length);
    const client = { ...(await newClient(service, { ...members, clientSecret })), clientSecret };
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const reply = await withAssertion(service, await signed(client, alg));
      if (algorithms.includes(alg)) expect(reply.status).toBe(200);
      else expectRefused(reply, 'the secret is shorter than the hash');
    }
    const other = { ...client, clientSecret: 'y'.repeat(length) };
    if (algorithms.length > 0)
      expectRefused(await withAssertion(service, await signed(other)), 'signature verification failed');
  });

  it('takes any live secret while they overlap', async () => {
    const client = await newClient(service, members);
    const rotated = (await act(service, client.inum, 'secret', { overlapSeconds: 600 })).body as TestClient;
    expect((await withAssertion(service, await signed(client))).status).toBe(200);
    expect((await withAssertion(service, await signed(rotated))).status).toBe(200);
    service.clock.advance(11 * MINUTE);
    expectRefused(await withAssertion(service, await signed(client)), 'signature verification failed');
    expect((await withAssertion(service, await signed(rotated))).status).toBe(200);
  });

  it('is not a way around the secret itself, nor the reverse', async () => {
    const client = await newClient(service, members);
    const form = { grant_type: 'client_credentials', client_id: client.inum, client_secret: client.clientSecret };
    const told = await service.request('POST', TOKEN, { form });
    const error_description = 'the secret is right, and the client authenticates with client_secret_jwt';
    expect([told.status, told.body]).toEqual([401, { error: 'invalid_client', error_description }]);
    expectRefused(
      await withAssertion(service, await signed(await newClient(service))),
      'client_secret_jwt is not a method of the client',
    );
  });
});

describe('private_key_jwt with keys behind jwksUri', () => {
  let client: TestClient;
  let key: ClientKey;
  const use = async (one: ClientKey): Promise<TestReply> =>
    withAssertion(service, await assertionOf(service, client.inum, { key: one.privateKey, kid: one.jwk.kid }));
  /** How often the keys are fetched by `task`. */
  const fetchesOf = async (task: () => Promise<void>): Promise<number> => {
    const before = keyServer.fetches;
    await task();
    return keyServer.fetches - before;
  };

  beforeEach(async () => {
    key = newClientKey();
    keyServer.publish(keySet(key));
    // An address of its own, so that each test starts without what was fetched before.
    const jwksUri = `${keyServer.url}/${randomUUID()}`;
    client = await newClient(service, { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri });
  });

  it('fetches them once for many assertions, and again after ten minutes', async () => {
    const many = await fetchesOf(async () => {
      for (const reply of await Promise.all([use(key), use(key), use(key)])) expect(reply.status).toBe(200);
      service.clock.advance(9 * MINUTE);
      expect((await use(key)).status).toBe(200);
    });
    expect(many).toBe(1);
    service.clock.advance(2 * MINUTE);
    expect(await fetchesOf(async () => expect((await use(key)).status).toBe(200))).toBe(1);
  });

  it('keeps them as long as their server says, but at least a minute', async () => {
    keyServer.publish(keySet(key), { cacheControl: 'max-age=5' });
    const withinAMinute = await fetchesOf(async () => {
      expect((await use(key)).status).toBe(200);
      service.clock.advance(50_000);
      expect((await use(key)).status).toBe(200);
    });
    expect(withinAMinute).toBe(1);
    service.clock.advance(15_000);
    keyServer.publish(keySet(newClientKey()));
    expectRefused(await use(key), 'no key for the assertion');
  });

  it('fetches them again for a new key, after half a minute', async () => {
    expect((await use(key)).status).toBe(200);
    const next = newClientKey();
    keyServer.publish(keySet(key, next));
    expectRefused(await use(next), 'no key for the assertion');
    service.clock.advance(31_000);
    expect(await fetchesOf(async () => expect((await use(next)).status).toBe(200))).toBe(1);
    const unknown = newClientKey();
    const again = await fetchesOf(async () => {
      for (let attempt = 0; attempt < 5; attempt += 1) expect((await use(unknown)).status).toBe(401);
    });
    expect(again).toBe(0);
  });

  it('goes on with what it has while their server is away', async () => {
    expect((await use(key)).status).toBe(200);
    service.clock.advance(31_000);
    keyServer.publish('', { status: 503 });
    expectRefused(await use(newClientKey()), 'no key for the assertion');
    expect((await use(key)).status).toBe(200);
    service.clock.advance(10 * MINUTE);
    expectRefused(await use(key), 'status 503');
    keyServer.publish(keySet(key));
    service.clock.advance(31_000);
    expect((await use(key)).status).toBe(200);
  });

  it('lets a client go on while a stranger makes it ask a server that hangs', async () => {
    expect((await use(key)).status).toBe(200);
    service.clock.advance(31_000);
    let answer: (value?: unknown) => void = () => undefined;
    const hanging = new Promise((resolve) => (answer = resolve));
    const asked = new Promise<void>((resolve) =>
      keyServer.duringNext(() => {
        resolve();
        return hanging;
      }),
    );
    const stranger = use(newClientKey());
    await asked;
    expect((await use(key)).status).toBe(200);
    answer();
    expectRefused(await stranger, 'no key for the assertion');
  });

  it('takes the keys that it knows out of a set with others, and lets nobody sign with those', async () => {
    const odd = [
      7,
      null,
      { kty: 'AKP', alg: 'ML-DSA-44', kid: 'later', pub: 'AA' },
      { kty: 'EC', crv: 'P-256', kid: 'broken', x: 'AA', y: 'AA' },
      { kty: 'RSA', kid: 'empty' },
      { kid: 'nothing' },
    ];
    keyServer.publish(JSON.stringify({ keys: [...odd, key.jwk] }));
    expect((await use(key)).status).toBe(200);
    const other = newClientKey();
    for (const kid of ['later', 'broken', 'empty', 'nothing']) {
      const assertion = await assertionOf(service, client.inum, { key: other.privateKey, kid });
      expectRefused(await withAssertion(service, assertion), 'no key for the assertion');
    }
  });

  it('refuses what is not a key set', async () => {
    keyServer.publish('{"keys":{}}');
    expectRefused(await use(key), 'the keys cannot be had');
  });

  it('never fetches from an address that is not public and not allowed', async () => {
    for (const jwksUri of [
      'https://127.0.0.1:1/keys',
      'https://localhost/keys',
      'https://10.0.0.1/keys',
      'https://[::1]/keys',
      'https://169.254.169.254/',
    ]) {
      client = await newClient(service, { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri });
      expectRefused(await use(key), 'is not allowed');
    }
  });
});

const seconds = (): number => Math.floor(service.clock.now() / 1_000);
