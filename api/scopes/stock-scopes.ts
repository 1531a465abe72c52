import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { wireDate } from '../shared/clock.ts';
import { dnOf, sha256 } from '../shared/ids.ts';
import { completeScope } from './scope.document.ts';
import type { ScopeDocument } from './scope.store.ts';

interface StockScope {
  readonly inum: string;
  readonly id: string;
  readonly description: string;
  readonly scopeType: ScopeDocument['scopeType'];
  readonly registration: ScopeDocument['registration'];
  /** Whether discovery tells of it. */
  readonly isShown: boolean;
  /** The claims that the scope releases, by name. */
  readonly claims?: readonly string[];
  readonly groupClaims?: true;
  readonly dynamicScopeScripts?: readonly string[];
}

type More = Partial<Pick<StockScope, 'scopeType' | 'claims' | 'groupClaims' | 'dynamicScopeScripts'>>;

/** One of OpenID Connect Core section 5.4 or 11. */
const standard = (
  inum: string,
  id: string,
  description: string,
  more: More & { readonly registration?: ScopeDocument['registration'] } = {},
): StockScope => ({ inum, id, description, scopeType: 'openid', registration: 'never', isShown: true, ...more });

/** One of Janssen's own, for its authorization server. */
const janssen = (inum: string, id: string, description: string, more: More = {}): StockScope => ({
  inum,
  id,
  description,
  scopeType: 'openid',
  registration: 'never',
  isShown: false,
  ...more,
});

const PROFILE = [
  ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
  ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at', 'preferred_language', 'inum'],
];
const ADDRESS = [
  ...['formatted', 'postal_code', 'street_address', 'locality', 'country', 'roomNumber', 'region', 'postOfficeBox'],
];

/**
 * The scopes of a Janssen installation under the inums that they have there, so that a client that comes from one gets
 * the scopes that it had. `jans_stat` (C4F7) is left out, since C4F7 was another scope here before: see
 * `moved-stock.ts`. Default scopes are fewer than there: what opens something at an authorization server is given to
 * clients by administrators only.
 */
const JANSSEN_SCOPES: readonly StockScope[] = [
  standard('F0C4', 'openid', 'Sign in with OpenID Connect.', { registration: 'default', claims: ['sub'] }),
  standard('43F1', 'profile', 'Read the basic profile.', { registration: 'default', claims: PROFILE }),
  standard('764C', 'email', 'Read the e-mail address.', {
    registration: 'default',
    claims: ['email', 'email_verified'],
  }),
  standard('C17A', 'address', 'Read the postal address.', { claims: ADDRESS, groupClaims: true }),
  standard('D491', 'phone', 'Read the phone number.', { claims: ['phone_number', 'phone_number_verified'] }),
  standard('C4F6', 'offline_access', 'Get refresh tokens.', { registration: 'on-request' }),
  janssen('341A', 'clientinfo', 'Read what the client may know of its user.', { claims: ['name', 'inum'] }),
  janssen('10B2', 'user_name', 'Read the name that the user signs in with.', { claims: ['user_name'] }),
  janssen('8A01', 'mobile_phone', 'Read the mobile phone number.', { claims: ['phone_mobile_number'] }),
  janssen('6D99', 'uma_protection', 'Protect resources with UMA.'),
  janssen('6D93', 'access_evaluation', 'Ask for decisions on access.', { scopeType: 'oauth' }),
  janssen('6D91', 'introspection', 'Introspect tokens.'),
  janssen('6D92', 'authorization_challenge', 'Sign users in without a browser.', { scopeType: 'oauth' }),
  janssen('7D90', 'revoke_session', 'End sessions.'),
  janssen('7D91', 'revoke_any_token', 'Revoke tokens of other clients.', { scopeType: 'oauth' }),
  janssen('7D92', 'global_token_revocation', 'Revoke all tokens of a user.'),
  janssen('C4F4', 'online_access', 'Get refresh tokens that end with the session.'),
  janssen('C4F5', 'role', 'Read the roles of the user.', {
    scopeType: 'dynamic',
    dynamicScopeScripts: [dnOf('scripts', 'CB5B-3211')],
  }),
  janssen('C4F8', 'device_sso', 'Share a sign-in between the apps of a device.'),
];

const INUMS = new Set(JANSSEN_SCOPES.map(({ inum }) => inum));

/** Whether the scope is one that every installation has; those of administration are not meant. */
export const isStockScope = ({ inum }: { readonly inum: string }): boolean => INUMS.has(inum);

/** Administration scopes that a Janssen installation has under an inum of its own. */
const ADMINISTRATION_INUMS: Readonly<Record<string, string>> = { 'https://jans.io/auth/ssa.admin': 'B9D2-D6E5' };

/** The inum of an administration scope: the same in every installation, since it is made from the scope. */
const administrationInum = (id: string): string =>
  new Map(Object.entries(ADMINISTRATION_INUMS)).get(id) ?? `1800.${sha256(id).slice(0, 12)}`;

/**
 * The scopes that every installation has. Administration scopes are never default scopes. `claimInums` has the claims
 * that there are, by name.
 */
export function stockScopes(now: number, claimInums: ReadonlyMap<string, string>): ScopeDocument[] {
  const administration = Object.entries(ADMINISTRATION_SCOPES).map(([id, description]) => ({
    inum: administrationInum(id),
    id,
    description: `${description}.`,
    scopeType: 'oauth' as const,
    registration: 'never' as const,
    isShown: false,
  }));
  return [...JANSSEN_SCOPES, ...administration].map((scope) => stored(scope, now, claimInums));
}

function stored(
  { inum, claims, isShown, ...scope }: StockScope,
  now: number,
  claimInums: ReadonlyMap<string, string>,
): ScopeDocument {
  const released = claims?.flatMap((name) => claimInums.get(name) ?? []).map((claim) => dnOf('attributes', claim));
  const attributes = { showInConfigurationEndpoint: isShown };
  const defaultScope = scope.registration === 'default';
  return completeScope(
    { ...scope, defaultScope, ...(released && { claims: released }), attributes },
    inum,
    wireDate(now),
  );
}
