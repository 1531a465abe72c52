import { In, LessThanOrEqual, type EntityManager } from 'typeorm';
import { IssuedTokensEntity } from '../../../entities/issued-tokens.entity.ts';
import { placesOf } from '../../shared/database/places.ts';

/** Tokens with the same scopes that a client has got within a minute; moments are timestamps. */
export type IssuedTokens = Readonly<IssuedTokensEntity>;

/** The tokens of a client with the same scopes, or of all kinds that are not told apart. */
export interface LiveTokens {
  readonly scopes: string | null;
  readonly atMost: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly endsAt: string;
}

/** How many tokens clients have got. Those that are revoked one by one are still counted. */
export interface IssuedTokensStore {
  /** Adds up what was issued, in one statement. */
  add(issued: readonly IssuedTokens[]): Promise<void>;
  /** The tokens of a client that may live at `now`, those that were issued last first. */
  live(inum: string, now: string): Promise<LiveTokens[]>;
  /** Removes at most `limit` rows of tokens that have expired. Returns how many they were. */
  removeExpired(now: string, limit: number): Promise<number>;
}

const COLUMNS = ['inum', 'generation', 'minute', 'scopes_digest', 'scopes', 'tokens', 'first_at', 'last_at', 'ends_at'];

const LIVE = `SELECT MIN(t.scopes) AS scopes, SUM(t.tokens) AS atMost, MIN(t.first_at) AS firstAt,
    MAX(t.last_at) AS lastAt, MAX(t.ends_at) AS endsAt
  FROM issued_tokens t JOIN clients c ON c.inum = t.inum AND c.token_generation = t.generation
  WHERE t.inum = ? AND t.ends_at > ?
  GROUP BY t.scopes_digest ORDER BY MAX(t.last_at) DESC, t.scopes_digest LIMIT 1000`;

export function issuedTokensStore(manager: EntityManager): IssuedTokensStore {
  const rows = manager.getRepository(IssuedTokensEntity);
  const insert = insertion(manager.dataSource.options.type === 'better-sqlite3');
  return {
    async add(issued) {
      const places = issued.map(() => `(${placesOf(COLUMNS)})`).join(', ');
      await manager.query(insert(places), issued.flatMap(parametersOf));
    },
    async live(inum, now) {
      const found = await manager.query<(Omit<LiveTokens, 'atMost'> & { readonly atMost: number | string })[]>(LIVE, [
        inum,
        now,
      ]);
      return found.map((row) => ({ ...row, atMost: Number(row.atMost) }));
    },
    async removeExpired(now, limit) {
      const where = { endsAt: LessThanOrEqual(now) };
      const found = await rows.find({ select: { inum: true, generation: true, minute: true }, where, take: limit });
      // Rows of one client and minute go together, so that one condition stands for all that were found.
      if (found.length > 0) await rows.delete({ ...where, inum: In([...new Set(found.map(({ inum }) => inum))]) });
      return found.length;
    },
  };
}

function insertion(isSqlite: boolean): (places: string) => string {
  const given = (column: string): string => (isSqlite ? `excluded.${column}` : `VALUES(${column})`);
  const [later, clash] = isSqlite
    ? ['MAX', 'ON CONFLICT (inum, generation, minute, scopes_digest) DO UPDATE SET']
    : ['GREATEST', 'ON DUPLICATE KEY UPDATE'];
  const latest = ['last_at', 'ends_at'].map((column) => `${column} = ${later}(${column}, ${given(column)})`);
  return (places) =>
    `INSERT INTO issued_tokens (${COLUMNS.join(', ')}) VALUES ${places}
      ${clash} tokens = tokens + ${given('tokens')}, ${latest.join(', ')}`;
}

const parametersOf = (row: IssuedTokens): (string | number | null)[] => [
  ...[row.inum, row.generation, row.minute, row.scopesDigest, row.scopes],
  ...[row.tokens, row.firstAt, row.lastAt, row.endsAt],
];
