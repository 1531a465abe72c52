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

interface Row {
  c_inum: string;
  c_version: number;
  c_created_at: string;
  c_document: string;
  a_sequence: number | null;
  a_last_access_time: string | null;
}

const COLUMNS = ['c.inum', 'c.version', 'c.createdAt', 'c.document', 'a.sequence', 'a.lastAccessTime'];

/** The clients in a unit of work. */
export class ClientStore {
  constructor(private readonly manager: EntityManager) {}

  /** Inserts a client; rejects with `client-exists` when the inum is taken. */
  async insert(client: WrittenClient & { readonly source: Source }): Promise<void> {
    const { inum } = client.document;
    const row = { ...columnsOf(client), inum, createdAt: client.at, version: 1, source: client.source };
    try {
      await this.manager.insert(ClientEntity, row);
    } catch (error) {
      throw isDuplicate(error) ? new Problem('client-exists', { detail: `${inum} is taken` }) : error;
    }
    await insertScopes(this.manager, inum, client.scopeInums);
  }

  async find(inum: string): Promise<StoredClient | undefined> {
    const row = await this.query().where('c.inum = :inum', { inum }).getRawOne<Row>();
    return row === undefined ? undefined : ofRow(row);
  }

  /** Like `find`, and keeps others from writing the client until the transaction ends. */
  async findForUpdate(inum: string): Promise<StoredClient | undefined> {
    // On SQLite the transaction has the database to itself.
    if (this.manager.dataSource.options.type !== 'better-sqlite3') {
      const locking = this.manager
        .createQueryBuilder(ClientEntity, 'c')
        .select('c.inum')
        .where('c.inum = :inum', { inum });
      await locking.setLock('pessimistic_write').getOne();
    }
    return this.find(inum);
  }

  /** Writes the next version of a client that `findForUpdate` has read. */
  async update({ inum, version }: StoredClient, client: WrittenClient): Promise<void> {
    const next = { ...columnsOf(client), version: version + 1 };
    const written = await this.manager.update(ClientEntity, { inum, version }, next);
    if (written.affected !== 1) throw new Error(`version ${version} of client ${inum} is no longer the current one`);
    await this.manager.delete(ClientScopeEntity, { inum });
    await insertScopes(this.manager, inum, client.scopeInums);
  }

  async remove(inum: string): Promise<void> {
    await this.manager.delete(ClientEntity, { inum });
  }

  /** Clients in the order of their inums. */
  async page(start: number, limit: number): Promise<StoredClient[]> {
    const rows = await this.query().orderBy('c.inum').offset(start).limit(limit).getRawMany<Row>();
    return rows.map(ofRow);
  }

  count(): Promise<number> {
    return this.manager.count(ClientEntity);
  }

  /** The scopes of a client as they stand in tokens. */
  async scopeIds(inum: string): Promise<string[]> {
    const rows = await this.manager
      .createQueryBuilder(ScopeEntity, 's')
      .innerJoin(ClientScopeEntity, 'cs', 'cs.scopeInum = s.inum')
      .select('s.scopeId', 'id')
      .where('cs.inum = :inum', { inum })
      .orderBy('s.scopeId')
      .getRawMany<{ id: string }>();
    return rows.map((row) => row.id);
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

  /** Records a use of a client at `at`. */
  async noteUse(inum: string, at: string): Promise<void> {
    const next = { lastAccessTime: at, sequence: () => 'sequence + 1' };
    const updated = await this.manager.update(ClientActivityEntity, { inum }, next);
    if (updated.affected === 0) {
      await this.manager.insert(ClientActivityEntity, { inum, sequence: 1, lastAccessTime: at });
    }
  }

  private query(): SelectQueryBuilder<ClientEntity> {
    return this.manager
      .createQueryBuilder(ClientEntity, 'c')
      .leftJoin(ClientActivityEntity, 'a', 'a.inum = c.inum')
      .select(COLUMNS);
  }
}

async function insertScopes(manager: EntityManager, inum: string, scopeInums: readonly string[]): Promise<void> {
  if (scopeInums.length === 0) return;
  await manager.insert(
    ClientScopeEntity,
    scopeInums.map((scopeInum) => ({ inum, scopeInum })),
  );
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
