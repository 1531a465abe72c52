import type { EntityManager } from 'typeorm';
import { ClientRegistrationEntity } from '../../entities/client-registration.entity.ts';

/** That a client registered itself. Scopes are inums. */
export interface Registration {
  readonly inum: string;
  /** SHA-256 of the registration access token. */
  readonly tokenDigest: string;
  readonly initialTokenId?: string;
  /** What the initial access token allows beside the default scopes. */
  readonly tokenScopes: readonly string[];
  /** What the software statement grants. */
  readonly statementScopes: readonly string[];
  readonly createdAt: string;
}

export interface RegistrationStore {
  find(inum: string): Promise<Registration | undefined>;
  insert(registration: Registration): Promise<void>;
  /** Writes token and scopes, unless the token is another one by now; says whether it did. */
  update(previous: Registration, next: Pick<Registration, 'tokenDigest' | 'statementScopes'>): Promise<boolean>;
  /** The newest clients that registered with these initial access tokens, at most `limit` of each. */
  clientsOf(initialTokenId: string, limit: number): Promise<string[]>;
}

export function registrationStore(manager: EntityManager): RegistrationStore {
  const registrations = manager.getRepository(ClientRegistrationEntity);
  return {
    find: async (inum) => {
      const row = await registrations.findOneBy({ inum });
      return row === null ? undefined : ofRow(row);
    },
    insert: async ({ tokenScopes, statementScopes, initialTokenId = null, ...rest }) => {
      await registrations.insert({
        ...rest,
        initialTokenId,
        tokenScopes: JSON.stringify(tokenScopes),
        statementScopes: JSON.stringify(statementScopes),
      });
    },
    update: async ({ inum, tokenDigest }, next) => {
      const { affected } = await registrations.update(
        { inum, tokenDigest },
        { tokenDigest: next.tokenDigest, statementScopes: JSON.stringify(next.statementScopes) },
      );
      return affected === 1;
    },
    clientsOf: async (initialTokenId, limit) => {
      const order = { createdAt: 'DESC', inum: 'ASC' } as const;
      const rows = await registrations.find({ select: { inum: true }, where: { initialTokenId }, order, take: limit });
      return rows.map((row) => row.inum);
    },
  };
}

function ofRow(row: ClientRegistrationEntity): Registration {
  return {
    inum: row.inum,
    tokenDigest: row.tokenDigest,
    tokenScopes: JSON.parse(row.tokenScopes) as string[],
    statementScopes: JSON.parse(row.statementScopes) as string[],
    createdAt: row.createdAt,
    ...(row.initialTokenId !== null && { initialTokenId: row.initialTokenId }),
  };
}
