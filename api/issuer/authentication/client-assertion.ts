import { decodeProtectedHeader, jwtVerify, type CryptoKey, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { ClientDocument } from '../../clients/document/client.document.ts';
import { leastKeyBytes } from '../../clients/secrets/secret.policy.ts';
import type { SecretCodec } from '../../clients/secrets/secret.codec.ts';
import type { StoredSecret } from '../../clients/secrets/secret.store.ts';
import { timestamp, type Clock } from '../../shared/clock.ts';
import { sha256 } from '../../shared/ids.ts';
import { isFromFuture } from '../../shared/keys/issued-at.ts';
import { isTyped } from '../../shared/keys/jwt-type.ts';
import type { Meters } from '../../shared/meters.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { ASSERTION_ALGORITHMS, isSameAlgorithm } from '../../shared/keys/signature-algorithms.ts';
import type { ClientKeys } from '../../clients/rules/client-keys.ts';
import type { IssuerStores } from '../issuer.stores.ts';

export interface AssertionVerifierNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly clock: Clock;
  readonly codec: SecretCodec;
  readonly keys: ClientKeys;
  readonly meters: Meters;
  /** What an assertion may be addressed to, besides the endpoint that is called. */
  readonly audiences: readonly string[];
}

export interface PresentedAssertion {
  readonly client: ClientDocument;
  readonly secrets: readonly StoredSecret[];
  readonly assertion: string;
  /** The endpoint that is called. */
  readonly endpoint: string;
}

/** How an assertion was judged: by the secret that it is signed with, if it is one, or why it is refused (for the log). */
export type AssertionVerdict = { readonly secretId?: string } | { readonly reason: string };

export const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'];
export const KEY_ALGORITHMS: string[] = [...ASSERTION_ALGORITHMS];

/** Plain JWTs, and how drafts after RFC 7523 mark client assertions. */
const TYPES = ['none', 'jwt', 'client-authentication+jwt'];
/** Tolerance for clocks, in seconds. */
const SKEW = 30;
/** How far ahead an assertion may expire, in seconds: its id is kept for so long. */
const MOST_AHEAD = 3_600;

interface CandidateKey {
  readonly key: CryptoKey | Uint8Array;
  readonly secretId?: string;
}

/** The authentication method that an assertion belongs to by its algorithm, or undefined when it belongs to none. */
export function assertionMethod(assertion: string): 'client_secret_jwt' | 'private_key_jwt' | undefined {
  const alg = headerOf(assertion)?.alg ?? '';
  if (SECRET_ALGORITHMS.includes(alg)) return 'client_secret_jwt';
  return KEY_ALGORITHMS.includes(alg) ? 'private_key_jwt' : undefined;
}

function headerOf(assertion: string): ReturnType<typeof decodeProtectedHeader> | undefined {
  try {
    return decodeProtectedHeader(assertion);
  } catch {
    return undefined;
  }
}

/** Verifies client assertions (RFC 7523 section 3). Each can be used once. */
export function assertionVerifier(
  needs: AssertionVerifierNeeds,
): (presented: PresentedAssertion) => Promise<AssertionVerdict> {
  const { work, clock, codec, keys: keysOf } = needs;

  const candidatesOf = async ({ client, secrets: stored, assertion }: PresentedAssertion): Promise<CandidateKey[]> => {
    if (assertionMethod(assertion) === 'private_key_jwt')
      return (await keysOf(client, headerOf(assertion) ?? {})).map((key) => ({ key }));
    const live = stored.filter((secret) => secret.kind === 'encrypted' && codec.isLive(secret));
    const keys = live.map((secret) => ({ secretId: secret.id, key: Buffer.from(codec.reveal(client.inum, secret)) }));
    // A client that states its algorithm was refused short keys then, or is older than the rule and goes on.
    if (client.tokenEndpointAuthSigningAlg !== undefined) return keys;
    const least = leastKeyBytes(headerOf(assertion)?.alg);
    const usable = keys.filter(({ key }) => key.length >= least);
    if (usable.length === 0 && keys.length > 0) throw new Error('the secret is shorter than the hash');
    return usable;
  };

  const demandsOn = ({ client, assertion, endpoint }: PresentedAssertion): JWTVerifyOptions => {
    const possible = assertionMethod(assertion) === 'client_secret_jwt' ? SECRET_ALGORITHMS : KEY_ALGORITHMS;
    const pinned = client.tokenEndpointAuthSigningAlg;
    return {
      algorithms: pinned === undefined ? possible : possible.filter((alg) => isSameAlgorithm(alg, pinned)),
      issuer: client.inum,
      subject: client.inum,
      audience: [...needs.audiences, endpoint],
      requiredClaims: ['exp', 'jti'],
      clockTolerance: SKEW,
      currentDate: new Date(clock.now()),
    };
  };

  const spend = async (client: ClientDocument, { jti, exp }: { jti: string; exp: number }): Promise<boolean> => {
    const digest = sha256(JSON.stringify([client.inum, jti]));
    const expiresAt = timestamp((exp + SKEW) * 1_000);
    return work.write(({ usedAssertions }) => usedAssertions.use(digest, expiresAt));
  };

  return async (presented) => {
    if (!isTyped(headerOf(presented.assertion)?.typ, ...TYPES))
      return { reason: 'its type is not that of a client assertion' };
    const candidates = await candidatesOf(presented).catch(
      (error: unknown) => `the keys cannot be had: ${error instanceof Error ? error.message : 'unknown'}`,
    );
    if (typeof candidates === 'string') return { reason: candidates };
    const end = needs.meters.signature('verify', 'client_assertion');
    const outcome = await verifyWithAny(presented.assertion, candidates, demandsOn(presented));
    end();
    if (typeof outcome === 'string') return { reason: outcome };
    const { jti, exp = 0 } = outcome.payload;
    if (isFromFuture(outcome.payload, clock.now())) return { reason: 'iat is in the future' };
    if (typeof jti !== 'string' || jti === '') return { reason: 'jti is not a text' };
    if (exp > clock.now() / 1_000 + MOST_AHEAD + SKEW)
      return { reason: `exp is more than ${MOST_AHEAD} seconds ahead` };
    if (!(await spend(presented.client, { jti, exp }))) return { reason: 'the assertion was used before' };
    return outcome.secretId === undefined ? {} : { secretId: outcome.secretId };
  };
}

/** Verifies with the first candidate that fits. Returns the payload with that secret's id, or why none did. */
async function verifyWithAny(
  assertion: string,
  candidates: readonly CandidateKey[],
  demands: JWTVerifyOptions,
): Promise<{ readonly payload: JWTPayload; readonly secretId?: string } | string> {
  let reason = 'there is no key for the assertion';
  for (const { key, secretId } of candidates) {
    try {
      const { payload } = await jwtVerify(assertion, key, demands);
      return { payload, ...(secretId !== undefined && { secretId }) };
    } catch (error) {
      reason = error instanceof Error ? error.message : 'the assertion is not valid';
    }
  }
  return reason;
}
