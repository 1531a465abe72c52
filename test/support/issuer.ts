import { createPrivateKey, generateKeyPairSync, randomUUID, type JsonWebKey, type KeyObject } from 'node:crypto';
import { expect } from '@jest/globals';
import { SignJWT, type JWTPayload } from 'jose';
import { basic, type TestReply, type TestService } from './service.ts';
import type { TestClient } from './clients.ts';
import { rsaPair } from './rsa-pairs.ts';

export const TOKEN = '/jans-auth/restv1/token';
export const INTROSPECTION = '/jans-auth/restv1/introspection';
export const REVOKE = '/jans-auth/restv1/revoke';
export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const REFUSED = { error: 'invalid_client', error_description: 'client authentication failed' };

/** What the log says about why the last request was refused. */
export function refusalReason(service: TestService): unknown {
  const lines = service.logLines.slice(-3).map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.findLast((line) => 'reason' in line)?.['reason'];
}

/** A token request with HTTP Basic. */
export const withBasic = (
  service: TestService,
  client: TestClient,
  form: Record<string, string> = {},
): Promise<TestReply> => askToken(service, { headers: basic(client.inum, client.clientSecret), form });

/** A token request with the secret in the form. */
export const withPost = (
  service: TestService,
  client: TestClient,
  form: Record<string, string> = {},
): Promise<TestReply> =>
  askToken(service, { form: { client_id: client.inum, client_secret: client.clientSecret, ...form } });

/** A token request with a client assertion. */
export const withAssertion = (
  service: TestService,
  assertion: string,
  form: Record<string, string> = {},
): Promise<TestReply> =>
  askToken(service, { form: { client_assertion_type: JWT_BEARER, client_assertion: assertion, ...form } });

function askToken(service: TestService, { form, headers = {} }: AskOptions): Promise<TestReply> {
  return service.request('POST', TOKEN, { headers, form: { grant_type: 'client_credentials', ...form } });
}

interface AskOptions {
  readonly form: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** The access token that a client gets. */
export async function tokenOf(
  service: TestService,
  client: TestClient,
  form: Record<string, string> = {},
): Promise<string> {
  const reply = await withBasic(service, client, form);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.body.access_token as string;
}

export const claimsOf = (token: string): JWTPayload =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;
export const headerOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;

export interface ClientKey {
  readonly privateKey: KeyObject;
  /** The public half, with its kid. */
  readonly jwk: JsonWebKey & { kid: string };
}

export function newClientKey(kid: string = randomUUID()): ClientKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}

const CURVES: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** A key pair that signs with this algorithm (RFC 7518 section 3.1, RFC 8037). */
export function pairFor(alg: string): { publicKey: KeyObject; privateKey: KeyObject } {
  if (alg.startsWith('Ed')) return generateKeyPairSync('ed25519');
  const namedCurve = CURVES[alg];
  return namedCurve === undefined ? rsaPair(alg) : generateKeyPairSync('ec', { namedCurve });
}

export const keySet = (...keys: ClientKey[]): string => JSON.stringify({ keys: keys.map((key) => key.jwk) });

export interface AssertionVerifierNeeds {
  readonly key: KeyObject | Uint8Array;
  readonly alg?: string;
  readonly kid?: string;
  readonly typ?: string;
  /** Claims that differ; one that is undefined is left out. */
  readonly claims?: Record<string, unknown>;
}

/** A client assertion as it should be (RFC 7523 section 3), apart from what `options` changes. */
export function assertionOf(service: TestService, inum: string, options: AssertionVerifierNeeds): Promise<string> {
  const { key, alg = 'ES256', kid, typ, claims = {} } = options;
  const now = Math.floor(service.clock.now() / 1_000);
  const usual = { iss: inum, sub: inum, aud: service.url, jti: randomUUID(), iat: now, exp: now + 60 };
  const header = { alg, ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }) };
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader(header).sign(key);
}

/** The newest of the service's own signing keys, to forge tokens that only their claims give away. */
export async function ownSigningKey(service: TestService): Promise<{ kid: string; privateKey: KeyObject }> {
  const stored = (await service.work.read(({ signingKeys }) => signingKeys.all())).at(-1);
  if (stored === undefined) throw new Error('there is no signing key');
  const place = { purpose: 'signing key', row: stored.kid, column: 'signing_keys.private_jwk' };
  const jwk = JSON.parse(service.ground.ring.decrypt(stored.privateJwk, place)) as JsonWebKey;
  return { kid: stored.kid, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) };
}
