import { SCOPE_PROPERTIES } from '../../openapi/properties.gen.ts';
import { dnOf } from '../shared/ids.ts';
import { memberOrder, type Members } from '../shared/contract/members.ts';
import { applyDefaults } from '../shared/contract/values.ts';
import type { ScopeDocument } from './scope.store.ts';

const ordered = memberOrder(SCOPE_PROPERTIES);

/** The scope that a draft stands for: its defaults and derived members are written, and all in their order. */
export function completeScope(draft: Members, inum: string, creationDate: string): ScopeDocument {
  const dn = dnOf('scopes', inum);
  const scope: Members = { ...draft, inum, dn, baseDn: dn, creationDate };
  applyDefaults(SCOPE_PROPERTIES, scope);
  scope['displayName'] ??= scope['id'];
  scope['deletable'] = scope['expirationDate'] !== undefined;
  scope['umaType'] = scope['scopeType'] === 'uma';
  return ordered(scope) as ScopeDocument;
}
