import { randomInt } from 'node:crypto';
import {
  LessThanOrEqual,
  type DataSource,
  type EntityManager,
  type EntityTarget,
  type SelectQueryBuilder,
} from 'typeorm';
import { ClientCountEntity } from '../../entities/client-count.entity.ts';
import { ClientActivityEntity } from '../../entities/client-activity.entity.ts';
import { ClientClaimEntity } from '../../entities/client-claim.entity.ts';
import { ClientScopeEntity } from '../../entities/client-scope.entity.ts';
import { ClientEntity } from '../../entities/client.entity.ts';
import { ScopeEntity } from '../../entities/scope.entity.ts';
import { Problem } from '../shared/problem.ts';
import { ABSENT } from '../search/field.ts';
import { firstCharacters, fold } from '../search/fold.ts';
import { textIndex, type TextIndex } from '../search/text-index.store.ts';
import { searchedText } from '../search/trigrams.ts';
import { isDuplicate } from '../shared/database-fault.ts';
import type { ClientDocument } from './client.document.ts';
import { splitReferences } from './client.references.ts';

export type Source = 'admin' | 'registration' | 'setup';

/** A client as it is stored. */
export interface StoredClient {
  readonly inum: string;
  /** Counts the writes of the document, from 1. */
  readonly version: number;
  readonly createdAt: string;
  /** The document as JSON text. */
  readonly text: string;
  /** Counts the recorded uses, from 0. */
  readonly activity: number;
  readonly lastAccessTime?: string;
}

export interface WrittenClient {
  readonly document: ClientDocument;
  /** The inums of its scopes, as in the document. */
  readonly scopeInums: readonly string[];
  readonly at: string;
}

interface Row {
  c_inum: string;
  c_version: number;
  c_created_at: string;
  c_document: string;
  a_sequence: number | null;
  a_last_access_time: string | null;
}

const COUNT_SHARDS = 16;
const COLUMNS = ['c.inum', 'c.version', 'c.createdAt', 'c.document', 'a.sequence', 'a.lastAccessTime'];

const selects = new WeakMap<DataSource, string>();

export interface NewClient extends WrittenClient {
  readonly source: Source;
  /** 1 when it is left out. */
  readonly version?: number;
}

/** The clients in a unit of work. */
export class ClientStore {
  private readonly texts: TextIndex;

  constructor(private readonly manager: EntityManager) {
    this.texts = textIndex(manager);
  }

  /** Inserts a client; rejects with `client-exists` when the inum is taken. */
  async insert(client: NewClient): Promise<void> {
    try {
      await this.insertAll([client]);
    } catch (error) {
      throw isDuplicate(error) ? new Problem('client-exists', { detail: `${client.document.inum} is taken` }) : error;
    }
  }

  /** Inserts several clients; rejects with the database's error when an inum is taken. */
  async insertAll(clients: readonly NewClient[]): Promise<void> {
    await this.manager.insert(ClientEntity, clients.map(rowOf));
    await insertReferences(this.manager, clients);
    await this.texts.add(clients.map(({ document }) => ({ inum: document.inum, text: textOf(document) })));
    await this.countMore(clients.length);
  }

  async find(inum: string): Promise<StoredClient | undefined> {
    const [row] = await this.manager.query<Row[]>(`${this.select()} WHERE c.inum = ?`, [inum]);
    return row && ofRow(row);
  }

  /** Like `find`, and keeps others from writing the client until the transaction ends. */
  async findForUpdate(inum: string): Promise<StoredClient | undefined> {
    await this.lock([inum]);
    return this.find(inum);
  }

  /** Keeps others from writing these clients until the transaction ends. */
  async lock(inums: readonly string[]): Promise<void> {
    // On SQLite the transaction has the database to itself.
    if (this.manager.dataSource.options.type === 'better-sqlite3' || inums.length === 0) return;
    const locking = this.manager
      .createQueryBuilder(ClientEntity, 'c')
      .select('c.inum')
      .where('c.inum IN (:...inums)', { inums });
    await locking.setLock('pessimistic_write').getMany();
  }

