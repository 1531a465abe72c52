import { MOVED_CLAIMS, MOVED_SCOPES, type Moved } from '../../openapi/moved-stock.ts';
import type { Body } from '../resource/entry.ts';

interface Tree {
  readonly ou: string;
  readonly moved: ReadonlyMap<string, Moved>;
}

/** The members of a client that refer to scopes and claims. */
const TREES: Readonly<Record<string, Tree>> = {
  scopes: { ou: 'scopes', moved: MOVED_SCOPES },
  claims: { ou: 'attributes', moved: MOVED_CLAIMS },
};

/**
 * A client whose file has no format: references to stock scopes and claims that stand elsewhere by now are those to them
 * there. `told` gets a word about each.
 */
export function withPresentReferences<B extends Body>(client: B, told: (what: string) => void): B {
  const present = Object.entries(TREES).flatMap(([member, tree]) => {
    const list: unknown = client[member];
    return Array.isArray(list) ? [[member, list.map((reference: unknown) => presentOf(reference, tree, told))]] : [];
  });
  return { ...client, ...(Object.fromEntries(present) as Body) };
}

function presentOf(reference: unknown, { ou, moved }: Tree, told: (what: string) => void): unknown {
  const [, inum = '', tree = ''] = /^inum=([^,=]+),\s*ou=([a-z]+),\s*o=jans$/i.exec(String(reference)) ?? [];
  const found = tree.toLowerCase() === ou ? moved.get(inum) : undefined;
  if (found === undefined) return reference;
  told(`${inum} is read as ${found.inum} (${found.name})`);
  return `inum=${found.inum},ou=${ou},o=jans`;
}
