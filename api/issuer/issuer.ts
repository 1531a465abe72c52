import type { SecretCodec } from '../clients/secrets/secret.codec.ts';
import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import { randomSecret } from '../shared/ids.ts';
import type { KeyRing } from '../shared/keys/key-ring.ts';
import type { Log } from '../shared/log/log.ts';
import type { Meters } from '../shared/meters.ts';
import type { Handlers, Reply, Schemas } from '../shared/contract/operation.ts';
import type { Dpop } from '../shared/dpop/proof.ts';
import { BATCH } from '../shared/sweep.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Limits } from '../shared/limits/limits.ts';
import type { Limit } from '../shared/limits/window-counter.ts';
import { tokenReader } from './access-token.ts';
import { attemptLimiter } from './authentication/attempt-limiter.ts';
import { assertionVerifier } from './authentication/client-assertion.ts';
import { clientAuthentication, type AuthenticateClient } from './authentication/client-authentication.ts';
import type { ClientKeys } from '../clients/rules/client-keys.ts';
import type { AuthorizationServer } from '../shared/authorization-server.ts';
import { builtInMetadata, issuerMetadata, protectedResourceMetadata, type Discovered } from './metadata/discovery.ts';
import { builtInIssuerId, endpointsOf } from '../shared/endpoints.ts';
import {
  absentIssuerHandlers,
  CACHED,
  issuerHandlers,
  noBuiltInIssuer,
  type IssuerHandlers,
} from './issuer.handlers.ts';
import type { IssuerStores } from './issuer.stores.ts';
import { signingKeys, type SigningKeys, type SigningKeysNeeds } from './keys/signing-keys.ts';
import { tokenBinding } from './token-binding.ts';
import { tokenControlService } from './token-control.service.ts';
import { cachedTokenStatus, tokenStatus, type TokenStatus } from './token-status.ts';
import { tokenService } from './token.service.ts';
import { useRecorder, type UseRecorder } from './use-recorder.ts';

export interface BuiltInIssuerNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly clock: Clock;
  readonly ring: KeyRing;
  readonly newKeyPair?: SigningKeysNeeds['newKeyPair'];
  readonly codec: SecretCodec;
  readonly log: Log;
  readonly meters: Meters;
  readonly dpop: Dpop;
  /** Finds the keys of clients. */
  readonly clientKeys: ClientKeys;
  /** The public base URL, which the addresses are made from. */
  readonly base: string;
  /** The authorization server of the deployment, where metadata tell about one. */
  readonly server?: AuthorizationServer;
  /** The audience of its tokens: this API. */
  readonly audience: string;
  /** Lifetime of a token in seconds, where the client has none of its own. */
  readonly accessTokenTtl: number;
  /** Whether clients can register themselves. */
  readonly registration: boolean;
  /** Whether there is a built-in authorization server at all. */
  readonly enabled: boolean;
  /** The other issuers whose tokens this API takes, for its metadata. */
  readonly trustedIssuers: readonly { readonly issuer: string }[];
  readonly rateLimit: Limit;
  readonly limits: Limits;
}

type MetadataOperation =
  'openid-configuration' | 'oauth-authorization-server' | 'builtin-openid-configuration' | 'oauth-protected-resource';

export interface BuiltInIssuer {
  /** The identifier of the issuer. */
  readonly id: string;
  /** The issuers whose tokens are taken, with its own where it issues any. */
  readonly issuers: readonly string[];
  readonly handlers: IssuerHandlers & Pick<Handlers, MetadataOperation>;
  /** The public half of a signing key of ours, for verifying tokens in process. */
  readonly ownKey: SigningKeys['publicKey'];
  /** Signs claims as a JWT that is no access token. Left out where there is no built-in authorization server. */
  readonly sign?: (claims: object) => Promise<string>;
  /** Whether a token of ours and its client are still good; an answer is a second old at most. */
  readonly callerStatus: TokenStatus;
  /** Makes the first signing key. Rejects when the keys cannot be read or decrypted. */
  readonly ready: () => Promise<void>;
  /** Rotates the keys when it is time, and removes assertions and revocations that have run out. Returns whether all are. */
  readonly sweep: () => Promise<boolean>;
  /** Writes what is noted of the tokens of a client. */
  readonly flush: (inum: string) => Promise<void>;
  /** Resolves when nothing is left to be written after replies. */
  readonly idle: () => Promise<void>;
}

