import { In, LessThanOrEqual, MoreThan, type EntityManager, type FindOptionsWhere, type Repository } from 'typeorm';
import { SoftwareStatementEntity } from '../../../entities/software-statement.entity.ts';

/** The claims of a software statement of ours. Times are seconds since the epoch. */
export interface StatementClaims {
  readonly jti: string;
  readonly iss: string;
  readonly iat: number;
  readonly exp: number;
  readonly org_id: string;
  readonly software_id: string;
  readonly software_roles?: string[];
  readonly grant_types?: string[];
  readonly lifetime: number;
}

export interface StatementDocument {
  readonly claims: StatementClaims;
  readonly description?: string;
  readonly isForOneUse: boolean;
  readonly isRotated: boolean;
  /** SHA-256 of every JWT that was made of it: nothing else is this statement. */
  readonly digests: readonly string[];
}

/** A software statement of ours. */
export interface StoredStatement {
  /** The client that had it issued. */
  readonly creator: string;
  readonly document: StatementDocument;
}

export interface StatementFilter {
  readonly jti?: string | undefined;
  readonly orgId?: string | undefined;
  readonly creator?: string | undefined;
}

/** Statements count while they are active and have not ended at `now`, a timestamp. */
export interface SoftwareStatementStore {
  insert(statement: StoredStatement, times: { readonly createdAt: string; readonly expiresAt: string }): Promise<void>;
  find(jti: string, now: string): Promise<StoredStatement | undefined>;
  /** The newest first, at most `limit`. */
  list(filter: StatementFilter, now: string, limit: number): Promise<StoredStatement[]>;
  /** Adds a digest to what the statement has now; says whether it still counts. */
  addDigest(jti: string, digest: string, now: string): Promise<boolean>;
  /** Uses a statement, up if it is for one use; says whether it could be used. Of several at once one is told so. */
  use(statement: StoredStatement, now: string): Promise<boolean>;
  /** Revokes at most `limit`. Returns those that were, these and no others. */
  revoke(filter: StatementFilter, now: string, limit: number): Promise<StoredStatement[]>;
  /** Uses up at most `limit` that were made until `taken` and are for one use. Returns their ids. */
  spend(taken: string, now: string, limit: number): Promise<string[]>;
  /** Removes at most `limit` that ended before `before`. Returns how many they were. */
  removeEnded(before: string, limit: number): Promise<number>;
}

const ACTIVE = 'ACTIVE';
const USED = 'USED';

/** What counts at `now`. */
const usable = (
  now: string,
  { jti, orgId, creator }: StatementFilter = {},
): FindOptionsWhere<SoftwareStatementEntity> => ({
  state: ACTIVE,
  expiresAt: MoreThan(now),
  ...(jti !== undefined && { jti }),
  ...(orgId !== undefined && { orgId }),
  ...(creator !== undefined && { creator }),
});

export function softwareStatementStore(manager: EntityManager): SoftwareStatementStore {
  const statements = manager.getRepository(SoftwareStatementEntity);
  /** Rows that nobody else changes until the transaction ends; on SQLite it has the database to itself. */
  const locked = (
    where: FindOptionsWhere<SoftwareStatementEntity>,
    limit: number,
  ): Promise<SoftwareStatementEntity[]> =>
    statements.find({
      where,
      take: limit,
      ...(manager.dataSource.options.type !== 'better-sqlite3' && { lock: { mode: 'pessimistic_write' } }),
    });
  return {
    insert: async ({ creator, document }, times) => {
      const { jti, org_id: orgId } = document.claims;
      await statements.insert({ jti, orgId, creator, state: ACTIVE, ...times, document: JSON.stringify(document) });
    },
    find: async (jti, now) => {
      const row = await statements.findOneBy(usable(now, { jti }));
      return row === null ? undefined : ofRow(row);
    },
    list: async (filter, now, limit) => {
      const order = { createdAt: 'DESC', jti: 'ASC' } as const;
      return (await statements.find({ where: usable(now, filter), order, take: limit })).map(ofRow);
    },
    addDigest: async (jti, digest, now) => {
      const [row] = await locked(usable(now, { jti }), 1);
      if (row === undefined) return false;
      const { document } = ofRow(row);
      const digests = [...new Set([...document.digests, digest])];
      await statements.update({ jti }, { document: JSON.stringify({ ...document, digests }) });
      return true;
    },
    use: async ({ document }, now) => {
      const where = usable(now, { jti: document.claims.jti });
      if (!document.isForOneUse) return statements.existsBy(where);
      return (await statements.update(where, { state: USED })).affected === 1;
    },
    revoke: async (filter, now, limit) => {
      // A statement that was used up still stands in the registration that used it.
      const rows = await locked({ ...usable(now, filter), state: In([ACTIVE, USED]) }, limit);
      const jti = In(rows.map((row) => row.jti));
      if (rows.length > 0) await statements.update({ jti }, { state: 'REVOKED', expiresAt: now });
      return rows.map(ofRow);
    },
    spend: async (taken, now, limit) => {
      const jtis = await forOneUse(statements, { ...usable(now), createdAt: LessThanOrEqual(taken) }, limit);
      if (jtis.length > 0) await statements.update({ jti: In(jtis) }, { state: USED });
      return jtis;
    },
    removeEnded: async (before, limit) => {
      const rows = await statements.find({ where: { expiresAt: LessThanOrEqual(before) }, take: limit });
      if (rows.length > 0) await statements.delete({ jti: In(rows.map(({ jti }) => jti)) });
      return rows.length;
    },
  };
}

/** The ids of at most `limit` statements for one use among these; only the document tells. */
async function forOneUse(
  statements: Repository<SoftwareStatementEntity>,
  where: FindOptionsWhere<SoftwareStatementEntity>,
  limit: number,
): Promise<string[]> {
  const jtis: string[] = [];
  for (let last: string | undefined = ''; last !== undefined && jtis.length < limit;) {
    const after = { ...where, jti: MoreThan(last) };
    const rows: SoftwareStatementEntity[] = await statements.find({
      where: after,
      order: { jti: 'ASC' },
      take: limit - jtis.length,
    });
    jtis.push(...rows.filter((row) => ofRow(row).document.isForOneUse).map(({ jti }) => jti));
    last = rows.at(-1)?.jti;
  }
  return jtis;
}

const ofRow = ({ creator, document }: SoftwareStatementEntity): StoredStatement => ({
  creator,
  document: JSON.parse(document) as StatementDocument,
});
