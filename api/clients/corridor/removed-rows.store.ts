import type { EntityManager } from 'typeorm';
import { RemovedClientEntity } from '../../../entities/removed-client.entity.ts';
import { packed } from '../../history/revision.ts';
import { insertFrom } from '../../shared/database/plain-insert.store.ts';
import { Overtaken } from '../../shared/database/proposals.ts';
import { incarnationOf } from '../../shared/incarnation.ts';
import type { Origin } from '../../shared/log/origin.ts';
import type { KeptSecret, RemovedClient } from '../removed/removed-client.store.ts';
import { secretStore, type StoredSecret } from '../secrets/secret.store.ts';
import type { StoredClient } from '../client.store.ts';

/** How a client is removed, and what secrets it has, the current one first, where they are known. */
export interface Removal {
  readonly at: string;
  readonly origin: Origin;
  readonly secrets?: readonly StoredSecret[] | undefined;
}

type Key = Pick<RemovedClient, 'inum' | 'incarnation'>;

/** The clients that were removed, to be written: for the corridor only. */
export interface RemovedRows {
  /** Keeps a client that is about to be removed, with its current secret. Throws `Overtaken` when it is in another version. */
  keep(client: StoredClient, removal: Removal): Promise<void>;
  /** Takes one out; false when somebody else has. */
  take(key: Key): Promise<boolean>;
  setSecret(key: Key, secret: KeptSecret): Promise<void>;
}

export function removedRows(manager: EntityManager): RemovedRows {
  const rows = manager.getRepository(RemovedClientEntity);
  return {
    keep: async (client, { at, origin: { actor, door, reason = null }, secrets }) => {
      const { inum, version, createdAt, text } = client;
      const [current] = secrets ?? (await secretStore(manager).of(inum));
      const row = {
        ...{ inum, incarnation: incarnationOf(client), version, createdAt, removedAt: at },
        ...{ actorKind: actor.kind, actorId: actor.id, actorName: actor.name ?? null, door, reason },
        ...{ document: packed(text), secret: current === undefined ? null : keptText(current) },
      };
      const from = {
        columns: ['source', 'registered_by'],
        of: 'clients WHERE inum = ? AND version = ?',
        values: [inum, version],
      };
      if ((await insertFrom(manager, RemovedClientEntity, row, from)) !== 1) throw new Overtaken();
    },
    take: async ({ inum, incarnation }) => (await rows.delete({ inum, incarnation })).affected === 1,
    setSecret: async ({ inum, incarnation }, secret) => {
      await rows.update({ inum, incarnation }, { secret: JSON.stringify(secret) });
    },
  };
}

const keptText = ({ id, kind, value, createdAt, expiresAt }: StoredSecret): string =>
  JSON.stringify({ id, kind, value, createdAt, expiresAt } satisfies KeptSecret);
