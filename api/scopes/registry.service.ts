import type { Write } from '../history/revision.ts';
import { Revisions, type RevisionRequest } from '../history/revisions.ts';
import type { Cursors } from '../search/cursor.ts';
import { referrer, type FindReferents } from '../search/referrer.ts';
import { searchPage, type ListRequest, type Page } from '../search/search-page.ts';
import type { Condition } from '../search/condition.ts';
import { allConditions, parseSearch, type SearchQuery } from '../search/search-query.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import type { Version, VersionCheck } from '../shared/etag.ts';
import type { KnownMembers } from '../shared/contract/known-members.ts';
import { changedMembers, type Members } from '../shared/contract/members.ts';
import type { RequestContext } from '../shared/contract/operation.ts';
import type { AuditRecord } from '../shared/log/audit.store.ts';
import { originOf, type Origin } from '../shared/log/origin.ts';
import { applyTo, type Patch } from '../shared/patch/patch.ts';
import { patchable, type Patchable } from '../shared/patch/patchable.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Entry, StoredEntry } from './entry.store.ts';
import { CLAIM_REFERENCES, unknownDetail, unknownMessage } from './references.ts';
import type { Registry, RegistryNoun, RegistryStores } from './registry.ts';

export interface RegistryNeeds<S extends RegistryStores> {
  readonly cursors: Cursors;
  readonly work: UnitOfWork<S>;
  readonly clock: Clock;
  readonly newInum: () => string;
  /** What is wrong with the shape of a written resource. */
  readonly shapeFaults: (schema: string, input: unknown) => Fault[];
  /** Which members a resource has, by its noun. */
  readonly known: Readonly<Record<RegistryNoun, KnownMembers>>;
}

/** An entry as it is answered: JSON text, and the two halves of its ETag. */
export interface ServedEntry extends Version {
  readonly inum: string;
  readonly text: string;
}

export interface PatchRequest {
  readonly inum: string;
  readonly patch: Patch;
  readonly strict: boolean;
}

export interface RemovalRequest {
  readonly inum: string;
  readonly force: boolean;
}

/** The use cases that scopes, claims and scripts share. Every write is one unit of work with its revision and its audit record. */
export class RegistryService<D extends Entry, S extends RegistryStores> {
  readonly revisions: Revisions<S>;
  private readonly patchable: Patchable;

  constructor(
    private readonly registry: Registry<D, S>,
    protected readonly needs: RegistryNeeds<S>,
  ) {
    this.patchable = patchable(registry.names, needs.known[registry.noun]);
    const { noun: kind, notFound, entries, shown } = registry;
    const isThere = async (stores: S, inum: string) => (await entries(stores).find(inum)) !== undefined;
    this.revisions = new Revisions({ kind, notFound, isThere, work: needs.work, ...(shown && { shown }) });
  }

  /** Creates an entry under an inum of its own. Throws `scope-exists` or the like when its name is taken. */
  create(context: RequestContext, input: Members): Promise<ServedEntry> {
    return this.needs.work.write(async (stores) => {
      const inum = (await this.registry.inumOf?.(stores, input)) ?? this.needs.newInum();
      const settled = await this.settled(stores, context, { draft: input, inum });
      const document = await this.stamped(stores, settled);
      const createdAt = timestamp(this.needs.clock.now());
      await this.registry.entries(stores).insert(document, createdAt);
      const changed = changedMembers(this.registry.names.properties, undefined, membersOf(document));
      const text = JSON.stringify(document);
      await this.note(stores, context, { inum, createdAt, after: text, changed });
      return this.served({ inum, version: 1, createdAt, text });
    });
  }

  get(inum: string): Promise<ServedEntry> {
    return this.needs.work.browse(async (stores) => this.served(await this.found(stores, inum)));
  }

  /** Finds a page of entries for which `more` holds as well. */
  search(request: ListRequest, more: readonly Condition[] = []): Promise<Page<ServedEntry>> {
    return this.needs.work.browse((stores) => this.page(stores, request, more));
  }

  /** Replaces the writable members of the entry that `input.inum` names. */
  replace(context: RequestContext, input: Members, check: VersionCheck): Promise<ServedEntry> {
    const inum = String(input['inum']);
    return this.write(context, inum, check, (stores, previous) =>
      this.settled(stores, context, { draft: input, inum, previous }),
    );
  }

  /** Applies a patch to the latest version, all of it or nothing. */
  patch(context: RequestContext, { inum, patch, strict }: PatchRequest, check: VersionCheck): Promise<ServedEntry> {
    const { normalise, schema } = this.registry;
    return this.write(context, inum, check, (stores, previous) => {
      const draft = normalise(applyTo(this.shown(previous), patch, this.patchable), strict) as Members;
      refuseFaults([...this.needs.shapeFaults(schema, draft), ...this.patchable.known.unknown(draft)], draft);
      return this.settled(stores, context, { draft, inum, previous });
    });
  }

