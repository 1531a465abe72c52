import { isAdministrationScope, presentName } from '../shared/contract/administration-scopes.ts';
import { tokenSeconds } from '../clients/client.state.ts';
import { wireDate, type Clock } from '../shared/clock.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { OAuthProblem } from '../shared/problem.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { tokenType, type AccessTokenClaims } from './access-token.ts';
import type { Binding } from './token-binding.ts';
import type { AuthenticatedClient } from './authentication/client-authentication.ts';
import { invalidRequest, type FormParameters } from './form.ts';
import type { IssuerStores } from './issuer.stores.ts';
import { tokenPrefixOf } from '../shared/incarnation.ts';
import type { SigningKeys } from './keys/signing-keys.ts';

export interface TokenServiceNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly clock: Clock;
  readonly keys: SigningKeys;
  readonly newTokenId: () => string;
  readonly issuer: string;
  readonly audience: string;
  /** Lifetime in seconds of the tokens of clients that have none of their own. */
  readonly accessTokenTtl: number;
}

export interface TokenService {
  /**
   * Issues an access token for the client credentials grant (RFC 6749 section 4.4). Throws an OAuth error when the
   * grant is unknown or not the client's, or the resource is neither this API nor one of the client's (RFC 8707). It
   * is bound to the key that `bind` finds, where there is one (RFC 9449 section 6.1): a proof is looked at, and spent, for
   * a token only that the client can have.
   */
  issue(client: AuthenticatedClient, form: FormParameters, bind: () => Promise<Binding>): Promise<IssuedToken>;
}

export interface IssuedToken {
  readonly body: Schemas['TokenReply'];
  readonly headers: Binding['headers'];
}

const GRANT = 'client_credentials';

export function tokenService(needs: TokenServiceNeeds): TokenService {
  const { work, clock, keys, newTokenId, issuer, audience, accessTokenTtl } = needs;
  return {
    async issue(client, form, bind) {
      requireGrant(client, form.one('grant_type'));
      const aud = resourceOf(client, form.one('resource'), audience);
      const { inum } = client.document;
      const scopes = await work.read((stores) => stores.clients.scopeIds(inum, wireDate(clock.now())));
      // Nothing opens administration but what is for this API.
      const usable = aud === audience ? scopes : scopes.filter((name) => !isAdministrationScope(name));
      const granted = grantedScopes(usable, form.one('scope'));
      const scope = granted.length === 0 ? {} : { scope: granted.join(' ') };
      const { jkt, headers } = await bind();
      const lifetime = tokenSeconds(client.document, accessTokenTtl);
      const iat = Math.floor(clock.now() / 1_000);
      const claims: AccessTokenClaims = {
        iss: issuer,
        sub: inum,
        client_id: inum,
        aud,
        iat,
        exp: iat + lifetime,
        jti: `${tokenPrefixOf(client)}${newTokenId()}`,
        ...scope,
        ...(jkt !== undefined && { cnf: { jkt } }),
      };
      const type = tokenType(claims);
      const body = { access_token: await keys.signToken(claims), token_type: type, expires_in: lifetime, ...scope };
      return { body, headers };
    },
  };
}

function requireGrant({ document, method }: AuthenticatedClient, grant: string | undefined): void {
  if (grant === undefined) throw invalidRequest('grant_type is missing');
  if (grant !== GRANT) throw new OAuthProblem(400, 'unsupported_grant_type', `the only grant is ${GRANT}`);
  if (method === 'none') throw new OAuthProblem(400, 'unauthorized_client', 'a public client has no credentials');
  if (!document.grantTypes.includes(GRANT)) {
    throw new OAuthProblem(400, 'unauthorized_client', 'the client may not use this grant');
  }
}

/** What the token is for (RFC 8707 section 2): this API, or one of those that the client may have tokens for. */
function resourceOf({ document }: AuthenticatedClient, resource: string | undefined, audience: string): string {
  const resources = [audience, ...document.attributes.additionalAudience];
  if (resource === undefined || resources.includes(resource)) return resource ?? audience;
  throw new OAuthProblem(400, 'invalid_target', `the resource must be one of ${resources.join(', ')}`);
}

/** The scopes of the client, or those of them that it asks for, under either name. */
function grantedScopes(scopes: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined) return scopes;
  const names = new Set(asked.split(' ').flatMap((scope) => [scope, presentName(scope)]));
  const granted = scopes.filter((scope) => names.has(scope));
  // A reply without `scope` would say that all of them are granted (RFC 6749 section 5.1).
  if (granted.length === 0) throw new OAuthProblem(400, 'invalid_scope', 'the client has none of these scopes');
  return granted;
}
