import { contentOf, type Registry } from '../node/registry.ts';

const SCOPES = '/jans-config-api/api/v1/scopes';

/** The scopes with these ids, by the directory names under which clients of the registry refer to them. */
export async function scopesByDn(registry: Registry, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const id of ids) {
    const query = { fieldValuePair: `id=${id}` };
    const { entries } = contentOf(await registry.GET(SCOPES, { params: { query } }));
    for (const scope of entries) found.set(scope.dn, id);
  }
  return found;
}
