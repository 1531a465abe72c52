import type { Version } from '../../resource/calls.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import type { Draft } from '../form/draft.ts';
import type { Edit } from './edit.ts';
import type { Kind } from './kind.ts';

export interface ListScreen {
  readonly is: 'list';
  readonly id: number;
  readonly kind: Kind;
  readonly search: Edit;
  /** The search is being written. */
  readonly isSearching: boolean;
  /** By the path of a member, the value that it has to have. */
  readonly filters: ReadonlyMap<string, string>;
  /** A filter in the language of RFC 7644; empty for none. */
  readonly where: string;
  readonly sort: { readonly path: string; readonly isDown: boolean } | undefined;
  readonly entries: readonly Entry[];
  readonly total: number | undefined;
  readonly isEstimate: boolean;
  /** The time was over before all were looked at. */
  readonly isPartial: boolean;
  readonly nextCursor: string | undefined;
  readonly row: number;
  readonly marked: ReadonlySet<string>;
  readonly isLoaded: boolean;
}

/** Several that something is done to: those with these ids, or what a list finds. */
export interface Chosen {
  /** In words: `the 3 that are marked`. */
  readonly told: string;
  /** The members that say so to the service. */
  readonly body: Body;
  /** Those of them that are known, by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

export interface FormScreen {
  readonly is: 'form';
  readonly id: number;
  readonly kind: Kind;
  /** What is stored; undefined for a new one. */
  readonly stored: Version | undefined;
  /** What is stored with references by name, or what a new one begins with. */
  readonly base: Entry;
  readonly draft: Draft;
  /** The address of the member that the cursor is at. */
  readonly path: string;
  readonly editing: Edit | undefined;
  /** What speaks against members, by their addresses. */
  readonly refused: ReadonlyMap<string, string>;
  /** Where it is about many at once: what stands in it is given to each. */
  readonly many?: Chosen;
}
