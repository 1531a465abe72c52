import type { Schemas } from '../shared/contract/operation.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { AuditStore, Part } from '../shared/log/audit.store.ts';
import type { Members } from '../shared/contract/members.ts';
import { Problem } from '../shared/problem.ts';
import type { ProblemName } from '../../openapi/operations.gen.ts';
import { differencesOf, type Difference } from './differences.ts';
import type { RevisedKind, Revision, WholeRevision } from './revision.ts';
import type { RevisionStore } from './revision.store.ts';

interface HistoryStores {
  readonly revisions: RevisionStore;
  readonly audit: Pick<AuditStore, 'hasChanged'>;
}

/** What the history of one kind of resource needs to know of it. */
export interface RevisionsNeeds<S extends HistoryStores> {
  readonly kind: RevisedKind;
  readonly notFound: ProblemName;
  readonly work: Pick<UnitOfWork<S>, 'read' | 'browse'>;
  readonly isThere: (stores: S, inum: string) => Promise<boolean>;
  /** Brings a document into the form that is answered, where it is kept in another one. */
  readonly shown?: (text: string) => string;
  /** Whether a resource with this document has a secret, which is in a member of this name when it is written. */
  readonly secret?: { readonly member: string; readonly isNeeded: (document: Members) => boolean };
}

export interface RevisionRequest {
  readonly inum: string;
  readonly number: number;
}

/** The revisions of the resources of one kind, to be read. */
export class Revisions<S extends HistoryStores> {
  constructor(private readonly needs: RevisionsNeeds<S>) {}

  /** A page of the revisions of a resource, the newest first. Refuses with `notFound` what never was. */
  page({ inum, ...part }: Part & { readonly inum: string }): Promise<Schemas['RevisionPagedResult']> {
    const { kind, work, isThere, notFound } = this.needs;
    return work.browse(async (stores) => {
      const total = await stores.revisions.count(kind, inum);
      if (total === 0 && !(await isThere(stores, inum))) throw new Problem(notFound);
      const page = part.limit === 0 ? [] : await stores.revisions.page(kind, inum, part);
      return { start: part.offset, totalEntriesCount: total, entriesCount: page.length, entries: page.map(shown) };
    });
  }

  /** A revision with its document or, with `compare`, with what is different from that one. Refuses with `revision-not-found`. */
  one({ inum, number, compare }: RevisionRequest & { readonly compare?: number }): Promise<Schemas['Revision']> {
    return this.needs.work.browse(async (stores) => {
      const found = await this.found(stores, { inum, number });
      if (compare === undefined) {
        const document = this.shownIn(found);
        return { ...shown(found), ...(document !== undefined && { document }) };
      }
      const other = await this.found(stores, { inum, number: compare });
      const differences = [
        ...differencesOf(this.shownIn(other) ?? {}, this.shownIn(found) ?? {}),
        ...(await this.secretDifference(stores, inum, other, found)),
      ];
      return { ...shown(found), comparedWith: compare, differences };
    });
  }

  /** What a resource was. Refuses with `revision-not-found`, and with `nothing-to-restore` where it was removed. */
  documentOf(request: RevisionRequest): Promise<Members> {
    return this.needs.work.read((stores) => this.documentIn(stores, request));
  }

  /** The same in a unit of work. */
  async documentIn(stores: S, request: RevisionRequest): Promise<Members> {
    const document = documentIn(await this.found(stores, request));
    if (document !== undefined) return document;
    throw new Problem('nothing-to-restore', { detail: `revision ${request.number} is a removal` });
  }

  private shownIn({ document, ...facts }: WholeRevision): Members | undefined {
    const text = document === undefined ? undefined : (this.needs.shown?.(document) ?? document);
    return documentIn({ ...facts, ...(text !== undefined && { document: text }) });
  }

  private async found({ revisions }: S, { inum, number }: RevisionRequest): Promise<WholeRevision> {
    const found = await revisions.find(this.needs.kind, inum, number);
    if (found === undefined) throw new Problem('revision-not-found', { detail: `there is no revision ${number}` });
    return found;
  }

  /** No revision has secrets: whether there was one follows from the document, and that it was replaced from the log. */
  private async secretDifference(
    { audit }: S,
    inum: string,
    before: WholeRevision,
    after: WholeRevision,
  ): Promise<Difference[]> {
    const { kind, secret } = this.needs;
    if (secret === undefined) return [];
    const [had, has] = [before, after].map((revision) => secret.isNeeded(documentIn(revision) ?? {}));
    const between = [before.at, after.at].sort() as [string, string];
    const isAnother = had === true && has === true && (await audit.hasChanged(kind, inum, secret.member, between));
    if (had === has && !isAnother) return [];
    const pointer = `/${secret.member}`;
    return [{ pointer, ...(had && { before: 'set' }), ...(has && { after: isAnother ? 'changed' : 'set' }) }];
  }
}

const documentIn = ({ document }: WholeRevision): Members | undefined =>
  document === undefined ? undefined : (JSON.parse(document) as Members);

function shown(revision: Revision): Schemas['Revision'] {
  const { number, at, actor, door, source, requestId, reason, restoredFrom, isRemoval } = revision;
  return {
    revision: number,
    at: at.slice(0, 19),
    ...(actor && { by: actor }),
    door,
    ...(source !== '' && { source }),
    ...(requestId !== '' && { requestId }),
    ...(reason !== undefined && { reason }),
    ...(restoredFrom && { restoredFrom }),
    ...(isRemoval && { removed: true as const }),
  };
}
