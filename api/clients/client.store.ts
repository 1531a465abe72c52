import { LessThanOrEqual, MoreThan, type DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { ClientActivityEntity } from '../../entities/client-activity.entity.ts';
import { ClientCountEntity } from '../../entities/client-count.entity.ts';
import { ClientScopeEntity } from '../../entities/client-scope.entity.ts';
import { ClientEntity } from '../../entities/client.entity.ts';
import { ScopeEntity } from '../../entities/scope.entity.ts';
import { SORT_COLUMN_LENGTH } from '../search/field.ts';
import { firstCharacters, fold } from '../search/text/fold.ts';
import { END } from '../search/text/trigrams.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { isDuplicate } from '../shared/database/database-fault.ts';
import { gatheredReads, type ReadByKey } from '../shared/database/gathered-reads.store.ts';
import { placesOf } from '../shared/database/places.ts';
import { Overtaken } from '../shared/database/proposals.ts';

/** How a client came in. */
export type Source = NonNullable<Schemas['Client']['registrationMethod']>;

/** A client as it is stored. */
export interface StoredClient {
  readonly inum: string;
  /** Counts the writes of the document, from 1. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly source: Source;
  /** Who or what let it in, where that is known. */
  readonly registeredBy?: string;
  /** The document as JSON text. */
  readonly text: string;
  /** Counts how often its tokens were revoked, from 0. */
  readonly tokenGeneration: number;
  /** Counts the recorded uses, from 0. */
  readonly activity: number;
  readonly lastAccessTime?: string;
}

/** A display name as clients are found and sorted by it: what the text that is searched begins with. */
export const foldedName = (name: string): string =>
  firstCharacters(fold(name).replaceAll(END, ' '), SORT_COLUMN_LENGTH);

interface Row {
  c_inum: string;
  c_version: number;
  c_created_at: string;
  c_updated_at: string;
  c_source: string;
  c_registered_by: string | null;
  c_document: string;
  c_token_generation: number;
  a_sequence: number | null;
  a_last_access_time: string | null;
}

interface ScopeRow {
  readonly inum: string;
  readonly id: string;
  /** When it ends, a date of the wire. */
  readonly ends: string | null;
}

/** Every token asks this: the builder takes longer for its text than the database for its rows. */
const SCOPES: ReadByKey<ScopeRow> = {
  read: (manager, inums) =>
    manager.query(
      `SELECT cs.inum AS inum, s.scope_id AS id, s.expiration_date AS ends
       FROM scopes s JOIN client_scopes cs ON cs.scope_inum = s.inum
       WHERE cs.inum IN (${placesOf(inums)}) ORDER BY s.scope_id`,
      [...inums],
    ),
  keyOf: ({ inum }) => inum,
};

const COLUMNS = [
  'c.inum',
  'c.version',
  'c.createdAt',
  'c.updatedAt',
  'c.source',
  'c.registeredBy',
  'c.document',
  'c.tokenGeneration',
  'a.sequence',
  'a.lastAccessTime',
];

/** So many clients are read together with those that others ask for. */
const FEW = 8;

const selects = new WeakMap<DataSource, string>();

/** The clients in a unit of work, for reading: the corridor writes them. */
export class ClientStore {
  private readonly rowsOf: (inum: string) => Promise<readonly Row[]>;
  private readonly scopesOf: (inum: string) => Promise<readonly ScopeRow[]>;

  constructor(private readonly manager: EntityManager) {
    this.rowsOf = gatheredReads(manager, { read: (_manager, inums) => this.rows(inums), keyOf: (row) => row.c_inum });
    this.scopesOf = gatheredReads(manager, SCOPES);
  }

  async find(inum: string): Promise<StoredClient | undefined> {
    const [row] = await this.rowsOf(inum);
    return row && ofRow(row);
  }

  /** Like `find`, and keeps others from writing the client until the transaction ends. */
  async findForUpdate(inum: string): Promise<StoredClient | undefined> {
    await this.lock([inum]);
    return this.find(inum);
  }

  /** Keeps others from writing a client until the transaction ends. Throws `Overtaken` when it is not as it was read. */
  async hold({ inum, version }: Pick<StoredClient, 'inum' | 'version'>): Promise<void> {
    const held = this.manager.createQueryBuilder(ClientEntity, 'c').select('c.version', 'version');
    if (!this.isAlone()) held.setLock('pessimistic_write');
    const [row] = await held.where('c.inum = :inum', { inum }).getRawMany<{ version: number }>();
    if (row?.version !== version) throw new Overtaken();
  }

  /** Keeps others from writing these clients until the transaction ends. */
  async lock(inums: readonly string[]): Promise<void> {
    if (this.isAlone() || inums.length === 0) return;
    const locking = this.manager
      .createQueryBuilder(ClientEntity, 'c')
      .select('c.inum')
      .where('c.inum IN (:...inums)', { inums });
    await locking.setLock('pessimistic_write').getMany();
  }

  /** The inums of the clients that follow one in the order of inums; '' comes before all. */
  async inumsAfter(inum: string, limit: number): Promise<string[]> {
    const where = { inum: MoreThan(inum) };
    const found = await this.manager.find(ClientEntity, {
      select: { inum: true },
      where,
      order: { inum: 'ASC' },
      take: limit,
    });
    return found.map((row) => row.inum);
  }

  async count(): Promise<number> {
    return (await this.manager.sum(ClientCountEntity, 'clients')) ?? 0;
  }

  /** The clients with these inums, in their order; those that are gone are left out. */
  async byIds(inums: readonly string[]): Promise<StoredClient[]> {
    if (inums.length === 0) return [];
    const isFew = inums.length <= FEW;
    const rows = isFew ? (await Promise.all(inums.map((inum) => this.rowsOf(inum)))).flat() : await this.rows(inums);
    const found = new Map(rows.map((row) => [row.c_inum, ofRow(row)]));
    return inums.flatMap((inum) => found.get(inum) ?? []);
  }

  /** How long the documents of these clients are, in about as many characters. */
  async sizesOf(inums: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (inums.length === 0) return new Map();
    const rows = await this.manager.query<{ inum: string; size: number | string }[]>(
      `SELECT inum, LENGTH(document) AS size FROM clients WHERE inum IN (${placesOf(inums)})`,
      [...inums],
    );
    return new Map(rows.map(({ inum, size }) => [inum, Number(size)]));
  }

  /** When a client was written last, a timestamp. */
  async changedAt(inum: string): Promise<string | undefined> {
    return (await this.manager.findOne(ClientEntity, { select: { updatedAt: true }, where: { inum } }))?.updatedAt;
  }

  /** The scopes of a client as they stand in tokens; with `at` (a date of the wire) those that have not ended then. */
  async scopeIds(inum: string, at?: string): Promise<string[]> {
    const scopes = await this.scopesOf(inum);
    const lasting = scopes.filter(({ ends }) => at === undefined || ends === null || ends > at);
    return lasting.map(({ id }) => id);
  }

  /** The scopes of all of these clients as they stand in tokens. */
  async scopeIdsOf(inums: readonly string[]): Promise<string[]> {
    const query = this.manager
      .createQueryBuilder(ScopeEntity, 's')
      .innerJoin(ClientScopeEntity, 'cs', 'cs.scopeInum = s.inum')
      .select('s.scopeId', 'id')
      .distinct(true);
    const found =
      inums.length === 0 ? [] : await query.where('cs.inum IN (:...inums)', { inums }).getRawMany<{ id: string }>();
    return found.map(({ id }) => id);
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

  /** Some of the clients that ended, and were written last, before these moments (`yyyy-MM-dd'T'HH:mm:ss`, timestamp). */
  async expiredBy(ended: string, written: string, limit: number): Promise<{ inum: string; version: number }[]> {
    const order = { expirationDate: 'ASC', inum: 'ASC' } as const;
    const where = { expirationDate: LessThanOrEqual(ended), updatedAt: LessThanOrEqual(written) };
    return this.manager.find(ClientEntity, { select: { inum: true, version: true }, where, order, take: limit });
  }

  /** Some of the clients that were rejected before this moment (`yyyy-MM-dd'T'HH:mm:ss`). */
  async rejectedBy(at: string, limit: number): Promise<{ inum: string; version: number }[]> {
    const where = { approvalState: 'rejected', approvalAt: LessThanOrEqual(at) };
    const order = { approvalAt: 'ASC' } as const;
    return this.manager.find(ClientEntity, { select: { inum: true, version: true }, where, order, take: limit });
  }

  /** How many clients wait for approval, and of how many a change does: at most `most` of each. */
  async waiting(most: number): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const state of ['waiting', 'pending_change']) {
      const some = `SELECT 1 FROM clients WHERE approval_state = ? LIMIT ${most}`;
      const counting = `SELECT COUNT(*) AS total FROM (${some}) some`;
      const [row] = await this.manager.query<{ total: number | string }[]>(counting, [state]);
      counts[state] = Number(row?.total);
    }
    return counts;
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

  private rows(inums: readonly string[]): Promise<Row[]> {
    return this.manager.query(`${this.select()} WHERE c.inum IN (${placesOf(inums)})`, [...inums]);
  }

  /** On SQLite the transaction has the database to itself. */
  private isAlone(): boolean {
    return this.manager.dataSource.options.type === 'better-sqlite3';
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

function ofRow(row: Row): StoredClient {
  return {
    inum: row.c_inum,
    version: row.c_version,
    createdAt: row.c_created_at,
    updatedAt: row.c_updated_at,
    source: row.c_source as Source,
    ...(row.c_registered_by !== null && { registeredBy: row.c_registered_by }),
    text: row.c_document,
    tokenGeneration: row.c_token_generation,
    activity: row.a_sequence ?? 0,
    ...(row.a_last_access_time !== null && { lastAccessTime: row.a_last_access_time }),
  };
}
