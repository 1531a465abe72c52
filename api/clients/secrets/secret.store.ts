import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { ClientSecretEntity } from '../../../entities/client-secret.entity.ts';
import { gatheredReads, type ReadByKey } from '../../shared/database/gathered-reads.store.ts';
import { placesOf } from '../../shared/database/places.ts';

export type SecretKind = 'sha256' | 'scrypt' | 'encrypted' | 'imported';

/** A secret as it is kept: its digest or its ciphertext. */
export interface StoredSecret {
  readonly id: string;
  readonly sequence: number;
  readonly kind: SecretKind;
  readonly value: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

export interface NewSecret extends StoredSecret {
  /** What people know it by. */
  readonly label?: string | null;
  /** The client that made it. */
  readonly createdBy?: string | null;
}

/** What is known of a secret beside what it is. */
export interface DescribedSecret extends Required<Omit<NewSecret, 'kind' | 'value'>> {
  readonly lastUsedAt: string | null;
}

export interface SecretUse {
  readonly inum: string;
  readonly created: string;
  readonly used: string | null;
}

/** When the last secret of a client ends, a timestamp; null where one does not. */
export interface SecretEnd {
  readonly inum: string;
  readonly ends: string | null;
  readonly isDisabled: number;
}

export interface SecretStore {
  /** The secrets of a client, the current one first. */
  of(inum: string): Promise<readonly StoredSecret[]>;
  /** The same, with what is known of them. */
  described(inum: string): Promise<DescribedSecret[]>;
  /** Keeps a secret in another form; the secret itself stays what it is. */
  rewrap(id: string, kind: SecretKind, value: string): Promise<void>;
  noteUse(id: string, at: string): Promise<void>;
  /** The clients after `inum` with secrets that were made until `taken` and are live at `now`: when the newest was made, and used last. */
  liveAfter(inum: string, at: { taken: string; now: string }, limit: number): Promise<SecretUse[]>;
  /** The clients after `inum` in the order of inums with a secret that ends before this, and when their last one does. */
  endingAfter(inum: string, before: string, limit: number): Promise<SecretEnd[]>;
  /** A page of encrypted secrets in the order of their ids, for re-encryption. */
  encryptedAfter(id: string, limit: number): Promise<{ id: string; inum: string; value: string }[]>;
}

export const newSecretId = (): string => randomUUID();

/** Written by hand: it is read with every token, and to build it took longer than to run it. */
const SECRETS: ReadByKey<StoredSecret & { readonly inum: string }> = {
  read: (manager, inums) =>
    manager.query(
      `SELECT inum, id, sequence, kind, value, created_at AS createdAt, expires_at AS expiresAt
       FROM client_secrets WHERE inum IN (${placesOf(inums)}) ORDER BY sequence DESC`,
      [...inums],
    ),
  keyOf: ({ inum }) => inum,
};

const DESCRIBED = `SELECT id, sequence, label, created_at AS createdAt, created_by AS createdBy, expires_at AS expiresAt,
    last_used_at AS lastUsedAt
  FROM client_secrets WHERE inum = ? ORDER BY sequence DESC LIMIT 1000`;

const ENDING = `SELECT p.inum AS inum, MAX(c.disabled) AS isDisabled,
    CASE WHEN COUNT(*) = COUNT(x.expires_at) THEN MAX(x.expires_at) END AS ends
  FROM (SELECT DISTINCT e.inum FROM client_secrets e WHERE e.inum > ? AND e.expires_at <= ? ORDER BY e.inum LIMIT ?) p
  JOIN client_secrets x ON x.inum = p.inum JOIN clients c ON c.inum = p.inum GROUP BY p.inum ORDER BY p.inum`;

export function secretStore(manager: EntityManager): SecretStore {
  const secrets = manager.getRepository(ClientSecretEntity);
  const secretsOf = gatheredReads(manager, SECRETS);
  return {
    of: secretsOf,
    described: (inum) => manager.query<DescribedSecret[]>(DESCRIBED, [inum]),
    rewrap: async (id, kind, value) => {
      await secrets.update({ id }, { kind, value });
    },
    noteUse: async (id, at) => {
      await secrets.update({ id }, { lastUsedAt: at });
    },
    liveAfter: (inum, { taken, now }, limit) =>
      manager.query<SecretUse[]>(
        `SELECT inum, MAX(created_at) AS created, MAX(last_used_at) AS used FROM client_secrets
          WHERE inum > ? AND created_at <= ? AND (expires_at IS NULL OR expires_at > ?)
          GROUP BY inum ORDER BY inum LIMIT ${limit}`,
        [inum, taken, now],
      ),
    endingAfter: async (inum, before, limit) => {
      const rows = await manager.query<(Omit<SecretEnd, 'isDisabled'> & { readonly isDisabled: number | string })[]>(
        ENDING,
        [...[inum, before, limit]],
      );
      return rows.map((row) => ({ ...row, isDisabled: Number(row.isDisabled) }));
    },
    encryptedAfter: async (id, limit) =>
      secrets
        .createQueryBuilder('s')
        .where('s.kind = :kind AND s.id > :id', { kind: 'encrypted', id })
        .orderBy('s.id')
        .take(limit)
        .getMany(),
  };
}
