import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { BOTH_DOORS, findTexts, REGISTRATION_ONLY, textsOf, when, type Finding, type Rule } from './rule.ts';
import { isHttps, isHttpsOrLoopback, isLoopback, isOnDevice, isThisDevice, isWeb, parseUri } from './uri.ts';

const REDIRECTS = ['redirectUris', 'claimRedirectUris'] as const satisfies ClientPropertyPath[];
/** Id of the rule that Janssen has a code of its own for. */
export const REDIRECT_URI_REQUIRED = 'redirect-uri-required';
const REDIRECT_GRANTS = ['authorization_code', 'implicit'];

/** Every response type is answered through the browser of the user (RFC 6749 section 3.1.1). */
const redirects = ({ grantTypes, responseTypes = [] }: ClientDocument): boolean =>
  responseTypes.length > 0 || grantTypes.some((grant) => REDIRECT_GRANTS.includes(grant));

/** A finding about each redirect URI for which `isBroken` holds, where the client is of this type. */
function findRedirects(
  client: ClientDocument,
  type: ClientDocument['applicationType'],
  isBroken: (text: string) => boolean | string,
  alsoConcerns: readonly ClientPropertyPath[] = [],
): readonly Finding[] {
  if (client.applicationType !== type) return [];
  return findTexts(textsOf(client, REDIRECTS), isBroken, ['applicationType', ...alsoConcerns]);
}

/** RFC 8252: a scheme made from a domain name, https that the app has claimed, or http that stays on the device. */
function isNativeRedirect(text: string): boolean {
  const uri = parseUri(text);
  if (!isWeb(uri)) return uri?.scheme.includes('.') === true;
  return uri?.scheme === 'https' ? isHttps(uri) && !isThisDevice(uri) : isLoopback(uri);
}

/** What is wrong with an address of a web client, and what may be sent in its place; false where nothing is. */
function webFault(text: string): string | false {
  const uri = parseUri(text);
  if (isHttps(uri)) return false;
  return isOnDevice(uri)
    ? 'send applicationType native for an app on a device'
    : 'plain http leaves the device: send https, or for an app on a device http on 127.0.0.1, [::1] or localhost';
}

/** Whether all redirect URIs have the same host, which is the sector then; a scheme of an app's own has none. */
function hasOneSector({ redirectUris = [] }: ClientDocument): boolean {
  const hosts = redirectUris.map((text) => parseUri(text)?.host ?? '');
  return hosts.every((host) => host !== '' && host === hosts[0]);
}

