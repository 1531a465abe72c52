import type { RevisionStore } from '../history/revision.store.ts';
import type { FindField } from '../search/field.ts';
import type { FindReferents } from '../search/referrer.ts';
import type { SearchStore } from '../search/search.store.ts';
import type { MemberNames } from '../shared/contract/member-names.ts';
import type { Members } from '../shared/contract/members.ts';
import type { Normalise } from '../shared/contract/normalise.ts';
import type { RequestContext } from '../shared/contract/operation.ts';
import type { AuditStore } from '../shared/log/audit.store.ts';
import type { Fault } from '../shared/problem.ts';
import type { Entry, EntryStore } from './entry.store.ts';

export type RegistryNoun = 'scope' | 'claim' | 'script';

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

/** What the unit of work of every registry has. */
export interface RegistryStores {
  readonly audit: AuditStore;
  readonly revisions: RevisionStore;
}

/** What the registries of scopes, claims and scripts differ in. */
export interface Registry<D extends Entry, S extends RegistryStores> {
  readonly noun: RegistryNoun;
  readonly notFound: 'scope-not-found' | 'claim-not-found' | 'script-not-found';
  readonly schema: 'ScopeInput' | 'JansAttributeInput' | 'CustomScriptInput';
  readonly names: MemberNames;
  readonly findField: FindField;
  readonly normalise: Normalise;
  readonly entries: (stores: S) => EntryStore<D>;
  readonly search: (stores: S) => SearchStore;
  /** Finds what conditions on references refer to, where there are such fields. */
  readonly referents?: (stores: S) => FindReferents;
  /** The inum of what is created. */
  readonly inumOf?: (stores: S, draft: Members) => Promise<string | undefined>;
  /** Brings what is stored into the form that is answered and patched, where this is another one. */
  readonly shown?: (text: string) => string;
  /** Brings what was stored in a revision into the form that is written, where this is another one. */
  readonly writable?: (document: Members) => Members;
  readonly settle: (stores: S, settling: Settling<D>) => Promise<Settled<D>>;
  /** The document as it is written, in the transaction that writes it. */
  readonly stamped?: (stores: S, document: D) => Promise<D>;
  /** Refuses to change what the service itself needs. */
  readonly guardChange: (previous: D, next: D) => void;
  /** Refuses to remove what is needed or in use, or takes it from those that use it. */
  readonly release: (stores: S, removal: Removal<D>) => Promise<void>;
}

/** A number of users in words: `1 client`, `2 clients`. */
export const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
