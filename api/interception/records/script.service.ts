import { SCRIPT_PROPERTIES } from '../../../openapi/properties.gen.ts';
import { RegistryService, type ServedEntry } from '../../scopes/registry.service.ts';
import type { StoredEntry } from '../../scopes/entry.store.ts';
import type { ListRequest, Page } from '../../search/search-page.ts';
import { parseWireDate } from '../../shared/clock.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/problem.ts';
import { findScriptField } from './script.fields.ts';
import type { ScriptDocument } from './script.store.ts';
import type { ScriptStores } from './script.stores.ts';

/** The types that scripts can have, in alphabetical order. */
export const SCRIPT_TYPES: readonly string[] = [
  ...(SCRIPT_PROPERTIES.find(({ path }) => path === 'scriptType')?.values ?? []),
].sort();

/** The use cases of scripts. */
export class ScriptService extends RegistryService<ScriptDocument, ScriptStores> {
  /** Throws `script-not-found`. */
  byName(name: string): Promise<ServedEntry> {
    return this.needs.work.read(async ({ scripts }) => {
      const stored = await scripts.byName(name);
      if (stored === undefined) throw new Problem('script-not-found');
      return this.served(stored);
    });
  }

  /** A page of the scripts of a type, in whatever case it is written. */
  ofType(request: ListRequest, type: string): Promise<Page<ServedEntry>> {
    const field = findScriptField('scriptType');
    if (field === undefined) throw new Error('scripts have no type');
    return this.search(request, [{ field, operator: '=', value: type.toLowerCase() }]);
  }

  /** The types of the scripts that there are, in alphabetical order. */
  types(): Promise<string[]> {
    return this.needs.work.read(async ({ scripts }) => (await scripts.types()).sort());
  }

  protected override served(stored: StoredEntry): ServedEntry {
    const entry = super.served(stored);
    if (stored.failure === undefined) return entry;
    const failure = JSON.parse(stored.failure) as Schemas['ScriptErrorReply'];
    const activity = Math.floor((parseWireDate(failure.raisedAt ?? '') ?? 0) / 1_000);
    return { ...entry, activity, text: `${entry.text.slice(0, -1)},"scriptError":${stored.failure}}` };
  }
}
