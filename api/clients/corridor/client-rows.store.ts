import { In, type EntityManager, type EntityTarget } from 'typeorm';
import { ClientActivityEntity } from '../../../entities/client-activity.entity.ts';
import { ClientClaimEntity } from '../../../entities/client-claim.entity.ts';
import { ClientDisuseEntity } from '../../../entities/client-disuse.entity.ts';
import { ClientRegistrationEntity } from '../../../entities/client-registration.entity.ts';
import { ClientScopeEntity } from '../../../entities/client-scope.entity.ts';
import { ClientSecretEntity } from '../../../entities/client-secret.entity.ts';
import { ClientEntity } from '../../../entities/client.entity.ts';
import { UseReporterEntity } from '../../../entities/use-reporter.entity.ts';
import { ABSENT } from '../../search/field.ts';
import { firstCharacters, fold } from '../../search/text/fold.ts';
import { textIndex, type TextIndex } from '../../search/text/text-index.store.ts';
import { foldedList, searchedText } from '../../search/text/trigrams.ts';
import { joinedValues, valueRows, type JoinedValues, type ValueRows } from '../../search/values/value-rows.store.ts';
import { inTurns, othersTurn } from '../../shared/database/others-turn.ts';
import { isDuplicate } from '../../shared/database/database-fault.ts';
import { insertRows } from '../../shared/database/plain-insert.store.ts';
import { differences, documentText, type ClientDocument } from '../document/client.document.ts';
import { changedValues, valuesOf, without, type ChangedValues } from '../document/client.values.ts';
import type { ScopeName } from '../../scopes/scope.store.ts';
import { Overtaken } from '../../shared/database/proposals.ts';
import { splitReferences } from '../client.references.ts';
import { foldedName, type Source } from '../client.store.ts';
import { anyShard, joinedCount, type Along } from './client-count.ts';
import { removeRow, writeNext, writeTogether, type NextVersion } from './next-version.store.ts';

/** A client to be inserted, as it was at `at` (a timestamp). */
export interface NewClient {
  readonly document: ClientDocument;
  readonly at: string;
  readonly source: Source;
  /** Who or what let it in, where that is known. */
  readonly registeredBy?: string | undefined;
  readonly version: number;
  /** When it was created, where that is not `at`. */
  readonly createdAt?: string;
  /** All of its scopes, as they were called when they were looked up, where they are stored only while they are. */
  readonly called?: readonly ScopeName[] | undefined;
}

/** The next version of a client: what it was, and what it becomes at `at` (a timestamp). */
export interface RowChange {
  readonly version: number;
  readonly before: ClientDocument;
  readonly after: ClientDocument;
  readonly at: string;
}

/** A client to be removed, in the version that it is in. */
export interface RowRemoval {
  readonly document: ClientDocument;
  readonly version: number;
}

/** The rows of clients, with those of their scopes, claims, searched texts and values: the writing half, for the corridor only. */
export class ClientRows {
  private readonly texts: TextIndex;
  private readonly values: ValueRows;
  /** Whether statements go to a server, so that each costs a round trip. */
  private readonly isRemote: boolean;

  constructor(private readonly manager: EntityManager) {
    this.texts = textIndex(manager);
    this.values = valueRows(manager);
    this.isRemote = manager.dataSource.options.type !== 'better-sqlite3';
  }

  /** Inserts clients; rejects with the database's error when an inum is taken, throws `Overtaken` when a scope is called otherwise. `along` goes with one client. */
  async insert(clients: readonly NewClient[], along?: Along): Promise<void> {
    await insertRows(this.manager, ClientEntity, clients.map(rowOf));
    for (const client of clients) await this.insertCalled(client);
    for (const references of REFERENCES) {
      const others = references.entity === ClientScopeEntity ? clients.filter(({ called }) => !called) : clients;
      const rows = others.flatMap(({ document: { inum }, document }) =>
        references.inumsOf(document).map((referred) => ({ inum, referred })),
      );
      await this.insertReferences(references, rows);
    }
    await this.texts.add(clients.map(({ document }) => ({ inum: document.inum, text: textOf(document) })));
    await this.values.add(clients.flatMap(({ document }) => valuesOf(document)));
    if (along !== undefined && this.isRemote) return along(joinedCount());
    await along?.();
    await this.count(clients.length);
  }

