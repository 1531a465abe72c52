import { MoreThan, type EntityManager } from 'typeorm';
import { RemovedClientEntity } from '../../../entities/removed-client.entity.ts';
import { unpacked } from '../../history/revision.ts';
import type { Part } from '../../shared/log/audit.store.ts';
import type { Actor, ActorKind, Origin } from '../../shared/log/origin.ts';
import type { NewSecret } from '../secrets/secret.store.ts';
import type { Source } from '../client.store.ts';

/** A client that was removed, as it was. */
export interface RemovedClient {
  readonly inum: string;
  /** Tells it from others that were removed from under its inum. */
  readonly incarnation: string;
  readonly createdAt: string;
  readonly source: Source;
  readonly registeredBy?: string;
  /** Its document, as JSON text. */
  readonly text: string;
  readonly secret?: KeptSecret;
}

/** The secret that a client had when it was removed. */
export type KeptSecret = Omit<NewSecret, 'sequence'>;

/** A removed client as lists have it. */
export interface ListedRemoval
  extends Pick<RemovedClient, 'inum' | 'incarnation' | 'text'>, Pick<Origin, 'door' | 'reason'> {
  readonly removedAt: string;
  readonly actor: Actor;
  /** Whether another client has its inum. */
  readonly isTaken: boolean;
}

/** The clients that were removed after `since` (a timestamp), for reading: the corridor writes them. */
export interface RemovedClientStore {
  count(since: string): Promise<number>;
  /** A page of them, the last one first. */
  page(since: string, part: Part): Promise<ListedRemoval[]>;
  /** The last one that was removed from under an inum, or the one with this incarnation. */
  find(inum: string, since: string, incarnation?: string): Promise<RemovedClient | undefined>;
  /** Some of those that were removed from under an inum. */
  of(inum: string, since: string): Promise<RemovedClient[]>;
  /** Some of those that were removed until `at`. */
  removedBy(at: string, limit: number): Promise<Pick<RemovedClient, 'inum' | 'incarnation'>[]>;
  /** Some of those with encrypted secrets, after this one in the order of inums and incarnations. */
  encryptedAfter(inum: string, incarnation: string, limit: number): Promise<RemovedClient[]>;
}

interface Listed extends Omit<RemovedClientEntity, 'secret' | 'source' | 'registeredBy' | 'createdAt'> {
  readonly taken: string | null;
}

const PAGE = `SELECT r.inum AS inum, r.incarnation AS incarnation, r.removed_at AS removedAt, r.actor_kind AS actorKind,
    r.actor_id AS actorId, r.actor_name AS actorName, r.door AS door, r.reason AS reason, r.document AS document,
    c.inum AS taken
  FROM removed_clients r LEFT JOIN clients c ON c.inum = r.inum
  WHERE r.removed_at > ? ORDER BY r.removed_at DESC, r.inum, r.incarnation LIMIT ? OFFSET ?`;

/** So many are read at once. */
const SOME = 20;

export function removedClientStore(manager: EntityManager): RemovedClientStore {
  const removed = manager.getRepository(RemovedClientEntity);
  return {
    count: async (since) => {
      const [row] = await manager.query<{ total: number | string }[]>(
        'SELECT COUNT(*) AS total FROM removed_clients WHERE removed_at > ?',
        [since],
      );
      return Number(row?.total);
    },
    page: async (since, { offset, limit }) =>
      (await manager.query<Listed[]>(PAGE, [since, limit, offset])).map(listedOf),
    find: async (inum, since, incarnation) => {
      const order = { removedAt: 'DESC', incarnation: 'DESC' } as const;
      const where = { inum, removedAt: MoreThan(since), ...(incarnation !== undefined && { incarnation }) };
      const [row] = await removed.find({ where, order, take: 1 });
      return row && ofRow(row);
    },
    of: async (inum, since) =>
      (await removed.find({ where: { inum, removedAt: MoreThan(since) }, take: SOME })).map(ofRow),
    removedBy: (at, limit) =>
      manager.query('SELECT inum, incarnation FROM removed_clients WHERE removed_at <= ? ORDER BY removed_at LIMIT ?', [
        at,
        limit,
      ]),
    encryptedAfter: async (inum, incarnation, limit) => {
      const rows = await removed
        .createQueryBuilder('r')
        .where('(r.inum > :inum OR (r.inum = :inum AND r.incarnation > :incarnation))', { inum, incarnation })
        .andWhere('r.secret LIKE :kind', { kind: '%"kind":"encrypted"%' })
        .orderBy('r.inum')
        .addOrderBy('r.incarnation')
        .take(limit)
        .getMany();
      return rows.map(ofRow);
    },
  };
}

const ofRow = ({ registeredBy, document, secret, ...row }: RemovedClientEntity): RemovedClient => ({
  ...{ inum: row.inum, incarnation: row.incarnation, createdAt: row.createdAt, source: row.source as Source },
  ...(typeof registeredBy === 'string' && { registeredBy }),
  text: unpacked(document),
  ...(secret !== null && { secret: JSON.parse(secret) as KeptSecret }),
});

function listedOf({ actorKind, actorId, actorName, door, reason, document, taken, ...row }: Listed): ListedRemoval {
  const actor = { kind: actorKind as ActorKind, id: actorId, ...(actorName !== null && { name: actorName }) };
  return {
    ...{ inum: row.inum, incarnation: row.incarnation, removedAt: row.removedAt, actor },
    ...{ door: door as Origin['door'], text: unpacked(document), isTaken: taken !== null },
    ...(reason !== null && { reason }),
  };
}