  /** Writes the next version of a client that `findForUpdate` has read. */
  async update({ inum, version }: StoredClient, client: WrittenClient): Promise<void> {
    const next = { ...columnsOf(client), version: version + 1 };
    const written = await this.manager.update(ClientEntity, { inum, version }, next);
    if (written.affected !== 1) throw new Error(`version ${version} of client ${inum} is no longer the current one`);
    await this.setReferences(ClientScopeEntity, 'scopeInum', inum, client.scopeInums);
    await this.setReferences(ClientClaimEntity, 'claimInum', inum, claimInumsOf(client));
    await this.texts.change(inum, textOf(client.document));
  }

  async remove(inum: string): Promise<void> {
    await this.texts.remove(inum);
    await this.manager.delete(ClientEntity, { inum });
    await this.countMore(-1);
  }

  /** The clients with these inums, in their order; those that are gone are left out. */
  async byIds(inums: readonly string[]): Promise<StoredClient[]> {
    if (inums.length === 0) return [];
    const places = inums.map(() => '?').join(', ');
    const rows = await this.manager.query<Row[]>(`${this.select()} WHERE c.inum IN (${places})`, [...inums]);
    const found = new Map(rows.map((row) => [row.c_inum, ofRow(row)]));
    return inums.flatMap((inum) => found.get(inum) ?? []);
  }

  /** The scopes of a client as they stand in tokens; with `at` (a date of the wire) those that have not ended then. */
  async scopeIds(inum: string, at?: string): Promise<string[]> {
    const query = this.manager
      .createQueryBuilder(ScopeEntity, 's')
      .innerJoin(ClientScopeEntity, 'cs', 'cs.scopeInum = s.inum')
      .select('s.scopeId', 'id')
      .where('cs.inum = :inum', { inum })
      .orderBy('s.scopeId');
    if (at !== undefined) query.andWhere('(s.expirationDate IS NULL OR s.expirationDate > :at)', { at });
    return (await query.getRawMany<{ id: string }>()).map((row) => row.id);
  }

  /** The enabled clients that have one of these scopes. */
  async enabledWithScopes(scopeIds: readonly string[]): Promise<StoredClient[]> {
    const rows = await this.query()
      .innerJoin(ClientScopeEntity, 'cs', 'cs.inum = c.inum')
      .innerJoin(ScopeEntity, 's', 's.inum = cs.scopeInum')
      .where('s.scopeId IN (:...scopeIds) AND c.disabled = :disabled', { scopeIds, disabled: false })
      .distinct(true)
      .getRawMany<Row>();
    return rows.map(ofRow);
  }

  /** Some of the clients with this display name, whatever the case: at most 20. */
  async withDisplayName(name: string): Promise<StoredClient[]> {
    const folded = firstCharacters(fold(name), 512);
    const rows = await this.query().where('c.displayNameFolded = :folded', { folded }).limit(20).getRawMany<Row>();
    return rows.map(ofRow);
  }

  /** Some of the clients that ended, and were written last, before these moments (`yyyy-MM-dd'T'HH:mm:ss`, timestamp). */
  async expiredBy(ended: string, written: string, limit: number): Promise<{ inum: string; version: number }[]> {
    const order = { expirationDate: 'ASC', inum: 'ASC' } as const;
    const where = { expirationDate: LessThanOrEqual(ended), updatedAt: LessThanOrEqual(written) };
    return this.manager.find(ClientEntity, { select: { inum: true, version: true }, where, order, take: limit });
  }

  /** Records a use of a client at `at`. */
  async noteUse(inum: string, at: string): Promise<void> {
    const lastAccessTime = at.slice(0, 19);
    const next = { lastAccessTime, sequence: () => 'sequence + 1' };
    const updated = await this.manager.update(ClientActivityEntity, { inum }, next);
    if (updated.affected !== 0) return;
    try {
      await this.manager.insert(ClientActivityEntity, { inum, sequence: 1, lastAccessTime });
    } catch (error) {
      // Another process has noted the first use at the same moment.
      if (!isDuplicate(error)) throw error;
    }
  }

