import type { Clock } from '../../shared/clock.ts';
import { sha256 } from '../../shared/ids.ts';
import { OAuthProblem } from '../../shared/problem.ts';
import type { Metadata } from '../metadata/registration.mapping.ts';
import type { PolicyRequest } from '../policy/registration.policy.ts';
import type { VerifySignedRequest } from './signed-request.ts';
import type { VerifiedStatement, VerifyStatement } from './statement.verifier.ts';

export interface VouchingNeeds {
  readonly clock: Clock;
  readonly verifyStatement: VerifyStatement;
  readonly verifySigned: VerifySignedRequest;
  /** Whether clients register with a software statement only. */
  readonly requireStatement: boolean;
  /** Whether they do with a signed request only. */
  readonly requireSigned: boolean;
}

/** What was sent, and what is known of who sends it. */
export interface Vouched {
  readonly body: Metadata;
  readonly request: PolicyRequest;
  /** The digests of the statements that were verified already. */
  readonly standing?: readonly (string | undefined)[];
  /** Whether its initial access token wants it signed. */
  readonly mustSign?: boolean | undefined;
}

/**
 * Verifies what speaks for the software that registers: its statement, which is returned, and the signature of the request by
 * the keys that the statement stands for. Throws OAuthProblem where one is wrong, or is needed and not there.
 */
export type Vouch = (vouched: Vouched) => Promise<VerifiedStatement | undefined>;

export function vouching(needs: VouchingNeeds): Vouch {
  return async ({ body, request, standing = [], mustSign = false }) => {
    const at = { now: needs.clock.now(), request, body };
    const isSigned = needs.requireSigned || mustSign;
    const { signed } = request;
    if (isSigned && signed === undefined)
      throw new OAuthProblem(400, 'invalid_client_metadata', 'send the metadata as a signed JWT (application/jwt)');
    const { software_statement: text } = body;
    const stands = typeof text === 'string' && standing.includes(sha256(text));
    const statement = typeof text === 'string' ? await needs.verifyStatement(text, { ...at, stands }) : undefined;
    if (signed !== undefined) await needs.verifySigned({ ...at, text: signed, statement, isBound: isSigned });
    if (statement !== undefined || !needs.requireStatement) return statement;
    throw new OAuthProblem(400, 'invalid_software_statement', 'clients register with a software statement only');
  };
}