  /** Writes the next versions of clients; throws `Overtaken` when one is no longer what it was. Touches what differs only. */
  async update(changes: readonly RowChange[]): Promise<void> {
    const isOne = this.isRemote && changes.length === 1;
    const letOthers = othersTurn();
    for (const change of isOne ? [] : changes) {
      await letOthers();
      await this.write(change);
    }
    const values = await inTurns(changes, ({ before, after }) => changedValues(before, after));
    const all: ChangedValues = [values.flatMap(([gone]) => gone), values.flatMap(([, added]) => added)];
    const [only] = changes;
    const left = isOne && only !== undefined ? await this.writeAtOnce(only, all) : all;
    // What the sweep of unused clients has done about one is no reason any more, once somebody else decides.
    const switched = changes.filter(({ before, after }) => before.disabled !== after.disabled);
    if (switched.length > 0)
      await this.manager.delete(ClientDisuseEntity, { inum: In(switched.map(({ before }) => before.inum)) });
    for (const references of REFERENCES) await this.setReferences(references, changes);
    await this.values.change(...left);
    if (!isOne) await this.count(0);
  }

  private async write(change: RowChange): Promise<void> {
    const { before, after } = change;
    await writeNext(this.manager, nextOf(change));
    if (isTextOther(change)) await this.texts.change(before.inum, textOf(after));
  }

  /**
   * In one statement with the count, the text and the values that become others. Returns the values that are left to be changed.
   * Others wait for the row of the count a little longer, and seldom.
   */
  private async writeAtOnce(change: RowChange, all: ChangedValues): Promise<ChangedValues> {
    const next = textOf(change.after);
    const joined = isTextOther(change) && {
      text: { next, change: this.texts.joinedChange(textOf(change.before), next) },
    };
    const write = (values: JoinedValues): Promise<boolean> =>
      writeTogether(this.manager, nextOf(change), { shard: anyShard(), ...joined, values });
    const values = joinedValues(...all);
    try {
      if (await write(values)) return [values.gone, values.added];
    } catch (error) {
      if (values.count === 0 || !isDuplicate(error)) throw error;
      await write(joinedValues([], []));
    }
    // Some were not there, or are already: a property that was kept in another way before.
    return all;
  }

  /** Makes every token that the client has got one of an earlier time. */
  async revokeTokens(inum: string): Promise<void> {
    await this.manager.increment(ClientEntity, { inum }, 'tokenGeneration', 1);
  }

  /** Puts what a client has under the inum of `document`, which is taken from then on, and nothing under its own. */
  async rename(from: RowRemoval, document: ClientDocument, version: number, at: string): Promise<void> {
    const { inum } = from.document;
    const found = await this.manager.findOneByOrFail(ClientEntity, { inum });
    const { createdAt, source, registeredBy, tokenGeneration = 0 } = found;
    const came = { source: source as Source, registeredBy: registeredBy ?? undefined };
    await this.insert([{ document, at, createdAt, ...came, version }]);
    // Else a client that gets its former inum back would have the tokens back that were revoked in between.
    await this.manager.update(ClientEntity, { inum: document.inum }, { tokenGeneration });
    for (const entity of OWNED) await this.manager.update(entity, { inum }, { inum: document.inum });
    // It is waited for under the name that it has.
    await this.manager.update(UseReporterEntity, { caller: inum }, { caller: document.inum });
    await this.remove(from);
  }

  /** Makes the values of these clients those of their documents, whatever they are. Returns how many rows were wrong. */
  async correctValues(documents: readonly ClientDocument[]): Promise<number> {
    if (documents.length === 0) return 0;
    const had = await this.values.of(documents.map(({ inum }) => inum));
    const has = documents.flatMap(valuesOf);
    const [gone, added] = [without(had, has), without(has, had)];
    await this.values.remove(gone);
    await this.values.add(added);
    // What was counted before may have been wrong.
    if (gone.length + added.length > 0) await this.count(0);
    return gone.length + added.length;
  }

  /** Removes a client; throws `Overtaken` when it is no longer what it was. */
  async remove({ document: { inum }, document, version }: RowRemoval): Promise<void> {
    const entries = this.texts.entriesOf(textOf(document));
    if (entries === undefined) await this.texts.remove(inum);
    await removeRow(this.manager, { inum, version }, entries);
    await this.count(-1);
  }

