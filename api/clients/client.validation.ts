import type { Caller, Schemas } from '../shared/operation.ts';
import { reported, type Fault } from '../shared/problem.ts';
import { isBeyond } from '../shared/administration-scopes.ts';
import type { ClientInput } from './client.document.ts';
import { settle } from './client.lifecycle.ts';
import { findReferences } from './client.lookup.ts';
import type { References } from './client.references.ts';
import { adviceOn } from './client.rules.ts';
import type { ClientStores } from './client.stores.ts';

export interface Candidate {
  readonly caller: Caller;
  readonly input: ClientInput;
  /** The id that it has or would get. */
  readonly inum: string;
  /** The members that a registration would ignore. */
  readonly unknown: readonly Fault[];
}

/** Says what a registration of the client by an administrator would answer. Nothing is written. */
export async function validateClient(
  stores: ClientStores,
  { caller, input, inum, unknown }: Candidate,
): Promise<Schemas['ClientValidation']> {
  const { references } = await findReferences(stores, input);
  const settling = { draft: input, inum, mode: 'replace', door: 'admin', references } as const;
  const { document, isClear, faults } = settle(settling);
  const errors = reported([
    ...missingMembers(input),
    ...(await takenInum(stores, input)),
    ...faults,
    ...scopesBeyond(caller, input, references),
  ]);
  return {
    valid: errors.length === 0,
    ...(isClear && { client: document }),
    errors,
    warnings: reported([...unknown.map(ignored), ...adviceOn(document, settling.door)]),
  };
}

/** What the contract demands of a registration, and not of a client that is only checked. */
const missingMembers = ({ redirectUris }: ClientInput): Fault[] =>
  redirectUris === undefined ? [{ pointer: '/redirectUris', detail: 'is required' }] : [];

async function takenInum({ clients }: ClientStores, { inum }: ClientInput): Promise<Fault[]> {
  if (inum === undefined || (await clients.find(inum)) === undefined) return [];
  return [{ pointer: '/inum', detail: `${inum} is taken`, rule: 'client-exists' }];
}

/** The scopes that the caller may not give to a client, as they were written. */
function scopesBeyond(caller: Caller, { scopes = [] }: ClientInput, references: References): Fault[] {
  return scopes.flatMap((written, index) => {
    const scope = references.scopes.get(written)?.name;
    if (scope === undefined || !isBeyond(caller, scope)) return [];
    return [{ pointer: `/scopes/${index}`, detail: `the token does not have ${scope}`, rule: 'insufficient-scope' }];
  });
}

const ignored = ({ pointer = '', detail }: Fault) => ({
  pointer,
  detail: `would be ignored: it ${detail}`,
  rule: 'known-members',
  reference: 'the contract',
});
