import type { Contract } from './shared/contract/contract.ts';
import { newInum } from './shared/ids.ts';
import type { KeyRing } from './shared/keys/key-ring.ts';
import { scriptSyntax } from './interception/records/syntax.ts';
import type { Interception } from './interception/interception.ts';
import { scriptHandlers } from './interception/records/script.handlers.ts';
import { scriptSecrets } from './interception/records/script.secrets.ts';
import type { ScriptStores } from './interception/records/script.stores.ts';
import { ScriptService } from './interception/records/script.service.ts';
import { claimHandlers } from './scopes/claims/claim.handlers.ts';
import { CLAIMS } from './scopes/claims/claim.registry.ts';
import type { ClaimDocument } from './scopes/claims/claim.store.ts';
import { RegistryService, type RegistryNeeds } from './scopes/registry.service.ts';
import { scopeHandlers } from './scopes/scope.handlers.ts';
import type { ScopeStores } from './scopes/scope.stores.ts';
import { ScopeService } from './scopes/scope.service.ts';

type Stores = ScopeStores & ScriptStores;

interface RegistryParts extends Pick<RegistryNeeds<Stores>, 'clock' | 'work' | 'known' | 'cursors'> {
  readonly contract: Contract;
  readonly ring: KeyRing;
  readonly scripts: Pick<Interception, 'check' | 'written'>;
}

type RegistryHandlers = ReturnType<typeof scopeHandlers> &
  ReturnType<typeof claimHandlers> &
  ReturnType<typeof scriptHandlers>;

/** The operations on scopes, claims and scripts. */
export function registryHandlers({ contract, ring, scripts, ...parts }: RegistryParts): RegistryHandlers {
  const needs = {
    ...parts,
    newInum,
    shapeFaults: (schema: string, input: unknown) => contract.shapeFaults(schema, input),
  };
  const { check, written } = scripts;
  return {
    ...scopeHandlers(new ScopeService(needs)),
    ...claimHandlers(new RegistryService<ClaimDocument, ScopeStores>(CLAIMS, needs)),
    ...scriptHandlers(
      new ScriptService({ ...needs, written, secrets: scriptSecrets(ring), syntax: scriptSyntax(check) }),
    ),
  };
}
