import { OPERATIONS } from '../../openapi/operations.gen.ts';
import type { Dpop } from '../shared/dpop/proof.ts';
import { OAuthProblem } from '../shared/problem.ts';
import type { AuthenticatedClient } from './authentication/client-authentication.ts';

/** What a token is bound to, and the headers of the reply to a request with a proof. */
export interface Binding {
  /** The thumbprint of the key that the request was proved with. */
  readonly jkt?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Finds the key that a token is to be bound to (RFC 9449 section 5). Throws 400 when the proof of the request is not good,
 * or there is none and the client has bound tokens only.
 */
export type BindToken = (client: AuthenticatedClient, proof: string | undefined) => Promise<Binding>;

const TOKEN = OPERATIONS.find(({ id }) => id === 'token')?.path ?? '';

export function tokenBinding({ check, headers }: Dpop): BindToken {
  return async ({ document }, proof) => {
    if (proof === undefined && !document.attributes.dpopBoundAccessToken) return { headers: {} };
    const verdict = await check({ proof, method: 'POST', path: TOKEN });
    if (!('fault' in verdict)) return { jkt: verdict.jkt, headers: headers() };
    const why = proof === undefined ? 'the tokens of this client are bound to a key: send a DPoP proof' : verdict.fault;
    throw new OAuthProblem(400, verdict.error, why, { headers: headers() });
  };
}