/** The built-in authorization server, put together. */
export function builtInIssuer(needs: BuiltInIssuerNeeds): BuiltInIssuer {
  const { work, ring, newKeyPair, clock, log, meters, audience, enabled } = needs;
  const issuer = builtInIssuerId(needs.base, needs.server);
  const keys = signingKeys({ work, ring, clock, meters, ...(newKeyPair && { newKeyPair }) });
  const status = tokenStatus({ work, clock });
  const uses = useRecorder({ work, clock, log });
  const issuers = [...(enabled ? [issuer] : []), ...needs.trustedIssuers.map((trusted) => trusted.issuer)];
  const metadata = protectedResourceMetadata(audience, issuers);
  return {
    id: issuer,
    issuers,
    handlers: {
      ...(enabled ? presentHandlers(needs, { keys, status, uses }) : absentIssuerHandlers()),
      ...metadataHandlers(needs, issuer),
      'oauth-protected-resource': () => Promise.resolve({ status: 200, body: metadata }),
    },
    ownKey: (kid) => keys.publicKey(kid),
    ...(enabled && { sign: (claims: object) => keys.signToken(claims, 'JWT') }),
    callerStatus: cachedTokenStatus(status, clock, meters),
    ready: async () => {
      if (enabled) await keys.published();
    },
    sweep: async () => {
      if (enabled) await keys.published();
      const now = timestamp(clock.now());
      const assertions = await work.write((stores) => stores.usedAssertions.removeExpired(now, BATCH));
      const revoked = await work.write((stores) => stores.revokedTokens.removeExpired(now, BATCH));
      const issued = await work.write((stores) => stores.issuedTokens.removeExpired(now, BATCH));
      return assertions < BATCH && revoked < BATCH && issued < BATCH;
    },
    flush: (inum) => uses.flush(inum),
    idle: () => uses.idle(),
  };
}

interface Parts {
  readonly keys: SigningKeys;
  readonly status: TokenStatus;
  readonly uses: UseRecorder;
}

function presentHandlers(needs: BuiltInIssuerNeeds, { keys, status, uses }: Parts): IssuerHandlers {
  const { work, clock, meters, audience, accessTokenTtl } = needs;
  const issuer = builtInIssuerId(needs.base, needs.server);
  const read = tokenReader({ keys, clock, meters, issuer });
  return issuerHandlers({
    endpoints: endpointsOf(needs.base),
    keys,
    uses,
    authenticate: authentication(needs),
    binding: tokenBinding(needs.dpop),
    tokens: tokenService({ work, clock, keys, newTokenId: randomSecret, issuer, audience, accessTokenTtl }),
    control: tokenControlService({ work, read, status }),
  });
}

/** The metadata of the issuer at the base URL, and of the built-in one, as far as there are any. */
function metadataHandlers({ work, base, server, registration, enabled }: BuiltInIssuerNeeds, issuer: string) {
  const reply =
    (exists: boolean, make: (discovered: Discovered) => Schemas['AuthorizationServerMetadata']) =>
    async (): Promise<Reply<'openid-configuration'>> => {
      if (!exists) throw noBuiltInIssuer();
      const advertised = await work.read((stores) => stores.scopes.registrable());
      const scopes = advertised.map(({ id }) => id).filter((id) => !isAdministrationScope(id));
      return { status: 200, body: make({ base, registration, scopes }), headers: CACHED };
    };
  const main = reply(enabled || server !== undefined, (discovered) => issuerMetadata(server, discovered));
  return {
    'openid-configuration': main,
    'oauth-authorization-server': main,
    'builtin-openid-configuration': reply(enabled, (discovered) => builtInMetadata(issuer, discovered)),
  };
}

function authentication({ work, clock, codec, meters, ...needs }: BuiltInIssuerNeeds): AuthenticateClient {
  const { base, clientKeys: keys, rateLimit } = needs;
  const issuer = builtInIssuerId(base, needs.server);
  const audiences = [issuer, endpointsOf(base).token];
  return clientAuthentication({
    work,
    clock,
    codec,
    verifyAssertion: assertionVerifier({ work, clock, codec, keys, meters, audiences }),
    limiter: attemptLimiter(rateLimit, needs.limits),
    realm: issuer,
  });
}
