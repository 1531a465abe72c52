import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { mayUse, METHODS } from './rules.authentication.ts';
import { ADVICE, findTexts, textsOf, when, type Rule } from './rule.ts';
import { keyBytes, leastKeyBytes, SECRET_METHODS } from '../secrets/secret.policy.ts';
import { isWeb, parseUri } from './uri.ts';

const PAGES = ['clientUri', 'logoUri', 'policyUri', 'tosUri'] as const satisfies ClientPropertyPath[];

const has = (client: ClientDocument, grant: ClientDocument['grantTypes'][number]): boolean =>
  client.grantTypes.includes(grant);

/** 192 bits where the characters are random ones of base64url. */
const LEAST_SECRET = 32;
const MOST_KEY_BYTES = leastKeyBytes('HS512');

const statesNoAlgorithm = (client: ClientDocument): boolean =>
  client.clientSecret !== undefined &&
  mayUse(client, 'client_secret_jwt') &&
  client.tokenEndpointAuthSigningAlg === undefined;

/** What is allowed and better avoided. */
export const ADVICE_RULES: readonly Rule[] = [
  {
    id: 'no-implicit-grant',
    reference: 'RFC 9700 section 2.1.2',
    properties: ['grantTypes', 'responseTypes'],
    doors: ADVICE,
    sentence: 'should not hold implicit, nor responseTypes token: access tokens would pass through the browser',
    find: (client) =>
      when(has(client, 'implicit') || (client.responseTypes ?? []).some((type) => type.split(' ').includes('token'))),
  },
  {
    id: 'public-client-uses-pkce',
    reference: 'RFC 9700 section 2.1.1',
    properties: ['attributes.requirePkce', 'grantTypes', ...METHODS],
    doors: ADVICE,
    sentence: 'should be true: nothing else protects the codes of a public client',
    find: (client) =>
      when(mayUse(client, 'none') && has(client, 'authorization_code') && !client.attributes.requirePkce),
  },
  {
    id: 'exact-redirect-uris',
    reference: 'RFC 9700 section 2.1',
    properties: ['attributes.redirectUrisRegex'],
    doors: ADVICE,
    sentence: 'should be left out: redirect URIs are compared character by character',
    find: (client) => when(client.attributes.redirectUrisRegex !== undefined),
  },
  {
    id: 'no-wildcard-in-redirect-uri',
    reference: 'RFC 9700 section 2.1',
    properties: ['redirectUris', 'claimRedirectUris', 'postLogoutRedirectUris'],
    doors: ADVICE,
    sentence: 'should have no *, which stands for itself only',
    find: (client) =>
      findTexts(textsOf(client, ['redirectUris', 'claimRedirectUris', 'postLogoutRedirectUris']), (text) =>
        text.includes('*'),
      ),
  },
  {
    id: 'sender-constrained-refresh-tokens',
    reference: 'RFC 9700 section 2.2.2',
    properties: ['attributes.dpopBoundAccessToken', 'grantTypes', ...METHODS],
    doors: ADVICE,
    sentence: 'should be true, unless the server rotates refresh tokens: anyone can use those of a public client',
    find: (client) =>
      when(mayUse(client, 'none') && has(client, 'refresh_token') && !client.attributes.dpopBoundAccessToken),
  },
  {
    id: 'bound-tokens-need-proofs',
    reference: 'RFC 9449 section 5.2',
    properties: ['attributes.dpopBoundAccessToken', 'grantTypes'],
    doors: ADVICE,
    sentence:
      'should be true only where the client sends DPoP proofs: the built-in token endpoint refuses it without one',
    find: (client) => when(client.attributes.dpopBoundAccessToken && has(client, 'client_credentials')),
  },
  {
    id: 'asymmetric-authentication',
    reference: 'RFC 9700 section 2.5',
    properties: METHODS,
    doors: ADVICE,
    sentence: 'should be private_key_jwt or a TLS method, for which the server holds no secret of the client',
    find: (client) => when(mayUse(client, ...SECRET_METHODS)),
  },
  {
    id: 'secret-is-long',
    reference: 'RFC 6749 section 10.10',
    properties: ['clientSecret'],
    doors: ADVICE,
    sentence: `should have ${LEAST_SECRET} random characters or more, or be left out: one is made then`,
    find: ({ clientSecret }) => when(clientSecret !== undefined && clientSecret.length < LEAST_SECRET),
  },
  {
    id: 'secret-is-a-key-of-any-hash',
    reference: 'RFC 7518 section 3.2',
    properties: ['clientSecret', 'tokenEndpointAuthSigningAlg', ...METHODS],
    doors: ADVICE,
    sentence: 'should have 64 characters: no algorithm is stated for client_secret_jwt, and each wants its hash length',
    find: (client) => when(statesNoAlgorithm(client) && keyBytes(client.clientSecret ?? '') < MOST_KEY_BYTES),
  },
  {
    id: 'pages-on-own-host',
    reference: 'RFC 7591 section 5',
    properties: [...PAGES, 'redirectUris'],
    doors: ADVICE,
    sentence: 'should be on the host of a redirect URI: a client could pass for another one',
    find: (client) => {
      const hosts = (client.redirectUris ?? [])
        .map(parseUri)
        .filter(isWeb)
        .map((uri) => uri?.host);
      const isBroken = (text: string): boolean => hosts.length > 0 && !hosts.includes(parseUri(text)?.host);
      return findTexts(textsOf(client, PAGES), isBroken, ['redirectUris']);
    },
  },
  {
    id: 'contacts-are-addresses',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: ['contacts'],
    doors: ADVICE,
    sentence: 'should be e-mail addresses',
    find: (client) => findTexts(textsOf(client, ['contacts']), (text) => !/^[^\s@]+@[^\s@]+$/.test(text)),
  },
];
