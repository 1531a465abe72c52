import type { FindField } from '../search/field.ts';
import type { SearchStore } from '../search/search.store.ts';
import type { MemberNames } from '../shared/contract/member-names.ts';
import type { Members } from '../shared/contract/members.ts';
import type { Normalise } from '../shared/contract/normalise.ts';
import type { RequestContext } from '../shared/contract/operation.ts';
import type { Fault } from '../shared/problem.ts';
import type { Entry, EntryStore } from './entry.store.ts';
import type { ScopeStores } from './scope.stores.ts';

/** A draft on its way to be stored. */
export interface Settling<D> {
  /** Shape-valid and normalised. It is not changed. */
  readonly draft: Members;
  readonly previous?: D;
  readonly inum: string;
  readonly context: RequestContext;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Settled<D> {
  readonly document: D;
  /** Everything that is wrong with it. */
  readonly faults: readonly Fault[];
}

/** What is removed, and how. */
export interface Removal<D> {
  readonly document: D;
  readonly context: RequestContext;
  readonly now: number;
  /** Whether to take it from those that use it. */
  readonly force: boolean;
}

/** What the registry of scopes and that of claims differ in. */
export interface Registry<D extends Entry> {
  readonly noun: 'scope' | 'claim';
  readonly notFound: 'scope-not-found' | 'claim-not-found';
  readonly schema: 'ScopeInput' | 'JansAttributeInput';
  readonly names: MemberNames;
  readonly findField: FindField;
  readonly normalise: Normalise;
  readonly entries: (stores: ScopeStores) => EntryStore<D>;
  readonly search: (stores: ScopeStores) => SearchStore;
  readonly settle: (stores: ScopeStores, settling: Settling<D>) => Promise<Settled<D>>;
  /** Refuses to change what the service itself needs. */
  readonly guardChange: (previous: D, next: D) => void;
  /** Refuses to remove what is needed or in use, or takes it from those that use it. */
  readonly release: (stores: ScopeStores, removal: Removal<D>) => Promise<void>;
}

/** A number of users in words: `1 client`, `2 clients`. */
export const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
