import type { EntityManager } from 'typeorm';
import { ClientSecretEntity } from '../../../entities/client-secret.entity.ts';
import { RemovedClientEntity } from '../../../entities/removed-client.entity.ts';
import { packed } from '../../history/revision.ts';
import { incarnationOf } from '../../shared/incarnation.ts';
import type { Origin } from '../../shared/log/origin.ts';
import type { KeptSecret, RemovedClient } from '../removed/removed-client.store.ts';
import type { SecretKind } from '../secrets/secret.store.ts';
import type { StoredClient } from '../client.store.ts';

type Key = Pick<RemovedClient, 'inum' | 'incarnation'>;

/** The clients that were removed, to be written: for the corridor only. */
export interface RemovedRows {
  /** Keeps a client that is about to be removed, with its current secret. */
  keep(client: StoredClient, at: string, origin: Origin): Promise<void>;
  /** Takes one out; false when somebody else has. */
  take(key: Key): Promise<boolean>;
  setSecret(key: Key, secret: KeptSecret): Promise<void>;
}

export function removedRows(manager: EntityManager): RemovedRows {
  const rows = manager.getRepository(RemovedClientEntity);
  return {
    keep: async (client, at, { actor, door, reason = null }) => {
      const { inum, createdAt, text } = client;
      await rows.insert({
        ...{ inum, incarnation: incarnationOf(client), createdAt, removedAt: at },
        ...{ actorKind: actor.kind, actorId: actor.id, actorName: actor.name ?? null, door, reason },
        ...{ source: await sourceOf(manager, inum), document: packed(text) },
        secret: await currentSecret(manager, inum),
      });
    },
    take: async ({ inum, incarnation }) => (await rows.delete({ inum, incarnation })).affected === 1,
    setSecret: async ({ inum, incarnation }, secret) => {
      await rows.update({ inum, incarnation }, { secret: JSON.stringify(secret) });
    },
  };
}

async function sourceOf(manager: EntityManager, inum: string): Promise<string> {
  const [row] = await manager.query<{ source: string }[]>('SELECT source FROM clients WHERE inum = ?', [inum]);
  return row?.source ?? 'admin';
}

async function currentSecret(manager: EntityManager, inum: string): Promise<string | null> {
  const secrets = manager.getRepository(ClientSecretEntity);
  const [current] = await secrets.find({ where: { inum }, order: { sequence: 'DESC' }, take: 1 });
  if (current === undefined) return null;
  const { id, kind, value, createdAt, expiresAt } = current;
  return JSON.stringify({ id, kind: kind as SecretKind, value, createdAt, expiresAt } satisfies KeptSecret);
}
