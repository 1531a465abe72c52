import { parseUrl } from '../../../openapi/parse-url.ts';
import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import { BOTH_DOORS, findTexts, REGISTRATION_ONLY, textsOf, type Rule } from './rule.ts';
import { disguisedScheme, isHttps, isWeb, parseUri, syntaxFault, UNSAFE_CHARACTER } from './uri.ts';

/** Pages and images that users see, with their other languages. */
const PAGES = ['clientUri', 'logoUri', 'policyUri', 'tosUri'] as const satisfies ClientPropertyPath[];
const LOCALIZED_PAGES = [
  'clientUriLocalized',
  'logoUriLocalized',
  'policyUriLocalized',
  'tosUriLocalized',
] as const satisfies ClientPropertyPath[];

/** Every member that holds URIs, except for origins, which are written like them. */
const URIS = [
  'redirectUris',
  'claimRedirectUris',
  'postLogoutRedirectUris',
  'frontChannelLogoutUri',
  'attributes.backchannelLogoutUri',
  'initiateLoginUri',
  'requestUris',
  'sectorIdentifierUri',
  'jwksUri',
  'backchannelClientNotificationEndpoint',
  'attributes.spiffeBundleEndpoint',
  ...PAGES,
  ...LOCALIZED_PAGES,
] as const satisfies ClientPropertyPath[];
const URIS_AND_ORIGINS = [...URIS, 'authorizedOrigins'] as const satisfies ClientPropertyPath[];

/** Schemes whose URIs run code, carry the document in themselves, or read what is on the device of the user. */
const FORBIDDEN_SCHEMES = new Set([
  'about',
  'behavior',
  'blob',
  'chrome',
  'chrome-extension',
  'data',
  'feed',
  'file',
  'filesystem',
  'intent',
  'jar',
  'javascript',
  'jscript',
  'livescript',
  'mhtml',
  'mk',
  'mocha',
  'moz-extension',
  'ms-its',
  'ms-msdt',
  'res',
  'resource',
  'search-ms',
  'vbscript',
  'view-source',
  'wyciwyg',
]);

function forbiddenScheme(text: string): string | false {
  const scheme = disguisedScheme(text);
  return scheme !== undefined && FORBIDDEN_SCHEMES.has(scheme) ? `its scheme is ${scheme}` : false;
}

function isNotAbsolute(text: string): boolean {
  const uri = parseUri(text);
  return uri === undefined || (isWeb(uri) && (uri.host ?? '') === '');
}

/** An origin is what browsers send in `Origin`: scheme, host and port, and nothing else (RFC 6454 section 6.2). */
const isOrigin = (text: string): boolean => isWeb(parseUri(text)) && parseUrl(text)?.origin === text.toLowerCase();

/** What holds for URIs wherever they are. */
export const URI_RULES: readonly Rule[] = [
  {
    id: 'uri-characters',
    reference: 'RFC 3986 section 2',
    properties: URIS_AND_ORIGINS,
    doors: BOTH_DOORS,
    sentence: 'must have no space, no control or invisible character, and no backslash',
    find: (client) => findTexts(textsOf(client, URIS_AND_ORIGINS), (text) => UNSAFE_CHARACTER.test(text)),
  },
  {
    id: 'uri-scheme',
    reference: 'RFC 7591 section 5',
    properties: URIS_AND_ORIGINS,
    doors: BOTH_DOORS,
    sentence: 'must not have a scheme that runs code or reads what is on the device of the user',
    find: (client) => findTexts(textsOf(client, URIS_AND_ORIGINS), forbiddenScheme),
  },
  {
    id: 'uri-absolute',
    reference: 'RFC 3986 section 4.3',
    properties: URIS,
    doors: BOTH_DOORS,
    sentence: 'must be an absolute URI: with a scheme and, when that is http or https, with // and a host',
    find: (client) => findTexts(textsOf(client, URIS), isNotAbsolute),
  },
  {
    id: 'uri-syntax',
    reference: 'RFC 3986 section 3',
    properties: URIS,
    doors: REGISTRATION_ONLY,
    sentence: 'must be written as a URI is',
    find: (client) => findTexts(textsOf(client, URIS), (text) => syntaxFault(text) ?? false),
  },
  {
    id: 'page-uri',
    reference: 'RFC 7591 section 2',
    properties: [...PAGES, ...LOCALIZED_PAGES],
    doors: REGISTRATION_ONLY,
    sentence: 'must be the http or https address of a page or an image',
    find: (client) => findTexts(textsOf(client, [...PAGES, ...LOCALIZED_PAGES]), (text) => !isWeb(parseUri(text))),
  },
  {
    id: 'origin-is-one-site',
    reference: 'RFC 6454 section 7.1',
    properties: ['authorizedOrigins'],
    doors: BOTH_DOORS,
    sentence: 'must not be * or null, which stand for any site',
    find: (client) => findTexts(textsOf(client, ['authorizedOrigins']), (text) => /^(\*|null)$/i.test(text)),
  },
  {
    id: 'origin-syntax',
    reference: 'RFC 6454 section 6.2',
    properties: ['authorizedOrigins'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be an origin: http or https, a host and, where it is not the usual one, a port; no path',
    find: (client) => findTexts(textsOf(client, ['authorizedOrigins']), (text) => !isOrigin(text)),
  },
  {
    id: 'initiate-login-uri-is-https',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: ['initiateLoginUri'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be an https URI',
    find: (client) => findTexts(textsOf(client, ['initiateLoginUri']), (text) => !isHttps(parseUri(text))),
  },
  {
    id: 'request-uri-is-https-or-signed',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: ['requestUris', 'requestObjectSigningAlg'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be https URIs, unless requestObjectSigningAlg says that request objects are signed',
    find: (client) => {
      const isSigned = !['none', undefined].includes(client.requestObjectSigningAlg);
      const isBroken = (text: string): boolean => !isSigned && !isHttps(parseUri(text));
      return findTexts(textsOf(client, ['requestUris']), isBroken, ['requestObjectSigningAlg']);
    },
  },
  {
    id: 'spiffe-id',
    reference: 'SPIFFE-ID section 2',
    properties: ['attributes.spiffeId'],
    doors: BOTH_DOORS,
    sentence: 'must be spiffe://, a trust domain in lower case and a path; a last segment * takes in all below it',
    find: (client) => findTexts(textsOf(client, ['attributes.spiffeId']), (text) => !isSpiffeId(text)),
  },
  {
    id: 'spiffe-bundle-is-https',
    reference: 'SPIFFE Federation section 5.2',
    properties: ['attributes.spiffeBundleEndpoint'],
    doors: BOTH_DOORS,
    sentence: 'must be an https URI, since keys are read from there',
    find: (client) =>
      findTexts(textsOf(client, ['attributes.spiffeBundleEndpoint']), (text) => !isHttps(parseUri(text))),
  },
];

function isSpiffeId(text: string): boolean {
  const [, domain = '', path = ''] =
    /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)*)(?:\/\*)?$/.exec(text) ?? [];
  return domain !== '' && text.length <= 2_048 && !path.split('/').some((segment) => /^\.{1,2}$/.test(segment));
}
