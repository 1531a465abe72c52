import type { ClientDocument, Members } from './client.document.ts';
import { splitReferences, writtenReferences, type References, type Referent } from './client.references.ts';
import type { ClientStores } from './client.stores.ts';

type LookupStores = Pick<ClientStores, 'scopes' | 'claims'>;

/** The scopes of a stored client as they stand in tokens. */
export async function scopeIdsOf(stores: LookupStores, document: ClientDocument): Promise<string[]> {
  const { inums } = splitReferences('scopes', document.scopes ?? []);
  return (await stores.scopes.byInums(inums)).map((scope) => scope.id);
}

/** Looks up everything that a draft refers to, and the scopes among it as they stand in tokens. */
export async function findReferences(
  stores: LookupStores,
  draft: Members,
): Promise<{ references: References; scopeIds: string[] }> {
  const written = writtenReferences(draft);
  const scopes = await findScopes(stores, written.scopes);
  const claims = await findClaims(stores, written.claims);
  return { references: { scopes, claims }, scopeIds: [...scopes.values()].map((scope) => scope.name) };
}

async function findScopes({ scopes }: LookupStores, written: readonly string[]): Promise<Map<string, Referent>> {
  const { inums, names } = splitReferences('scopes', written);
  const found = [...(await scopes.byInums(inums)), ...(await scopes.byIds(names))];
  return byWrittenName(
    'scopes',
    written,
    found.map(({ inum, id }) => ({ inum, name: id })),
  );
}

async function findClaims({ claims }: LookupStores, written: readonly string[]): Promise<Map<string, Referent>> {
  const { inums, names } = splitReferences('attributes', written);
  return byWrittenName('attributes', written, [...(await claims.byInums(inums)), ...(await claims.byNames(names))]);
}

function byWrittenName(
  tree: 'scopes' | 'attributes',
  written: readonly string[],
  found: readonly Referent[],
): Map<string, Referent> {
  const byInum = new Map(found.map((referent) => [referent.inum, referent]));
  const byName = new Map(found.map((referent) => [referent.name, referent]));
  const entries = written.flatMap((text) => {
    const [inum] = splitReferences(tree, [text]).inums;
    const referent = inum === undefined ? byName.get(text) : byInum.get(inum);
    return referent === undefined ? [] : [[text, referent] as const];
  });
  return new Map(entries);
}
