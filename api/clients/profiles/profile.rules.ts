import type { ClientDocument } from '../document/client.document.ts';
import { mayUse, METHODS } from '../rules/rules.authentication.ts';
import { ADVICE, findTexts, textsOf, when, type Rule } from '../rules/rule.ts';
import { isHttps, isHttpsOrLoopback, isLoopback, isWeb, parseUri } from '../rules/uri.ts';

const usesCode = (client: ClientDocument): boolean => client.grantTypes.includes('authorization_code');

/** What a profile asks of a client and nothing else does: who follows none is not told. */
export const PROFILE_RULES = {
  confidentialPkce: {
    id: 'confidential-client-uses-pkce',
    reference: 'RFC 9700 section 2.1.1',
    properties: ['attributes.requirePkce', 'grantTypes', ...METHODS],
    doors: ADVICE,
    sentence: 'should be true, also where the client authenticates: a code of somebody else could be slipped in',
    find: (client) => when(usesCode(client) && !mayUse(client, 'none') && !client.attributes.requirePkce),
  },
  plainHttp: {
    id: 'no-plain-http-redirect-uri',
    reference: 'RFC 9700 section 2.6',
    properties: ['redirectUris', 'applicationType'],
    doors: ADVICE,
    sentence: 'should not be plain http, except for a native client on a loopback address',
    find: (client) => {
      const isBroken = (text: string): boolean => {
        const uri = parseUri(text);
        return isWeb(uri) && !isHttps(uri) && !(client.applicationType === 'native' && isLoopback(uri));
      };
      return findTexts(textsOf(client, ['redirectUris']), isBroken, ['applicationType']);
    },
  },
  httpsOrLoopback: {
    id: 'https-or-loopback-redirect-uri',
    reference: 'Model Context Protocol 2025-06-18, Authorization: Communication Security',
    properties: ['redirectUris'],
    doors: ADVICE,
    sentence: 'should be https URIs, or http on a loopback address',
    find: (client) => findTexts(textsOf(client, ['redirectUris']), (text) => !isHttpsOrLoopback(parseUri(text))),
  },
  boundAccessTokens: {
    id: 'sender-constrained-access-tokens',
    reference: 'RFC 9700 section 2.2.1',
    properties: ['attributes.dpopBoundAccessToken', ...METHODS],
    doors: ADVICE,
    sentence: 'should be true, unless the server binds tokens to the certificate that the client authenticates with',
    find: (client) =>
      when(
        !client.attributes.dpopBoundAccessToken && !mayUse(client, 'tls_client_auth', 'self_signed_tls_client_auth'),
      ),
  },
} as const satisfies Readonly<Record<string, Rule>>;
