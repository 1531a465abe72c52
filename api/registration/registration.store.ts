import { In, LessThanOrEqual, Not, type EntityManager, type Repository } from 'typeorm';
import type { RedirectPolicy } from './registration.redirects.ts';
import { ClientRegistrationEntity } from '../../entities/client-registration.entity.ts';
import { insertRows } from '../shared/database/plain-insert.store.ts';

/** That a client registered itself. Scopes are inums. */
export interface Registration {
  readonly inum: string;
  /** SHA-256 of the registration access token. */
  readonly tokenDigest: string;
  /** SHA-256 of the one that takes its place when it is used. */
  readonly nextDigest?: string | undefined;
  readonly initialTokenId?: string;
  /** What the initial access token allows beside the default scopes. */
  readonly tokenScopes: readonly string[];
  /** Where the initial access token lets it have users sent back to. */
  readonly tokenRedirects?: RedirectPolicy | undefined;
  /** Whether the initial access token wants what it sends signed. */
  readonly mustSign?: boolean | undefined;
  /** What the software statement grants. */
  readonly statementScopes: readonly string[];
  /** SHA-256 of the software statement that was verified. It is gone when that is revoked. */
  readonly statementDigest?: string | undefined;
  /** That of the one which a change brings that waits for approval. */
  readonly waitingDigest?: string | undefined;
  /** What it has in common with others of its software, where they may be this client. */
  readonly reuseDigest?: string | undefined;
  readonly createdAt: string;
}

/** What a use of a registration writes. Without its digest a statement stays as it is. */
export type RegistrationUpdate = Pick<Registration, 'tokenDigest' | 'statementScopes'> & {
  readonly nextDigest: string | null;
  readonly statementDigest?: string | null;
  readonly waitingDigest?: string | null;
};

export interface RegistrationStore {
  find(inum: string): Promise<Registration | undefined>;
  insert(registration: Registration): Promise<void>;
  /** Writes token, scopes and statement, unless the token is another one by now; says whether it did. */
  update(previous: Registration, next: RegistrationUpdate): Promise<boolean>;
  /** Writes what comes of a statement when a change was approved, of which none waits then. Without its digest it stays. */
  setStatement(inum: string, next: Pick<RegistrationUpdate, 'statementScopes' | 'statementDigest'>): Promise<void>;
  /** From now on none of these statements counts as verified; they are given as digests. */
  forgetStatements(digests: readonly string[]): Promise<void>;
  /** Ends at most `limit` registration access tokens of clients that registered until `taken`. Returns their inums. */
  endTokens(taken: string, limit: number): Promise<string[]>;
  /** The first clients that have this in common with others. */
  withReuseDigest(digest: string): Promise<string[]>;
  /** Ends the registration access token of a client; says whether it had one. */
  endToken(inum: string): Promise<boolean>;
  /** The newest clients that registered with these initial access tokens, at most `limit` of each. */
  clientsOf(initialTokenIds: readonly string[], limit: number): Promise<ReadonlyMap<string, string[]>>;
}

/** In the place of a digest: no token has it. */
const ENDED = '';
/** So many are looked at for one that is as it was; where all of them have changed, another client is made. */
const MOST_SAME = 20;
/** Parameters of one statement. */
const MOST_AT_ONCE = 500;

export function registrationStore(manager: EntityManager): RegistrationStore {
  const registrations = manager.getRepository(ClientRegistrationEntity);
  return {
    find: async (inum) => {
      const row = await registrations.findOneBy({ inum });
      return row === null ? undefined : ofRow(row);
    },
    insert: async ({ tokenScopes, tokenRedirects, statementScopes, mustSign = false, ...rest }) => {
      const { initialTokenId = null, statementDigest = null, reuseDigest = null } = rest;
      const row = {
        ...rest,
        mustSign,
        reuseDigest,
        tokenRedirects: tokenRedirects === undefined ? null : JSON.stringify(tokenRedirects),
        nextDigest: null,
        initialTokenId,
        statementDigest,
        tokenScopes: JSON.stringify(tokenScopes),
        statementScopes: JSON.stringify(statementScopes),
      };
      await insertRows(manager, ClientRegistrationEntity, [row]);
    },
    update: async ({ inum, tokenDigest }, { statementScopes, ...next }) => {
      const row = { ...next, statementScopes: JSON.stringify(statementScopes) };
      return (await registrations.update({ inum, tokenDigest }, row)).affected === 1;
    },
    setStatement: async (inum, { statementScopes, ...next }) => {
      const row = { ...next, waitingDigest: null, statementScopes: JSON.stringify(statementScopes) };
      await registrations.update({ inum }, row);
    },
    forgetStatements: async (digests) => {
      for (let start = 0; start < digests.length; start += MOST_AT_ONCE) {
        const statementDigest = In(digests.slice(start, start + MOST_AT_ONCE));
        await registrations.update({ statementDigest }, { statementDigest: null });
        await registrations.update({ waitingDigest: statementDigest }, { waitingDigest: null });
      }
    },
    endTokens: async (taken, limit) => {
      const where = { createdAt: LessThanOrEqual(taken), tokenDigest: Not(ENDED) };
      const inums = (await registrations.find({ where, select: { inum: true }, take: limit })).map(({ inum }) => inum);
      if (inums.length > 0) await registrations.update({ inum: In(inums) }, { tokenDigest: ENDED, nextDigest: null });
      return inums;
    },
    withReuseDigest: (digest) => inumsWith(registrations, digest),
    endToken: async (inum) => {
      const ended = await registrations.update(
        { inum, tokenDigest: Not(ENDED) },
        { tokenDigest: ENDED, nextDigest: null },
      );
      return ended.affected === 1;
    },
    clientsOf: (ids, limit) => newestOf(manager, ids, limit),
  };
}

async function inumsWith(registrations: Repository<ClientRegistrationEntity>, reuseDigest: string): Promise<string[]> {
  const order = { createdAt: 'ASC', inum: 'ASC' } as const;
  const found = await registrations.find({ where: { reuseDigest }, select: { inum: true }, order, take: MOST_SAME });
  return found.map(({ inum }) => inum);
}

async function newestOf(
  manager: EntityManager,
  ids: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, string[]>> {
  if (ids.length === 0) return new Map();
  // One statement for a page of tokens, of which each reads no more than its limit.
  const newest = `SELECT * FROM (SELECT inum, initial_token_id AS token, created_at AS at FROM client_registrations
        WHERE initial_token_id = ? ORDER BY created_at DESC, inum LIMIT ${limit}) newest`;
  const select = `${ids.map(() => newest).join(' UNION ALL ')} ORDER BY at DESC, inum`;
  const rows = await manager.query<{ inum: string; token: string }[]>(select, [...ids]);
  const clients = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { inum, token } of rows) clients.get(token)?.push(inum);
  return clients;
}

function ofRow(row: ClientRegistrationEntity): Registration {
  return {
    inum: row.inum,
    tokenDigest: row.tokenDigest,
    tokenScopes: JSON.parse(row.tokenScopes) as string[],
    statementScopes: JSON.parse(row.statementScopes) as string[],
    createdAt: row.createdAt,
    ...(row.tokenRedirects !== null && { tokenRedirects: JSON.parse(row.tokenRedirects) as RedirectPolicy }),
    mustSign: row.mustSign,
    ...(row.nextDigest !== null && { nextDigest: row.nextDigest }),
    ...(row.initialTokenId !== null && { initialTokenId: row.initialTokenId }),
    ...(row.statementDigest !== null && { statementDigest: row.statementDigest }),
    ...(row.waitingDigest !== null && { waitingDigest: row.waitingDigest }),
  };
}
