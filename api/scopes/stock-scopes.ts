import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { wireDate } from '../shared/clock.ts';
import { dnOf, sha256 } from '../shared/ids.ts';
import type { NewScope } from './scope.store.ts';

interface StockScope {
  readonly inum: string;
  readonly id: string;
  readonly description: string;
  readonly scopeType: 'openid' | 'oauth';
  readonly defaultScope: boolean;
}

/** The scopes of OpenID Connect, under the inums that they have in a Janssen installation. */
const OPENID_SCOPES: readonly StockScope[] = [
  { inum: 'F0C4', id: 'openid', description: 'Sign in with OpenID Connect.', scopeType: 'openid', defaultScope: true },
  { inum: '43F1', id: 'profile', description: 'Read the basic profile.', scopeType: 'openid', defaultScope: true },
  { inum: '764C', id: 'email', description: 'Read the e-mail address.', scopeType: 'openid', defaultScope: true },
  { inum: 'C17A', id: 'address', description: 'Read the postal address.', scopeType: 'openid', defaultScope: false },
  { inum: 'B9D2', id: 'phone', description: 'Read the phone number.', scopeType: 'openid', defaultScope: false },
  { inum: 'C4F7', id: 'offline_access', description: 'Get refresh tokens.', scopeType: 'openid', defaultScope: false },
];

/** The inum of an administration scope: the same in every installation, since it is made from the scope. */
const administrationInum = (id: string): string => `1800.${sha256(id).slice(0, 12)}`;

/** The scopes that every installation has. Administration scopes are never default scopes. */
export function stockScopes(now: number): NewScope[] {
  const administration = Object.entries(ADMINISTRATION_SCOPES).map(([id, description]) => ({
    inum: administrationInum(id),
    id,
    description: `${description}.`,
    scopeType: 'oauth' as const,
    defaultScope: false,
  }));
  return [...OPENID_SCOPES, ...administration].map((scope) => stored(scope, now));
}

function stored(scope: StockScope, now: number): NewScope {
  const createdAt = wireDate(now);
  const { inum, id, description, scopeType, defaultScope } = scope;
  const dn = dnOf('scopes', inum);
  const attributes = { showInConfigurationEndpoint: scopeType === 'openid' };
  const common = { dn, inum, displayName: id, id, description, scopeType, defaultScope, attributes };
  return {
    inum,
    id,
    createdAt,
    document: JSON.stringify({ ...common, creationDate: createdAt, umaType: false, baseDn: dn }),
  };
}
