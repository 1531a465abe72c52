import type { Caller, Schemas } from '../../shared/contract/operation.ts';
import { reported, type Fault } from '../../shared/problem.ts';
import { isBeyond } from '../../shared/contract/administration-scopes.ts';
import { reconcileAliases, type Mode } from './client.aliases.ts';
import type { ClientDocument, ClientInput } from './client.document.ts';
import { settle, withSecret } from '../client.settle.ts';
import { findReferences } from '../client.lookup.ts';
import type { References } from '../client.references.ts';
import { findingsOf } from '../profiles/judgement.ts';
import { PROFILES, type ProfileName } from '../profiles/profiles.ts';
import { adviceOn, adviceOnSecret } from '../rules/client.rules.ts';
import type { ClientStores } from '../client.stores.ts';

export interface Candidate {
  readonly caller: Caller;
  readonly input: ClientInput;
  /** The id that it has or would get. */
  readonly inum: string;
  /** The members that a registration would ignore. */
  readonly unknown: readonly Fault[];
  /** What the authorization servers of the deployment do not take of it. */
  readonly unserved: (client: ClientDocument) => Fault[];
  /** How a registration would take it. */
  readonly mode: Mode;
  /** The security profile that it is judged by besides. */
  readonly profile?: ProfileName | undefined;
  /** The secret of the client that has this id, where more than its digest is kept. */
  readonly presentSecret?: string;
}

/** Says what a registration of the client by an administrator would answer. Nothing is written. */
export async function validateClient(stores: ClientStores, candidate: Candidate): Promise<Schemas['ClientValidation']> {
  const { caller, input, inum, unknown, mode, profile } = candidate;
  const { references } = await findReferences(stores, input);
  const settling = { draft: input, inum, mode, door: 'admin', references } as const;
  const { document, isClear, faults } = settle(settling);
  const errors = reported([...(await takenInum(stores, input)), ...faults, ...scopesBeyond(caller, input, references)]);
  return {
    valid: errors.length === 0,
    ...(isClear && { client: document }),
    errors,
    warnings: reported([
      ...unknown.map(ignored),
      ...overruled(input, mode),
      ...(await shortPresentSecret(stores, candidate, document)),
      ...adviceOn(withSecret(document, input), settling.door),
      ...candidate.unserved(document).map(unserved),
    ]),
    ...(profile && { findings: reported(findingsOf(document, PROFILES[profile])) }),
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

/** A secret that was too short before there was a rule goes on; who may change the client is told to replace it. */
async function shortPresentSecret(
  stores: ClientStores,
  { caller, input, inum, presentSecret }: Candidate,
  document: ClientDocument,
): Promise<Schemas['ClientValidation']['warnings']> {
  if (presentSecret === undefined || input.clientSecret !== undefined) return [];
  if ((await stores.clients.scopeIds(inum)).some((scope) => isBeyond(caller, scope))) return [];
  const advice = adviceOnSecret(withSecret(document, { clientSecret: presentSecret }));
  return advice.map((warning) => ({ ...warning, detail: `${warning.detail}; rotate the secret that the client has` }));
}

/** What is sent twice and differs, where a registration takes the later one. */
function overruled(input: ClientInput, mode: Mode): Schemas['ClientValidation']['warnings'] {
  if (mode !== 'create') return [];
  const faults = reconcileAliases(structuredClone(input), undefined, 'replace');
  return faults.map(({ pointer = '', detail }) => ({
    pointer,
    detail: `${detail}: the later of the two would count`,
    rule: 'aliases-agree',
    reference: 'the contract',
  }));
}

const unserved = ({ pointer = '', detail, rule = '' }: Fault) => ({
  pointer,
  detail: detail.replace(/^must\b/, 'should'),
  rule,
  reference: 'RFC 8414 section 2',
});

const ignored = ({ pointer = '', detail }: Fault) => ({
  pointer,
  detail: `would be ignored: it ${detail}`,
  rule: 'known-members',
  reference: 'the contract',
});
