import type { Caller, Schemas } from '../shared/operation.ts';
import { reported, type Fault } from '../shared/problem.ts';
import { isBeyond } from '../shared/administration-scopes.ts';
import { settleAliases, type Mode } from './client.aliases.ts';
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
  /** How a registration would take it. */
  readonly mode: Mode;
}

/** Says what a registration of the client by an administrator would answer. Nothing is written. */
export async function validateClient(
  stores: ClientStores,
  { caller, input, inum, unknown, mode }: Candidate,
): Promise<Schemas['ClientValidation']> {
  const { references } = await findReferences(stores, input);
  const settling = { draft: input, inum, mode, door: 'admin', references } as const;
  const { document, isClear, faults } = settle(settling);
  const errors = reported([...(await takenInum(stores, input)), ...faults, ...scopesBeyond(caller, input, references)]);
  return {
    valid: errors.length === 0,
    ...(isClear && { client: document }),
    errors,
    warnings: reported([...unknown.map(ignored), ...overruled(input, mode), ...adviceOn(document, settling.door)]),
  };
}

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

/** What is sent twice and differs, where a registration takes the later one. */
function overruled(input: ClientInput, mode: Mode): Schemas['ClientValidation']['warnings'] {
  if (mode !== 'create') return [];
  const faults = settleAliases(structuredClone(input), undefined, 'replace');
  return faults.map(({ pointer = '', detail }) => ({
    pointer,
    detail: `${detail}: the later of the two would count`,
    rule: 'aliases-agree',
    reference: 'the contract',
  }));
}

const ignored = ({ pointer = '', detail }: Fault) => ({
  pointer,
  detail: `would be ignored: it ${detail}`,
  rule: 'known-members',
  reference: 'the contract',
});
