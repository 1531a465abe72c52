import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { ClientActivityEntity } from '../../entities/client-activity.entity.ts';
import { ClientScopeEntity } from '../../entities/client-scope.entity.ts';
import { ClientEntity } from '../../entities/client.entity.ts';
import { ScopeEntity } from '../../entities/scope.entity.ts';
import { Problem } from '../shared/problem.ts';
import { isDuplicate } from '../shared/unit-of-work.ts';
import type { ClientDocument } from './client.document.ts';

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

export interface ClientStore {
  /** Inserts a client; rejects with `client-exists` when the inum is taken. */
  insert(client: WrittenClient & { readonly source: Source }): Promise<void>;
  find(inum: string): Promise<StoredClient | undefined>;
  /** Like `find`, and keeps others from writing the client until the transaction ends. */
  findForUpdate(inum: string): Promise<StoredClient | undefined>;
  update(previous: StoredClient, client: WrittenClient): Promise<void>;
  remove(inum: string): Promise<void>;
  /** Clients in the order of their inums. */
  page(start: number, limit: number): Promise<StoredClient[]>;
  count(): Promise<number>;
  /** The scopes of a client as they stand in tokens, in their order. */
  scopeIds(inum: string): Promise<string[]>;
  /** The enabled clients that have one of these scopes. */
  enabledWithScopes(scopeIds: readonly string[]): Promise<StoredClient[]>;
  noteUse(inum: string, at: string): Promise<void>;
}

interface Row {
  c_inum: string;
  c_version: number;
  c_created_at: string;
  c_document: string;
  a_sequence: number | null;
  a_last_access_time: string | null;
}

const COLUMNS = ['c.inum', 'c.version', 'c.createdAt', 'c.document', 'a.sequence', 'a.lastAccessTime'];

export function clientStore(manager: EntityManager): ClientStore {
  const locks = manager.connection.options.type !== 'better-sqlite3';
  const query = (): SelectQueryBuilder<ClientEntity> =>
    manager
      .createQueryBuilder(ClientEntity, 'c')
      .leftJoin(ClientActivityEntity, 'a', 'a.inum = c.inum')
      .select(COLUMNS);
  const find = async (inum: string): Promise<StoredClient | undefined> =>
    fromRow(await query().where('c.inum = :inum', { inum }).getRawOne<Row>());
  return {
    insert: async (client) => {
      const { inum } = client.document;
      try {
        await manager.insert(ClientEntity, { ...columnsOf(client), inum, createdAt: client.at, version: 1, source: client.source });
      } catch (error) {
        throw isDuplicate(error) ? new Problem('client-exists', { detail: `${inum} is taken` }) : error;
      }
      await insertScopes(manager, inum, client.scopeInums);
    },
    find,
    findForUpdate: async (inum) => {
      const locking = manager.createQueryBuilder(ClientEntity, 'c').select('c.inum').where('c.inum = :inum', { inum });
      if (locks) await locking.setLock('pessimistic_write').getOne();
      return find(inum);
    },
    update: async ({ inum, version }, client) => {
      const written = await manager.update(ClientEntity, { inum, version }, { ...columnsOf(client), version: version + 1 });
      if (written.affected !== 1) throw new Error(`version ${version} of client ${inum} is no longer the current one`);
      await manager.delete(ClientScopeEntity, { inum });
      await insertScopes(manager, inum, client.scopeInums);
    },
    remove: async (inum) => {
      await manager.delete(ClientEntity, { inum });
    },
    page: async (start, limit) => {
      const rows = await query().orderBy('c.inum').offset(start).limit(limit).getRawMany<Row>();
      return rows.map((row) => ofRow(row));
    },
    count: () => manager.count(ClientEntity),
    scopeIds: async (inum) => {
      const rows = await manager
        .createQueryBuilder(ScopeEntity, 's')
        .innerJoin(ClientScopeEntity, 'cs', 'cs.scopeInum = s.inum')
        .select('s.scopeId', 'id')
        .where('cs.inum = :inum', { inum })
        .orderBy('s.scopeId')
        .getRawMany<{ id: string }>();
      return rows.map((row) => row.id);
    },
    enabledWithScopes: async (scopeIds) => {
      const rows = await query()
        .innerJoin(ClientScopeEntity, 'cs', 'cs.inum = c.inum')
        .innerJoin(ScopeEntity, 's', 's.inum = cs.scopeInum')
        .where('s.scopeId IN (:...scopeIds) AND c.disabled = :disabled', { scopeIds, disabled: false })
        .distinct(true)
        .getRawMany<Row>();
      return rows.map((row) => ofRow(row));
    },
    noteUse: async (inum, at) => {
      const next = { lastAccessTime: at, sequence: () => 'sequence + 1' };
      const updated = await manager.update(ClientActivityEntity, { inum }, next);
      if (updated.affected === 0) await manager.insert(ClientActivityEntity, { inum, sequence: 1, lastAccessTime: at });
    },
  };
}

async function insertScopes(manager: EntityManager, inum: string, scopeInums: readonly string[]): Promise<void> {
  if (scopeInums.length === 0) return;
  await manager.insert(ClientScopeEntity, scopeInums.map((scopeInum) => ({ inum, scopeInum })));
}

function columnsOf({ document, at }: WrittenClient): Omit<ClientEntity, 'inum' | 'createdAt' | 'version' | 'source'> {
  return {
    displayNameFolded: fold(document.displayName ?? '').slice(0, 512),
    disabled: document.disabled === true,
    applicationType: document.applicationType,
    expirationDate: document.expirationDate ?? null,
    updatedAt: at,
    document: JSON.stringify(document),
  };
}

/** The form of a text that is searched and sorted by: the same in both databases. */
const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

const fromRow = (row: Row | undefined): StoredClient | undefined => (row === undefined ? undefined : ofRow(row));

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
