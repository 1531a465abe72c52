import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import type { ClientKeys } from '../../clients/rules/client-keys.ts';
import { timestamp } from '../../shared/clock.ts';
import { checkHygiene } from '../../shared/log/hygiene.ts';
import { sha256 } from '../../shared/ids.ts';
import { isTyped } from '../../shared/keys/jwt-type.ts';
import { errorFields, type Log } from '../../shared/log/log.ts';
import { OAuthProblem, Problem } from '../../shared/problem.ts';
import { isTextInJwt } from '../../shared/contract/text.ts';
import type { Meters } from '../../shared/meters.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { StatementIssuer } from '../../shared/statement-issuer.ts';
import type { Metadata } from '../metadata/registration.mapping.ts';
import type { RegistrationPolicy } from '../policy/registration.policy.ts';
import type { RegistrationStores } from '../registration.stores.ts';
import type { StoredStatement } from './software-statement.store.ts';
import { ALGORITHMS, signatureFault } from './signature.ts';
import { statementKeys, type Presented } from './statement.keys.ts';

/** A software statement that was found good. */
export interface VerifiedStatement extends Pick<StatementIssuer, 'issuer' | 'grantedScopes' | 'allowedClaims'> {
  readonly metadata: Metadata;
  /** SHA-256 of its text. */
  readonly digest: string;
  /** Whether the registration has it already, verified then. */
  readonly stands: boolean;
  /** The record of a statement of our own, which the registration uses. */
  readonly own?: StoredStatement;
}

export interface StatementVerifierNeeds {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly log: Log;
  readonly meters: Meters;
  /** Our own issuer. */
  readonly issuer: string;
  readonly statementIssuers: readonly StatementIssuer[];
  /** Finds the keys of an issuer. */
  readonly keys: ClientKeys;
  readonly policy: RegistrationPolicy;
}

/**
 * Verifies a software statement (RFC 7591 section 2.3). `stands` says that the client is registered with it already:
 * then it is not verified again, and only its issuer must still be approved. Throws `unapproved_software_statement`
 * or `invalid_software_statement`.
 */
export type VerifyStatement = (text: string, at: Presented) => Promise<VerifiedStatement>;

/** Claims about the statement itself, and what a statement cannot hold. */
const NOT_METADATA = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'software_statement'];

export function statementVerifier(needs: StatementVerifierNeeds): VerifyStatement {
  const { work, log, meters, issuer: own, statementIssuers } = needs;
  const keysOf = statementKeys(needs);

  const invalid = (reason: string): OAuthProblem =>
    new OAuthProblem(400, 'invalid_software_statement', 'the software statement is not valid', { reason });

  const verifySignature = async (text: string, issuer: StatementIssuer, matter: Presented): Promise<void> => {
    const { now } = matter;
    const known = await keysOf(text, issuer, matter).catch((error: unknown) => {
      if (error instanceof OAuthProblem || error instanceof Problem) throw error;
      log.warn('keys of a statement issuer cannot be had', { issuer: issuer.issuer, ...errorFields(error) });
      throw invalid('the keys of its issuer cannot be had');
    });
    const measured = () => meters.signature('verify', 'software_statement');
    const fault = await signatureFault(text, known, { now, measured, issuer: issuer.issuer });
    if (fault !== undefined) throw invalid(fault);
  };

  const findOwn = async (text: string, { jti }: JWTPayload, now: number): Promise<StoredStatement> => {
    const found = await work.read((stores) => stores.statements.find(String(jti), timestamp(now)));
    // What is ours, we have made: every text that we signed is on record, also when its key is retired.
    if (found?.document.digests.includes(sha256(text)) !== true)
      throw invalid('it is unknown, used, revoked or expired');
    return found;
  };

  return async (text, at) => {
    const { now, stands } = at;
    if (!isTextInJwt(text)) throw invalid('it is not Unicode text');
    const { header, payload } = decoded(text) ?? {};
    if (payload === undefined || typeof payload.iss !== 'string') throw invalid('it is not a JWT with an issuer');
    if (!ALGORITHMS.includes(String(header?.alg))) throw invalid('its algorithm is not allowed');
    if (!isTyped(header?.typ, 'none', 'jwt')) throw invalid('its type is not that of a software statement');
    // RFC 7523 section 3: nobody but a client that authenticates names itself twice.
    if (payload.sub === payload.iss) throw invalid('it is a client assertion');
    const listed = statementIssuers.find(({ issuer }) => issuer === payload.iss);
    if (!isSound(payload)) throw invalid('it is nested too deeply or has a name that no member may have');
    if (listed === undefined && payload.iss !== own) throw unapproved(payload.iss);
    const issuer = listed ?? { issuer: own, grantedScopes: [] };
    const verified = { ...issuer, metadata: metadataIn(payload), digest: sha256(text), stands };
    if (stands) return verified;
    if (payload.iss === own) return { ...verified, own: await findOwn(text, payload, now) };
    if (payload.aud !== undefined && ![payload.aud].flat().includes(own)) throw invalid('it is for another server');
    await verifySignature(text, issuer, at);
    return verified;
  };
}

const unapproved = (issuer: string): OAuthProblem =>
  new OAuthProblem(400, 'unapproved_software_statement', 'the issuer of the software statement is not approved', {
    reason: `its issuer is not approved: ${issuer.slice(0, 200)}`,
  });

/** What a statement says becomes metadata, and is held to what holds for every body. */
function isSound(claims: JWTPayload): boolean {
  try {
    checkHygiene(claims);
    return true;
  } catch {
    return false;
  }
}

function decoded(text: string): { header: ProtectedHeaderParameters; payload: JWTPayload } | undefined {
  try {
    return { header: decodeProtectedHeader(text), payload: decodeJwt(text) };
  } catch {
    return undefined;
  }
}

const metadataIn = (payload: JWTPayload): Metadata =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => !NOT_METADATA.includes(name)));