  /** Makes the rows of a client in a table of references the right ones, and touches only those that change. */
  private async setReferences(
    entity: EntityTarget<ClientScopeEntity | ClientClaimEntity>,
    column: 'scopeInum' | 'claimInum',
    inum: string,
    wanted: readonly string[],
  ): Promise<void> {
    const rows = this.manager.getRepository(entity as EntityTarget<Record<string, string>>);
    const present = await rows.findBy({ inum });
    const gone = present.filter((row) => !wanted.includes(row[column] ?? ''));
    const added = wanted.filter((referred) => !present.some((row) => row[column] === referred));
    if (gone.length > 0) await rows.delete(gone);
    if (added.length > 0) await rows.insert(added.map((referred) => ({ inum, [column]: referred })));
  }

  /** Last in the transaction, so that the row of the count is held for a moment only. */
  private async countMore(more: number): Promise<void> {
    const shard = randomInt(COUNT_SHARDS);
    await this.manager.increment(ClientCountEntity, { shard }, 'clients', more);
  }

  /** The text of `query`, written once: that takes the builder longer than the database takes to find a client. */
  private select(): string {
    const { dataSource } = this.manager;
    const text = selects.get(dataSource) ?? this.query().getQuery();
    selects.set(dataSource, text);
    return text;
  }

  private query(): SelectQueryBuilder<ClientEntity> {
    return this.manager
      .createQueryBuilder(ClientEntity, 'c')
      .leftJoin(ClientActivityEntity, 'a', 'a.inum = c.inum')
      .select(COLUMNS);
  }
}

const claimInumsOf = ({ document }: WrittenClient): string[] =>
  splitReferences('attributes', document.claims ?? []).inums;

/** The scopes and claims of clients, as rows. */
async function insertReferences(manager: EntityManager, clients: readonly WrittenClient[]): Promise<void> {
  const scopes = clients.flatMap(({ document, scopeInums }) =>
    scopeInums.map((scopeInum) => ({ inum: document.inum, scopeInum })),
  );
  if (scopes.length > 0) await manager.insert(ClientScopeEntity, scopes);
  const claims = clients.flatMap((client) =>
    claimInumsOf(client).map((claimInum) => ({ inum: client.document.inum, claimInum })),
  );
  if (claims.length > 0) await manager.insert(ClientClaimEntity, claims);
}

const rowOf = (client: NewClient): ClientEntity => ({
  ...columnsOf(client),
  inum: client.document.inum,
  createdAt: client.at,
  version: client.version ?? 1,
  source: client.source,
});

function columnsOf({ document, at }: WrittenClient): Omit<ClientEntity, 'inum' | 'createdAt' | 'version' | 'source'> {
  return {
    displayNameFolded: document.displayName === undefined ? ABSENT : firstCharacters(fold(document.displayName), 512),
    disabled: document.disabled,
    applicationType: document.applicationType,
    softwareId: document.softwareId === undefined ? null : firstCharacters(document.softwareId, 255),
    expirationDate: document.expirationDate ?? null,
    clientIdIssuedAt: document.clientIdIssuedAt ?? null,
    clientSecretExpiresAt: document.clientSecretExpiresAt ?? null,
    updatedAt: at,
    document: JSON.stringify(document),
  };
}

/** What `pattern` searches. */
const textOf = ({ displayName, description, inum }: ClientDocument): string =>
  searchedText([displayName ?? '', description ?? '', inum].map(fold));

function ofRow(row: Row): StoredClient {
  return {
    inum: row.c_inum,
    version: row.c_version,
    createdAt: row.c_created_at,
    text: row.c_document,
    activity: row.a_sequence ?? 0,
    ...(row.a_last_access_time !== null && { lastAccessTime: row.a_last_access_time }),
  };
}
