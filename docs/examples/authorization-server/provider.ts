import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider, { type Adapter, type Client, type Configuration, type JWK } from 'oidc-provider';
import { connect } from '../node/registry.ts';
import type { Credentials } from '../node/token.ts';
import { memoryAdapters } from './memory.ts';
import { registryClients, type FindClient } from './registry-clients.ts';
import { registrySecrets } from './registry-secrets.ts';
import { scopesByDn } from './scopes.ts';

// What this server offers.
const SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const GRANT_TYPES = ['authorization_code', 'refresh_token'];
/** Properties of the registry that this server acts by although oidc-provider does not know them. */
const EXTRA = ['require_pkce', 'access_token_lifetime', 'id_token_lifetime'];

/** An authorization server whose clients are those of a registry. Rejects when the registry cannot be asked. */
export async function authorizationServer(issuer: string, credentials: Credentials): Promise<Provider> {
  const registry = connect(credentials);
  const offer = { grantTypes: GRANT_TYPES, scopes: await scopesByDn(registry, SCOPES) };
  const find = registryClients({ registry, offer });
  const provider = new Provider(issuer, configuration(find));
  // region: provider
  const isSecretOf = registrySecrets(credentials.url);
  provider.Client.prototype.compareClientSecret = function (this: Client, presented) {
    return isSecretOf(this.clientId, presented, String(this.tokenEndpointAuthMethod));
  };
  // endregion
  return provider;
}

function configuration(find: FindClient): Configuration {
  const inMemory = memoryAdapters();
  return {
    // region: configuration
    adapter: (model) => (model === 'Client' ? clientAdapter(find) : inMemory(model)),
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    scopes: SCOPES,
    extraClientMetadata: { properties: EXTRA },
    pkce: {
      required: (_ctx, client) => client.tokenEndpointAuthMethod === 'none' || client['require_pkce'] === true,
    },
    ttl: {
      AccessToken: (_ctx, _token, client) => secondsOf(client['access_token_lifetime'], 300),
      IdToken: (_ctx, _token, client) => secondsOf(client['id_token_lifetime'], 300),
    },
    // endregion
    features: {
      // Its sign-in page takes any name and password. A deployment has pages of its own.
      devInteractions: { enabled: true },
      encryption: { enabled: true },
      jwtUserinfo: { enabled: true },
      requestObjects: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    // What needs the secret of the client in clear is left out: the registry does not show it.
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'ES256'],
      userinfoSigningAlgValues: ['RS256', 'ES256'],
      requestObjectSigningAlgValues: ['RS256', 'PS256', 'ES256'],
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256'],
      idTokenEncryptionAlgValues: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'],
      userinfoEncryptionAlgValues: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'],
    },
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: sub, email: `${sub}@example.com` }),
    }),
    // Made anew on each start, so that earlier sessions and tokens end. A deployment keeps them.
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [signingKey('RS256'), signingKey('ES256')] },
  };
}

const secondsOf = (value: unknown, usual: number): number => (typeof value === 'number' && value > 0 ? value : usual);

/** The registry is changed by administrators only: clients are found there and nothing else. */
function clientAdapter(find: FindClient): Adapter {
  const refuse = (): Promise<never> => Promise.reject(new Error('clients are changed in the registry'));
  return {
    find,
    upsert: refuse,
    destroy: refuse,
    consume: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    revokeByGrantId: refuse,
  };
}

function signingKey(alg: 'RS256' | 'ES256'): JWK {
  const { privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig' };
}