/** Where users are sent back to, with an answer that is worth stealing. */
export const REDIRECT_RULES: readonly Rule[] = [
  {
    id: REDIRECT_URI_REQUIRED,
    reference: 'RFC 7591 section 2',
    properties: ['redirectUris', 'grantTypes', 'responseTypes'],
    doors: BOTH_DOORS,
    sentence: 'must hold at least one URI, since a grant or response type of the client redirects',
    find: (client) => when((client.redirectUris ?? []).length === 0 && redirects(client)),
  },
  {
    id: 'redirect-uri-fragment',
    reference: 'RFC 6749 section 3.1.2',
    properties: REDIRECTS,
    doors: BOTH_DOORS,
    sentence: 'must have no fragment',
    find: (client) => findTexts(textsOf(client, REDIRECTS), (text) => text.includes('#')),
  },
  {
    id: 'redirect-uri-of-web-client',
    reference: 'RFC 9700 section 2.6',
    properties: [...REDIRECTS, 'applicationType'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be https URIs, since the client is a web client',
    find: (client) => findRedirects(client, 'web', webFault),
  },
  {
    id: 'redirect-uri-of-implicit-client',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: [...REDIRECTS, 'applicationType', 'grantTypes'],
    doors: REGISTRATION_ONLY,
    sentence:
      'must not be on this device, where a web client with the implicit grant gets its tokens: use authorization_code with PKCE',
    find: (client) =>
      client.grantTypes.includes('implicit')
        ? findRedirects(client, 'web', (text) => isThisDevice(parseUri(text)), ['grantTypes'])
        : [],
  },
  {
    id: 'redirect-uri-of-native-client',
    reference: 'RFC 8252 section 7',
    properties: [...REDIRECTS, 'applicationType'],
    doors: REGISTRATION_ONLY,
    sentence:
      'must have a scheme made from a domain name (com.example.app:/callback), be http on a loopback address, ' +
      'or be an https URI that the app has claimed',
    hasExceptionsFor: 'native',
    find: (client) => findRedirects(client, 'native', (text) => !isNativeRedirect(text)),
  },
  {
    id: 'sector-identifier-for-several-hosts',
    reference: 'OpenID Connect Core section 8.1',
    properties: ['sectorIdentifierUri', 'subjectType', 'redirectUris'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be there, since subjects are pairwise and the redirect URIs do not have one host',
    find: (client) =>
      when(client.subjectType === 'pairwise' && client.sectorIdentifierUri === undefined && !hasOneSector(client)),
  },
  {
    id: 'sector-identifier-is-https',
    reference: 'OpenID Connect Dynamic Client Registration section 5',
    properties: ['sectorIdentifierUri'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be an https URI',
    find: (client) => findTexts(textsOf(client, ['sectorIdentifierUri']), (text) => !isHttps(parseUri(text))),
  },
];

/** Where the client learns that a session has ended, and where the user goes after it. */
export const LOGOUT_RULES: readonly Rule[] = [
  {
    id: 'front-channel-logout-uri',
    reference: 'OpenID Connect Front-Channel Logout section 2',
    properties: ['frontChannelLogoutUri', 'redirectUris'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be an https URI, or http on a loopback address, with scheme, host and port of a redirect URI',
    find: (client) => {
      const origins = (client.redirectUris ?? []).map(originOf);
      const isBroken = (text: string): boolean =>
        !isHttpsOrLoopback(parseUri(text)) || !origins.includes(originOf(text));
      return findTexts(textsOf(client, ['frontChannelLogoutUri']), isBroken, ['redirectUris']);
    },
  },
  {
    id: 'back-channel-logout-uri',
    reference: 'OpenID Connect Back-Channel Logout section 2.2',
    properties: ['attributes.backchannelLogoutUri'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be an https URI, or http on a loopback address',
    find: (client) =>
      findTexts(textsOf(client, ['attributes.backchannelLogoutUri']), (text) => !isHttpsOrLoopback(parseUri(text))),
  },
  {
    id: 'back-channel-logout-uri-fragment',
    reference: 'OpenID Connect Back-Channel Logout section 2.2',
    properties: ['attributes.backchannelLogoutUri'],
    doors: REGISTRATION_ONLY,
    sentence: 'must have no fragment',
    find: (client) => findTexts(textsOf(client, ['attributes.backchannelLogoutUri']), (text) => text.includes('#')),
  },
  {
    id: 'post-logout-redirect-uri',
    reference: 'OpenID Connect RP-Initiated Logout section 3.1',
    properties: ['postLogoutRedirectUris', 'applicationType'],
    doors: REGISTRATION_ONLY,
    sentence:
      'must be https URIs or, for an app on a device (send applicationType native), http on a loopback address, or have ' +
      'a scheme made from a domain name',
    hasExceptionsFor: 'native',
    find: (client) => {
      const isBroken = (text: string): boolean =>
        !isHttps(parseUri(text)) && !(client.applicationType === 'native' && isNativeRedirect(text));
      return findTexts(textsOf(client, ['postLogoutRedirectUris']), isBroken, ['applicationType']);
    },
  },
];

/** Scheme, host and port as they are compared: a port that goes without saying is none. */
function originOf(text: string): string {
  const uri = parseUri(text);
  const port = uri?.port === (uri?.scheme === 'https' ? '443' : '80') ? '' : (uri?.port ?? '');
  return `${uri?.scheme ?? ''}://${uri?.host ?? ''}:${port}`;
}
