import { In, IsNull, LessThanOrEqual, MoreThan, type EntityManager } from 'typeorm';
import type { JoinedCount } from '../../clients/corridor/client.corridor.ts';
import { InitialAccessTokenEntity } from '../../../entities/initial-access-token.entity.ts';

/** What an initial access token says of the clients that register with it, where it is not for the settings to say. */
export interface TokenConditions {
  /** Whether they wait for approval. */
  readonly approval?: boolean;
  /** Whether what they send is signed. */
  readonly signed?: boolean;
  readonly redirectSchemes?: readonly string[];
  readonly redirectHosts?: readonly string[];
}

/** An initial access token as it is kept. Scopes are inums, times timestamps. */
export interface InitialToken {
  readonly id: string;
  readonly label: string;
  readonly uses: number;
  readonly usesLeft: number;
  readonly expiresAt: string | null;
  readonly scopes: readonly string[];
  readonly conditions: TokenConditions;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly lastUsedAt: string | null;
}

export interface InitialTokenStore {
  insert(token: InitialToken & { readonly digest: string }): Promise<void>;
  find(id: string): Promise<InitialToken | undefined>;
  /** The token with this digest that has not ended at `now`, used up or not. */
  findCurrent(digest: string, now: string): Promise<InitialToken | undefined>;
  /**
   * Takes one use off a token that can be used at `now`; says whether there was one. Of several at once each counts. What is
   * joined is written in the same statement.
   */
  use(id: string, now: string, joined?: JoinedCount): Promise<boolean>;
  /** A page, the newest first, and how many there are. */
  page(offset: number, limit: number): Promise<{ tokens: InitialToken[]; total: number }>;
  /** Ends at most `limit` tokens that were made until `taken` and can be used at `now`. Returns their ids. */
  endUsable(taken: string, now: string, limit: number): Promise<string[]>;
  /** Says whether there was one. */
  remove(id: string): Promise<boolean>;
}

export function initialTokenStore(manager: EntityManager): InitialTokenStore {
  const tokens = manager.getRepository(InitialAccessTokenEntity);
  return {
    insert: async ({ scopes, conditions, ...token }) => {
      await tokens.insert({ ...token, scopes: JSON.stringify(scopes), conditions: JSON.stringify(conditions) });
    },
    find: async (id) => ofRow(await tokens.findOneBy({ id })),
    findCurrent: async (digest, now) => {
      const where = [IsNull(), MoreThan(now)].map((expiresAt) => ({ digest, expiresAt }));
      return ofRow(await tokens.findOne({ where }));
    },
    use: async (id, now, joined) => {
      // SQLite, where nothing is joined, has no columns of a table in SET.
      const [table, of] = joined === undefined ? ['', ''] : [`i ${joined.join}`, 'i.'];
      const sets = [`${of}uses_left = ${of}uses_left - 1`, `${of}last_used_at = ?`, ...(joined?.sets ?? [])];
      const update = `UPDATE initial_access_tokens ${table} SET ${sets.join(', ')}
        WHERE id = ? AND uses_left > 0 AND (expires_at IS NULL OR expires_at > ?)`;
      return ((await manager.queryRunner?.query(update, [now, id, now], true))?.affected ?? 0) > 0;
    },
    page: async (offset, limit) => {
      const order = { createdAt: 'DESC', id: 'ASC' } as const;
      const total = await tokens.count();
      const rows = limit === 0 ? [] : await tokens.find({ order, skip: offset, take: limit });
      return { tokens: rows.flatMap((row) => ofRow(row) ?? []), total };
    },
    endUsable: async (taken, now, limit) => {
      const usable = { createdAt: LessThanOrEqual(taken), usesLeft: MoreThan(0) };
      const where = [IsNull(), MoreThan(now)].map((expiresAt) => ({ ...usable, expiresAt }));
      const ids = (await tokens.find({ where, select: { id: true }, take: limit })).map(({ id }) => id);
      if (ids.length > 0) await tokens.update({ id: In(ids) }, { expiresAt: now });
      return ids;
    },
    remove: async (id) => (await tokens.delete({ id })).affected === 1,
  };
}

function ofRow(row: InitialAccessTokenEntity | null): InitialToken | undefined {
  if (row === null) return undefined;
  const { digest: _digest, scopes, conditions, ...token } = row;
  const said = JSON.parse(conditions ?? '{}') as TokenConditions;
  return { ...token, scopes: JSON.parse(scopes) as string[], conditions: said };
}
