import type { Contract, Operation } from '../contract/contract.ts';
import type { Entry } from './entry.ts';

/** The operations of runs, each of which does the same to many clients. */
export interface BulkOperations {
  /** Without `confirm` in its body it only says what would be done. */
  readonly start: Operation;
  readonly list: Operation;
  readonly read: Operation;
  readonly results: Operation;
  readonly pause: Operation;
  readonly resume: Operation;
  readonly stop: Operation;
}

const IDS: Readonly<Record<keyof BulkOperations, string>> = {
  start: 'start-oauth-openid-clients-bulk',
  list: 'get-oauth-openid-clients-bulks',
  read: 'get-oauth-openid-clients-bulk',
  results: 'get-oauth-openid-clients-bulk-results',
  pause: 'pause-oauth-openid-clients-bulk',
  resume: 'resume-oauth-openid-clients-bulk',
  stop: 'stop-oauth-openid-clients-bulk',
};

/** The operations of runs over many clients, where the contract has all of them. */
export function bulkOperations(contract: Contract): BulkOperations | undefined {
  const found = Object.entries(IDS).map(([name, id]) => [name, contract.operation(id)] as const);
  if (found.some(([, operation]) => operation === undefined)) return undefined;
  return Object.fromEntries(found) as unknown as BulkOperations;
}

/** Whether a task of the service is still about what it does. */
export const goesOn = ({ state }: Entry): boolean => state === 'waiting' || state === 'running';

const VERBS: ReadonlyMap<unknown, string> = new Map([
  ['patch', 'Change'],
  ['activate', 'Activate'],
  ['deactivate', 'Deactivate'],
  ['approve', 'Approve'],
  ['reject', 'Reject'],
  ['delete', 'Remove'],
  ['rotate', 'Give new secrets to'],
]);

/** What a run does to its clients, in a word or two. */
export const verbOf = (action: unknown): string => VERBS.get(action) ?? 'Change';

export const numberOf = (clients: number): string =>
  `${clients.toLocaleString('en')} client${clients === 1 ? '' : 's'}`;

/** How many clients have come to what, without what none has: `230 changed, 2 failed`. */
export function countsTold({ counts }: Entry): string {
  const told = Object.entries({ ...(counts as Entry | undefined) }).flatMap(([outcome, count]) =>
    Number(count) > 0 ? [`${Number(count).toLocaleString('en')} ${outcome}`] : [],
  );
  return told.length === 0 ? 'nothing so far' : told.join(', ');
}

/** How many have come to this. */
export const countOf = ({ counts }: Entry, outcome: string): number =>
  Number({ ...(counts as Entry | undefined) }[outcome] ?? 0);

/** Why one of a run was refused, or the members that are changed; empty where there is neither. */
export function whyOf({ changed, problem }: Entry): string {
  const { title, detail = title } = { ...(problem as Entry | undefined) };
  if (typeof detail === 'string') return detail;
  return Array.isArray(changed) ? changed.join(', ') : '';
}
