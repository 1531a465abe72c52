import type { ClientDocument } from '../document/client.document.ts';
import { hasKeys, mayUse, METHODS } from './rules.authentication.ts';
import { findTexts, REGISTRATION_ONLY, textsOf, when, type Rule } from './rule.ts';
import { isHttps, parseUri } from './uri.ts';

const CIBA = 'urn:openid:params:grant-type:ciba';
const REFERENCE = 'OpenID Connect CIBA Core section 4';

const hasMode = (client: ClientDocument, ...modes: readonly string[]): boolean =>
  modes.includes(client.backchannelTokenDeliveryMode ?? '');

/** Whether the settings of Client-Initiated Backchannel Authentication fit together. */
export const CIBA_RULES: readonly Rule[] = [
  {
    id: 'ciba-mode',
    reference: REFERENCE,
    properties: [
      'backchannelTokenDeliveryMode',
      'grantTypes',
      'backchannelClientNotificationEndpoint',
      'backchannelAuthenticationRequestSigningAlg',
    ],
    doors: REGISTRATION_ONLY,
    sentence: 'must be there, since the client uses CIBA',
    find: (client) => {
      const usesCiba =
        client.grantTypes.includes(CIBA) ||
        client.backchannelClientNotificationEndpoint !== undefined ||
        client.backchannelAuthenticationRequestSigningAlg !== undefined;
      return when(usesCiba && client.backchannelTokenDeliveryMode === undefined);
    },
  },
  {
    id: 'ciba-grant',
    reference: REFERENCE,
    properties: ['grantTypes', 'backchannelTokenDeliveryMode'],
    doors: REGISTRATION_ONLY,
    sentence: `must hold ${CIBA}, with which the modes poll and ping fetch their tokens`,
    find: (client) => when(hasMode(client, 'poll', 'ping') && !client.grantTypes.includes(CIBA)),
  },
  {
    id: 'ciba-notification-endpoint',
    reference: REFERENCE,
    properties: ['backchannelClientNotificationEndpoint', 'backchannelTokenDeliveryMode'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be there, since the modes ping and push call it',
    find: (client) =>
      when(hasMode(client, 'ping', 'push') && client.backchannelClientNotificationEndpoint === undefined),
  },
  {
    id: 'ciba-notification-endpoint-is-https',
    reference: REFERENCE,
    properties: ['backchannelClientNotificationEndpoint'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be an https URI',
    find: (client) =>
      findTexts(textsOf(client, ['backchannelClientNotificationEndpoint']), (text) => !isHttps(parseUri(text))),
  },
  {
    id: 'ciba-pairwise-keys',
    reference: REFERENCE,
    properties: ['jwksUri', 'jwks', 'subjectType', 'backchannelTokenDeliveryMode'],
    doors: REGISTRATION_ONLY,
    sentence: 'must be there, or jwks: in the modes poll and ping it stands for the redirect URI of a pairwise client',
    find: (client) => when(hasMode(client, 'poll', 'ping') && client.subjectType === 'pairwise' && !hasKeys(client)),
  },
  {
    id: 'ciba-of-confidential-client',
    reference: 'OpenID Connect CIBA Core section 7.1',
    properties: ['grantTypes', ...METHODS],
    doors: REGISTRATION_ONLY,
    sentence: `must not hold ${CIBA} when the authentication method can be none`,
    find: (client) => when(client.grantTypes.includes(CIBA) && mayUse(client, 'none')),
  },
];