  /** A statement for all that lose the same reference, and one for all that are new. */
  private async setReferences(references: References, changes: readonly RowChange[]): Promise<void> {
    const { entity, column, member, inumsOf } = references;
    const gone = new Map<string, string[]>();
    const added: Reference[] = [];
    for (const { before, after } of changes) {
      if (!differences(before, after).has(member)) continue;
      const [had, has] = [inumsOf(before), inumsOf(after)];
      for (const referred of had) {
        if (has.includes(referred)) continue;
        const losing = gone.get(referred) ?? [];
        losing.push(after.inum);
        gone.set(referred, losing);
      }
      added.push(...has.filter((one) => !had.includes(one)).map((referred) => ({ inum: after.inum, referred })));
    }
    for (const [referred, inums] of gone) await this.manager.delete(entity, { inum: In(inums), [column]: referred });
    await this.insertReferences(references, added);
  }

  private async insertCalled({ document: { inum }, called = [] }: NewClient): Promise<void> {
    if (called.length === 0) return;
    const each = called.map(() => '(inum = ? AND scope_id = ?)').join(' OR ');
    const insert = `INSERT INTO client_scopes (inum, scope_inum) SELECT ?, inum FROM scopes WHERE ${each}`;
    const values = [inum, ...called.flatMap((scope) => [scope.inum, scope.id])];
    const written = await this.manager.queryRunner?.query(insert, values, true);
    if (written?.affected !== called.length) throw new Overtaken();
  }

  private async insertReferences({ entity, column }: References, rows: readonly Reference[]): Promise<void> {
    await insertRows(
      this.manager,
      entity,
      rows.map(({ inum, referred }) => ({ inum, [column]: referred })),
    );
  }

  /** Last in the transaction, so that the row of the count is held for a moment only. */
  private async count(more: number): Promise<void> {
    await this.manager.query('UPDATE client_counts SET clients = clients + ?, writes = writes + 1 WHERE shard = ?', [
      more,
      anyShard(),
    ]);
  }
}

/** What goes with a client, and is not made from its document. */
const OWNED = [ClientActivityEntity, ClientDisuseEntity, ClientRegistrationEntity, ClientSecretEntity];

interface Reference {
  readonly inum: string;
  readonly referred: string;
}

/** A table of what clients refer to. */
interface References {
  readonly entity: EntityTarget<object>;
  readonly column: string;
  readonly member: 'scopes' | 'claims';
  readonly inumsOf: (document: ClientDocument) => string[];
}

const REFERENCES: readonly References[] = [
  {
    entity: ClientScopeEntity,
    column: 'scopeInum',
    member: 'scopes',
    inumsOf: ({ scopes }) => splitReferences('scopes', scopes ?? []).inums,
  },
  {
    entity: ClientClaimEntity,
    column: 'claimInum',
    member: 'claims',
    inumsOf: ({ claims }) => splitReferences('attributes', claims ?? []).inums,
  },
];

const rowOf = ({ document, at, version, source, registeredBy, createdAt = at }: NewClient): ClientEntity => ({
  ...columnsOf(document, at),
  inum: document.inum,
  createdAt,
  version,
  source,
  registeredBy: registeredBy === undefined ? null : firstCharacters(registeredBy, 512),
});

const nextOf = ({ before, after, at, version }: RowChange): NextVersion => ({
  inum: before.inum,
  version,
  columns: { ...columnsOf(after, at), version: version + 1 },
});

function columnsOf(
  document: ClientDocument,
  at: string,
): Omit<ClientEntity, 'inum' | 'createdAt' | 'version' | 'source' | 'registeredBy'> {
  return {
    displayNameFolded: document.displayName === undefined ? ABSENT : foldedName(document.displayName),
    disabled: document.disabled,
    applicationType: document.applicationType,
    softwareId: document.softwareId === undefined ? null : firstCharacters(document.softwareId, 255),
    expirationDate: document.expirationDate ?? null,
    clientIdIssuedAt: document.clientIdIssuedAt ?? null,
    clientSecretExpiresAt: document.clientSecretExpiresAt ?? null,
    contactsFolded: foldedList(document.contacts ?? []),
    approvalState: document.approval?.state ?? null,
    approvalAt: document.approval?.at ?? null,
    updatedAt: at,
    document: documentText(document),
  };
}

/** Whether the text that the client is searched by is another one. */
function isTextOther({ before, after }: RowChange): boolean {
  const paths = differences(before, after);
  return (paths.has('displayName') || paths.has('description')) && textOf(before) !== textOf(after);
}

/** What `pattern` searches. */
const textOf = ({ displayName, description, inum }: ClientDocument): string =>
  searchedText([displayName ?? '', description ?? '', inum].map(fold));
