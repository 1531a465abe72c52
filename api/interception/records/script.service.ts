import { SCRIPT_PROPERTIES } from '../../../openapi/properties.gen.ts';
import type { RevisionRequest } from '../../history/revisions.ts';
import {
  RegistryService,
  type PatchRequest,
  type RegistryNeeds,
  type RemovalRequest,
  type ServedEntry,
} from '../../scopes/registry.service.ts';
import type { StoredEntry } from '../../scopes/entry.store.ts';
import type { ListRequest, Page } from '../../search/search-page.ts';
import { parseWireDate } from '../../shared/clock.ts';
import type { Members } from '../../shared/contract/members.ts';
import type { RequestContext, Schemas } from '../../shared/contract/operation.ts';
import type { VersionCheck } from '../../shared/etag.ts';
import { Problem } from '../../shared/problem.ts';
import { findScriptField } from './script.fields.ts';
import { scriptRegistry } from './script.registry.ts';
import type { ScriptSecrets } from './script.secrets.ts';
import type { ScriptDocument } from './script.store.ts';
import type { ScriptStores } from './script.stores.ts';
import type { ScriptSyntax } from './syntax.ts';

/** The types that scripts can have, in alphabetical order. */
export const SCRIPT_TYPES: readonly string[] = [
  ...(SCRIPT_PROPERTIES.find(({ path }) => path === 'scriptType')?.values ?? []),
].sort();

export interface ScriptServiceNeeds extends RegistryNeeds<ScriptStores> {
  readonly secrets: ScriptSecrets;
  readonly syntax: ScriptSyntax;
  /** Called after each write, whatever came of it. */
  readonly written: () => void;
}

/** The use cases of scripts. */
export class ScriptService extends RegistryService<ScriptDocument, ScriptStores> {
  private readonly syntax: ScriptSyntax;
  private readonly written: () => void;

  constructor({ secrets, syntax, written, ...needs }: ScriptServiceNeeds) {
    super(scriptRegistry({ secrets, checkSyntax: syntax.check }), needs);
    this.syntax = syntax;
    this.written = written;
  }

  override create(context: RequestContext, input: Members): Promise<ServedEntry> {
    return this.writing(() => super.create(context, input));
  }

  override replace(context: RequestContext, input: Members, check: VersionCheck): Promise<ServedEntry> {
    return this.writing(() => super.replace(context, input, check));
  }

  override patch(context: RequestContext, request: PatchRequest, check: VersionCheck): Promise<ServedEntry> {
    return this.writing(() => super.patch(context, request, check));
  }

  override restoreRevision(
    context: RequestContext,
    request: RevisionRequest,
    check: VersionCheck,
  ): Promise<ServedEntry> {
    return this.writing(() => super.restoreRevision(context, request, check));
  }

  override remove(context: RequestContext, removal: RemovalRequest, check: VersionCheck): Promise<void> {
    return super.remove(context, removal, check).finally(this.written);
  }

  /** Throws `script-not-found`. */
  byName(name: string): Promise<ServedEntry> {
    return this.needs.work.browse(async ({ scripts }) => {
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
    return this.needs.work.browse(async ({ scripts }) => (await scripts.types()).sort());
  }

  private writing(write: () => Promise<ServedEntry>): Promise<ServedEntry> {
    return this.syntax.reading(write).finally(this.written);
  }

  protected override served(stored: StoredEntry): ServedEntry {
    const entry = super.served(stored);
    if (stored.failure === undefined) return entry;
    const failure = JSON.parse(stored.failure) as Schemas['ScriptErrorReply'];
    const activity = Math.floor((parseWireDate(failure.raisedAt ?? '') ?? 0) / 1_000);
    return { ...entry, activity, text: `${entry.text.slice(0, -1)},"scriptError":${stored.failure}}` };
  }
}
