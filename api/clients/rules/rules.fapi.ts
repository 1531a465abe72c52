import type { ClientDocument } from '../document/client.document.ts';
import { SIGNING_MEMBERS } from './rules.algorithms.ts';
import { mayUse, METHODS } from './rules.authentication.ts';
import { keysOf } from './rules.keys.ts';
import { ADVICE, findTexts, textsOf, when, type Finding, type Rule } from './rule.ts';
import { isHttps, isLoopback, isWeb, parseUri } from './uri.ts';

const METHODS_OF_PROFILE = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'];
const ALGORITHMS_OF_PROFILE = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];
/** 0 means it as well. */
const DEFAULT_PAR_LIFETIME = 600;

const usesCode = (client: ClientDocument): boolean => client.grantTypes.includes('authorization_code');

/** A row of the FAPI 2.0 Security Profile, which a client may follow or not. */
function row(section: string, rule: Omit<Rule, 'reference' | 'doors' | 'profile'>): Rule {
  return { ...rule, reference: `FAPI 2.0 Security Profile section ${section}`, doors: ADVICE, profile: 'fapi2' };
}

/** What the FAPI 2.0 Security Profile asks of a client, as far as its record shows. */
export const FAPI_RULES: readonly Rule[] = [
  row('5.3.2.1', {
    id: 'fapi-confidential-client',
    properties: METHODS,
    sentence: 'should not be none: only confidential clients',
    find: (client) => when(mayUse(client, 'none')),
  }),
  row('5.3.2.1', {
    id: 'fapi-authentication',
    properties: METHODS,
    sentence: `should be one of ${METHODS_OF_PROFILE.join(', ')}`,
    find: (client) =>
      when(client.allAuthenticationMethods.some((method) => !['none', ...METHODS_OF_PROFILE].includes(method))),
  }),
  row('5.3.2.1', {
    id: 'fapi-sender-constrained-tokens',
    properties: ['attributes.dpopBoundAccessToken', ...METHODS],
    sentence: 'should be true, unless the server binds tokens to the certificate that the client authenticates with',
    find: (client) => {
      const hasCertificate = mayUse(client, 'tls_client_auth', 'self_signed_tls_client_auth');
      return when(!client.attributes.dpopBoundAccessToken && !hasCertificate);
    },
  }),
  row('5.3.2.2', {
    id: 'fapi-response-type',
    properties: ['responseTypes'],
    sentence: 'should be code only',
    find: (client) => findTexts(textsOf(client, ['responseTypes']), (type) => type !== 'code'),
  }),
  row('5.3.2.2', {
    id: 'fapi-pushed-requests',
    properties: ['attributes.requirePar', 'grantTypes'],
    sentence: 'should be true for the authorization code flow',
    find: (client) => when(usesCode(client) && !client.attributes.requirePar),
  }),
  row('5.3.2.2', {
    id: 'fapi-pushed-request-lifetime',
    properties: ['attributes.parLifetime', 'grantTypes'],
    sentence: 'should be less than 600 seconds for the authorization code flow',
    find: (client) =>
      when(usesCode(client) && (client.attributes.parLifetime || DEFAULT_PAR_LIFETIME) >= DEFAULT_PAR_LIFETIME),
  }),
  row('5.3.2.2', {
    id: 'fapi-pkce',
    properties: ['attributes.requirePkce', 'grantTypes'],
    sentence: 'should be true for the authorization code flow',
    find: (client) => when(usesCode(client) && !client.attributes.requirePkce),
  }),
  row('5.3.2.2', {
    id: 'fapi-redirect-uri',
    properties: ['redirectUris', 'applicationType'],
    sentence: 'should be https URIs or, for a native client, http on a loopback address',
    find: (client) => {
      const isBroken = (text: string): boolean => {
        const uri = parseUri(text);
        return !isHttps(uri) && !(client.applicationType === 'native' && isWeb(uri) && isLoopback(uri));
      };
      return findTexts(textsOf(client, ['redirectUris']), isBroken, ['applicationType']);
    },
  }),
  row('5.4.1', {
    id: 'fapi-algorithms',
    properties: SIGNING_MEMBERS,
    sentence: `should be one of ${ALGORITHMS_OF_PROFILE.join(', ')}`,
    find: (client) => findTexts(textsOf(client, SIGNING_MEMBERS), (alg) => !ALGORITHMS_OF_PROFILE.includes(alg)),
  }),
  row('5.4.2', {
    id: 'fapi-keys-by-reference',
    properties: ['jwks'],
    sentence: 'should be replaced by jwksUri, where keys can be changed without a change to the client',
    find: (client) => when(client.jwks !== undefined),
  }),
  row('5.4.2', {
    id: 'fapi-no-key-addresses',
    properties: ['jwks'],
    sentence: 'should not have x5u in its keys',
    find: (client) =>
      keysOf(client).flatMap((key, index): Finding[] => ('x5u' in key ? [{ detail: `key ${index} has it` }] : [])),
  }),
];