  /** Makes an entry what it was in a revision. */
  restoreRevision(
    context: RequestContext,
    { inum, number }: RevisionRequest,
    check: VersionCheck,
  ): Promise<ServedEntry> {
    const { normalise, schema } = this.registry;
    return this.write({ ...context, restoredFrom: { revision: number } }, inum, check, async (stores, previous) => {
      const document = await this.revisions.documentIn(stores, { inum, number });
      const draft = normalise(this.registry.writable?.(document) ?? document, false) as Members;
      refuseFaults(this.needs.shapeFaults(schema, draft), draft);
      return this.settled(stores, context, { draft, inum, previous });
    });
  }

  /** Removes an entry that nobody uses or, with `force`, takes it from those who do. */
  remove(context: RequestContext, { inum, force }: RemovalRequest, check: VersionCheck): Promise<void> {
    return this.needs.work.write(async (stores) => {
      const { stored, document } = await this.opened(stores, inum, check);
      await this.registry.release(stores, { document, context, now: this.needs.clock.now(), force });
      await this.registry.entries(stores).remove(inum);
      const { createdAt, text } = stored;
      await this.note(stores, context, { inum, createdAt, before: text, changed: Object.keys(document) });
    });
  }

  protected async page(stores: S, request: ListRequest, more: readonly Condition[]): Promise<Page<ServedEntry>> {
    const asked = parseSearch(request, this.registry.findField, this.needs.clock.now());
    const query: SearchQuery = { ...asked, conditions: [...asked.conditions, ...more] };
    const refer = await referrer(
      allConditions(query),
      this.registry.referents?.(stores) ?? NO_REFERENTS,
      unknownDetail,
    );
    return searchPage(query, request, {
      cursors: this.needs.cursors,
      store: this.registry.search(stores),
      refer,
      read: async (inums) =>
        (await this.registry.entries(stores).byInumsInOrder(inums)).map((stored) => this.served(stored)),
    });
  }

  protected async found(stores: S, inum: string): Promise<StoredEntry> {
    const stored = await this.registry.entries(stores).find(inum);
    if (stored === undefined) throw new Problem(this.registry.notFound);
    return stored;
  }

  private async opened(stores: S, inum: string, check: VersionCheck): Promise<{ stored: StoredEntry; document: D }> {
    const stored = await this.registry.entries(stores).findForUpdate(inum);
    if (stored === undefined) throw new Problem(this.registry.notFound);
    check(stored.version);
    return { stored, document: JSON.parse(stored.text) as D };
  }

  private write(
    context: Restoring,
    inum: string,
    check: VersionCheck,
    change: (stores: S, previous: D) => Promise<D>,
  ): Promise<ServedEntry> {
    return this.needs.work.write(async (stores) => {
      const { stored, document: previous } = await this.opened(stores, inum, check);
      const settled = await change(stores, previous);
      const changed = changedMembers(this.registry.names.properties, membersOf(previous), membersOf(settled));
      // A write that changes nothing is no new version: callers who hold this one need not read again.
      if (changed.length === 0) return this.served(stored);
      this.registry.guardChange(previous, settled);
      const document = await this.stamped(stores, settled);
      await this.registry.entries(stores).update(stored, document);
      const { version, createdAt, text: before } = stored;
      const text = JSON.stringify(document);
      await this.note(stores, context, { inum, createdAt, before, after: text, changed });
      return this.served({ inum, version: version + 1, createdAt, text });
    });
  }

  protected served({ inum, version, text }: StoredEntry): ServedEntry {
    return { inum, version, activity: 0, text: this.registry.shown?.(text) ?? text };
  }

  /** A document as callers know it. */
  private shown(document: D): Members {
    const { shown } = this.registry;
    return shown === undefined ? membersOf(document) : (JSON.parse(shown(JSON.stringify(document))) as Members);
  }

  private stamped(stores: S, document: D): Promise<D> {
    return this.registry.stamped?.(stores, document) ?? Promise.resolve(document);
  }

  private async settled(
    stores: S,
    context: RequestContext,
    about: { draft: Members; inum: string; previous?: D },
  ): Promise<D> {
    const settling = { ...about, context, now: this.needs.clock.now() };
    const { document, faults } = await this.registry.settle(stores, settling);
    refuseFaults(faults, about.draft);
    return document;
  }

  /** Writes the revision and the record in the log. */
  private async note(
    stores: S,
    context: Restoring,
    { changed, ...write }: Omit<Write, 'kind' | 'at' | 'origin'> & Pick<AuditRecord, 'changed'>,
  ): Promise<void> {
    const at = timestamp(this.needs.clock.now());
    const { restoredFrom } = context;
    const about = { kind: this.registry.noun, at, origin: { ...originOf(context), restoredFrom } };
    await stores.revisions.add({ ...about, ...write });
    await stores.audit.record({ ...about, inum: write.inum, changed });
  }
}

/** A request, and the revision that it restores, where it does. */
type Restoring = RequestContext & Pick<Origin, 'restoredFrom'>;

const NO_REFERENTS: FindReferents = () => Promise.resolve(new Map());

/** A document as one whose members only a table of properties knows. */
const membersOf = (document: object): Members => document as Members;

function refuseFaults(faults: readonly Fault[], draft: Members): void {
  if (faults.length === 0) return;
  const message = unknownMessage(faults, draft, CLAIM_REFERENCES);
  throw new Problem('invalid-request', { errors: faults, ...(message !== undefined && { message }) });
}
