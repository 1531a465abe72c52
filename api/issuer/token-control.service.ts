import { timestamp } from '../shared/clock.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { tokenType, type ReadAccessToken } from './access-token.ts';
import { invalidRequest, type FormParameters } from './form.ts';
import type { IssuerStores } from './issuer.stores.ts';
import type { TokenStatus } from './token-status.ts';

export interface TokenControlNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly read: ReadAccessToken;
  readonly status: TokenStatus;
}

export interface TokenControlService {
  /** Says whether a token can be used now, and what is in it (RFC 7662 section 2.2). */
  introspect(form: FormParameters): Promise<Schemas['IntrospectionReply']>;
  /** Revokes a token that was issued to this client; any other token stays as it is (RFC 7009 section 2.1). */
  revoke(clientId: string, form: FormParameters): Promise<void>;
}

/** Verifiers take a token for half a minute longer than it lives, and their clocks differ: in milliseconds. */
const MARGIN = 120_000;

export function tokenControlService({ work, read, status }: TokenControlNeeds): TokenControlService {
  return {
    async introspect(form) {
      const claims = await read(tokenOf(form));
      if (claims === undefined) return { active: false };
      const { client_id: clientId, jti } = claims;
      if ((await status({ clientId, jti })) === undefined) return { active: false };
      return { active: true, token_type: tokenType(claims), ...claims };
    },
    async revoke(clientId, form) {
      const claims = await read(tokenOf(form));
      if (claims === undefined || claims.client_id !== clientId) return;
      const { jti, exp } = claims;
      await work.write(({ revokedTokens }) => revokedTokens.revoke(jti, timestamp(exp * 1_000 + MARGIN)));
    },
  };
}

function tokenOf(form: FormParameters): string {
  const token = form.one('token');
  if (token === undefined) throw invalidRequest('token is missing');
  return token;
}
