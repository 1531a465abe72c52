import { CLIENT_NAMES } from './clients/document/client.normalise.ts';
import { SCRIPT_NAMES } from './interception/records/script.registry.ts';
import { CLAIM_NAMES } from './scopes/claims/claim.registry.ts';
import { SCOPE_NAMES } from './scopes/scope.registry.ts';
import type { Contract } from './shared/contract/contract.ts';
import type { KnownMembers } from './shared/contract/known-members.ts';

/** Which members resources have. */
export const knownMembersOf = (contract: Contract): Record<'client' | 'scope' | 'claim' | 'script', KnownMembers> => ({
  client: contract.knownMembers('Client', CLIENT_NAMES),
  scope: contract.knownMembers('Scope', SCOPE_NAMES),
  claim: contract.knownMembers('JansAttribute', CLAIM_NAMES),
  script: contract.knownMembers('CustomScript', SCRIPT_NAMES),
});
