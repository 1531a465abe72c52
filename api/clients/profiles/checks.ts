import { RULES } from '../rules/client.rules.ts';
import type { Rule } from '../rules/rule.ts';
import type { Check } from './check.ts';
import { PROFILE_RULES } from './profile.rules.ts';

function known(id: string): Rule {
  const rule = RULES.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return rule;
}

const check = (rule: Rule | string, remedy: string, impact: string): Check => ({
  rule: typeof rule === 'string' ? known(rule) : rule,
  remedy,
  impact,
});

const SENDS_PKCE = 'Have the app send code_challenge with S256, then set attributes.requirePkce to true.';
const WITHOUT_PKCE =
  'Authorization requests without code_challenge are refused: apps that do not send one cannot sign in.';
const SENDS_PROOFS = 'Have the app send DPoP proofs (RFC 9449), then set attributes.dpopBoundAccessToken to true.';
const WITHOUT_PROOFS = 'Token requests without a DPoP proof are refused, and tokens are good only together with one.';
const TAKES_KEYS =
  'Register jwksUri or jwks, have the app sign assertions, then set tokenEndpointAuthMethod to private_key_jwt.';
const WITHOUT_KEYS = 'Token requests with a client secret are refused.';

/** Everything that profiles judge by, each rule once. */
export const CHECKS = {
  implicit: check(
    'no-implicit-grant',
    'Move the app to the code flow with PKCE, then take implicit out of grantTypes and token out of responseTypes.',
    'Authorization requests for a response type with token are refused, so that apps which still send them cannot sign in.',
  ),
  password: check(
    'no-password-grant',
    'Move the app to the code flow, or to client_credentials where there is no user, then take password out of grantTypes.',
    'Token requests with the password of a user are refused.',
  ),
  publicPkce: check('public-client-uses-pkce', SENDS_PKCE, WITHOUT_PKCE),
  confidentialPkce: check(PROFILE_RULES.confidentialPkce, SENDS_PKCE, WITHOUT_PKCE),
  redirectPattern: check(
    'exact-redirect-uris',
    'List the addresses in redirectUris that the pattern stands for, then remove attributes.redirectUrisRegex.',
    'Authorization requests with a redirect_uri that only the pattern matches are refused.',
  ),
  redirectWildcard: check(
    'no-wildcard-in-redirect-uri',
    'Replace each address with * by the addresses that are meant.',
    'Authorization requests with an address that only the * stands for are refused.',
  ),
  plainHttp: check(
    PROFILE_RULES.plainHttp,
    'Serve the callback over https and register that address; for an app on a device set applicationType to native.',
    'Authorization requests with a plain http redirect_uri are refused.',
  ),
  httpsOrLoopback: check(
    PROFILE_RULES.httpsOrLoopback,
    'Register an https address that the app has claimed, or http on a loopback address.',
    'Authorization requests with a scheme of the app itself, or with plain http, are refused.',
  ),
  boundRefreshTokens: check(
    'sender-constrained-refresh-tokens',
    `${SENDS_PROOFS} Or have the authorization server give a new refresh token with each use.`,
    'Refresh tokens that are bound to no key are refused: the user has to sign in again.',
  ),
  boundAccessTokens: check(PROFILE_RULES.boundAccessTokens, SENDS_PROOFS, WITHOUT_PROOFS),
  asymmetric: check('asymmetric-authentication', TAKES_KEYS, WITHOUT_KEYS),
  confidentialCredentials: check(
    'client-credentials-of-confidential-client',
    'Give the client a method that proves who it is, or take client_credentials out of grantTypes.',
    'Token requests with client_credentials and without authentication are refused.',
  ),
  scopePatterns: check(
    'scope-patterns-open-no-administration',
    'Narrow attributes.spontaneousScopes to the scopes that the app needs.',
    'Requests for scopes that the patterns do not match any more are refused.',
  ),
  shortTokens: check(
    'short-access-tokens',
    'Set accessTokenLifetime to 3600 or less, and have the app use a refresh token.',
    'Apps that keep one access token for longer get 401 and have to fetch another one.',
  ),
  fapiConfidential: check('fapi-confidential-client', TAKES_KEYS, 'Token requests without authentication are refused.'),
  fapiAuthentication: check('fapi-authentication', TAKES_KEYS, WITHOUT_KEYS),
  fapiBoundTokens: check('fapi-sender-constrained-tokens', SENDS_PROOFS, WITHOUT_PROOFS),
  fapiResponseType: check(
    'fapi-response-type',
    'Have the app ask for code, then set responseTypes to code alone.',
    'Authorization requests for another response type are refused.',
  ),
  fapiPushedRequests: check(
    'fapi-pushed-requests',
    'Have the app push its requests (RFC 9126), then set attributes.requirePar to true.',
    'Authorization requests that were not pushed are refused.',
  ),
  fapiPushedLifetime: check(
    'fapi-pushed-request-lifetime',
    'Set attributes.parLifetime to 60, or to less than 600.',
    'A user who takes longer than that to begin has to begin again.',
  ),
  fapiPkce: check('fapi-pkce', SENDS_PKCE, WITHOUT_PKCE),
  fapiRedirect: check(
    'fapi-redirect-uri',
    'Register https addresses; for an app on a device http on a loopback address, with applicationType native.',
    'Authorization requests with another redirect_uri are refused.',
  ),
  fapiAlgorithms: check(
    'fapi-algorithms',
    'Have the app verify and sign with PS256, ES256 or EdDSA, then set the algorithm or remove the member.',
    'What is signed with another algorithm is refused, and the app has to verify what is signed with these.',
  ),
  fapiKeys: check(
    'fapi-keys-by-reference',
    'Publish the keys at an https address, then set jwksUri and remove jwks.',
    'Assertions are verified with the keys at the address only.',
  ),
  fapiKeyAddresses: check(
    'fapi-no-key-addresses',
    'Take x5u out of the keys.',
    'Nothing, unless something fetched the certificates from there.',
  ),
} as const satisfies Readonly<Record<string, Check>>;
