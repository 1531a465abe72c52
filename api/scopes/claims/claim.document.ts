import { CLAIM_PROPERTIES } from '../../../openapi/properties.gen.ts';
import { dnOf } from '../../shared/ids.ts';
import { memberOrder, type Members } from '../../shared/contract/members.ts';
import { applyDefaults } from '../../shared/contract/values.ts';
import type { ClaimDocument } from './claim.store.ts';

const ordered = memberOrder(CLAIM_PROPERTIES);

/** The claim that a draft stands for: its defaults and derived members are written, and all in their order. */
export function completeClaim(draft: Members, inum: string): ClaimDocument {
  const dn = dnOf('attributes', inum);
  const claim: Members = { ...draft, inum, dn, baseDn: dn, selected: false, custom: false };
  applyDefaults(CLAIM_PROPERTIES, claim);
  claim['displayName'] ??= claim['name'];
  const [views, edits] = [claim['viewType'] ?? [], claim['editType'] ?? []] as [string[], string[]];
  Object.assign(claim, {
    adminCanView: views.includes('admin'),
    adminCanEdit: edits.includes('admin'),
    adminCanAccess: [...views, ...edits].includes('admin'),
    userCanView: views.includes('user'),
    userCanEdit: edits.includes('user'),
    userCanAccess: [...views, ...edits].includes('user'),
    whitePagesCanView: views.includes('whitePages'),
  });
  return ordered(claim) as ClaimDocument;
}
