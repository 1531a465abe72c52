import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { wireDate } from '../shared/clock.ts';
import { dnOf, sha256 } from '../shared/ids.ts';
import { completeScope } from './scope.document.ts';
import type { ScopeDocument } from './scope.store.ts';
import { standardClaimInum } from './stock-claims.ts';

interface StockScope {
  readonly inum: string;
  readonly id: string;
  readonly description: string;
  readonly scopeType: 'openid' | 'oauth';
  readonly defaultScope: boolean;
  /** The claims that the scope releases, by name. */
  readonly claims?: readonly string[];
}

/** OpenID Connect Core section 5.4. */
const PROFILE = [
  ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
  ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
];
const EMAIL = ['email', 'email_verified'];
const PHONE = ['phone_number', 'phone_number_verified'];

const standard = (
  inum: string,
  id: string,
  description: string,
  more: { defaultScope?: true; claims?: readonly string[] } = {},
): StockScope => ({ inum, id, description, scopeType: 'openid', defaultScope: false, ...more });

/** The scopes of OpenID Connect, under the inums that they have in a Janssen installation. */
const STANDARD_SCOPES: readonly StockScope[] = [
  standard('F0C4', 'openid', 'Sign in with OpenID Connect.', { defaultScope: true, claims: ['sub'] }),
  standard('43F1', 'profile', 'Read the basic profile.', { defaultScope: true, claims: PROFILE }),
  standard('764C', 'email', 'Read the e-mail address.', { defaultScope: true, claims: EMAIL }),
  standard('C17A', 'address', 'Read the postal address.', { claims: ['address'] }),
  standard('B9D2', 'phone', 'Read the phone number.', { claims: PHONE }),
  standard('C4F7', 'offline_access', 'Get refresh tokens.'),
];

const INUMS = new Set(STANDARD_SCOPES.map(({ inum }) => inum));

/** Whether the scope is one of OpenID Connect that every installation has. */
export const isStandardScope = ({ inum }: { readonly inum: string }): boolean => INUMS.has(inum);

/** The inum of an administration scope: the same in every installation, since it is made from the scope. */
const administrationInum = (id: string): string => `1800.${sha256(id).slice(0, 12)}`;

/** The scopes that every installation has. Administration scopes are never default scopes. */
export function stockScopes(now: number): ScopeDocument[] {
  const administration = Object.entries(ADMINISTRATION_SCOPES).map(([id, description]) => ({
    inum: administrationInum(id),
    id,
    description: `${description}.`,
    scopeType: 'oauth' as const,
    defaultScope: false,
  }));
  return [...STANDARD_SCOPES, ...administration].map((scope) => stored(scope, now));
}

function stored({ inum, claims, ...scope }: StockScope, now: number): ScopeDocument {
  const released = claims?.map((name) => dnOf('attributes', standardClaimInum(name)));
  const attributes = { showInConfigurationEndpoint: scope.scopeType === 'openid' };
  return completeScope({ ...scope, ...(released && { claims: released }), attributes }, inum, wireDate(now));
}
