import { LRUCache } from 'lru-cache';
import { splitReferences, type Referents } from '../../scopes/references.ts';
import type { ScopeName } from '../../scopes/scope.store.ts';
import type { ClientDocument } from '../document/client.document.ts';

/**
 * What scopes were called when clients were made lately, so that they need not be looked up for the next. The statement that
 * stores the scopes of a client finds what is not so any more.
 */
export interface RememberedScopes {
  /** Proposes those among written references that are known; where that was overtaken, none is known any more. */
  readonly proposing: (written: readonly string[]) => () => Promise<readonly ScopeName[]>;
  readonly note: (found: Referents) => void;
}

/** So many references are remembered. */
const MOST = 1_000;

export function rememberedScopes(): RememberedScopes {
  const known = new LRUCache<string, ScopeName>({ max: MOST });
  return {
    proposing: (written) => {
      let proposed = 0;
      return () => {
        if ((proposed += 1) > 1) known.clear();
        return Promise.resolve(written.flatMap((text) => known.get(text) ?? []));
      };
    },
    note: (found) => {
      for (const [text, { inum, name }] of found) known.set(text, { inum, id: name });
    },
  };
}

/** All scopes of a client as they were called when they were looked up; undefined where that is not known of each. */
export function calledIn({ scopes = [] }: ClientDocument, found: Referents): ScopeName[] | undefined {
  const names = new Map([...found.values()].map(({ inum, name }) => [inum, { inum, id: name }]));
  const { inums } = splitReferences('scopes', scopes);
  const called = inums.flatMap((inum) => names.get(inum) ?? []);
  return called.length === inums.length ? called : undefined;
}
