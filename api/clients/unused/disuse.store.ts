import { In, type EntityManager } from 'typeorm';
import { ClientActivityEntity } from '../../../entities/client-activity.entity.ts';
import { ClientDisuseEntity } from '../../../entities/client-disuse.entity.ts';
import type { Part } from '../../shared/log/audit.store.ts';
import type { Source } from '../client.store.ts';

/** `reported` as unused, `disabled` for it, or `kept` although it was. */
export type DisuseState = 'reported' | 'disabled' | 'kept';

/** What the sweep has made of a client. */
export interface Disuse {
  readonly inum: string;
  readonly state: DisuseState;
  /** Since when, a timestamp. */
  readonly at: string;
  /** The last use that was known when it was reported. */
  readonly usedAt: string | null;
}

/** A client as the sweep walks by, without its document. */
export interface Passed {
  readonly inum: string;
  readonly createdAt: string;
  readonly usedAt: string | null;
  readonly state: DisuseState | null;
  readonly at: string | null;
  readonly disabled: number;
  /** Whether client_credentials is its only grant; another client may be taken for one. */
  readonly isAlone: number;
}

/** One that is listed. */
export interface ListedDisuse extends Disuse {
  readonly source: Source;
  readonly createdAt: string;
  readonly text: string;
}

export interface DisuseStore {
  find(inum: string): Promise<Disuse | undefined>;
  set(disuse: Disuse): Promise<void>;
  /** The client is one like the others again. */
  clear(inum: string): Promise<void>;
  /** When a client was used last, and nobody notes a use until the transaction ends. */
  lastUse(inum: string): Promise<string | null>;
  /** Those that are in a state since `until` or longer, after this one in the order of their moments and ids. */
  due(
    state: DisuseState,
    until: string,
    after: Pick<Disuse, 'at' | 'inum'> | undefined,
    limit: number,
  ): Promise<Disuse[]>;
  /** The clients that came in by a method, after this inum in the order of inums. */
  walk(method: Source, after: string, limit: number): Promise<Passed[]>;
  /** What was reported is forgotten, and who is disabled begins its time anew. */
  restart(at: string): Promise<void>;
  /** How many are reported or disabled, and a page of them, the earliest first. */
  count(): Promise<number>;
  page(part: Part): Promise<ListedDisuse[]>;
}

/** The grants of a document that has client_credentials only, as every document is written. */
const ALONE = '%"grantTypes":["client_credentials"]%';

const LISTED = ['reported', 'disabled'];

export function disuseStore(manager: EntityManager): DisuseStore {
  const rows = manager.getRepository(ClientDisuseEntity);
  const isEmbedded = manager.dataSource.options.type === 'better-sqlite3';
  return {
    find: async (inum) => ((await rows.findOneBy({ inum })) as Disuse | null) ?? undefined,
    set: async (disuse) => {
      await rows.upsert({ ...disuse }, ['inum']);
    },
    clear: async (inum) => {
      await rows.delete({ inum });
    },
    lastUse: async (inum) => {
      const query = manager.createQueryBuilder(ClientActivityEntity, 'a').select('a.lastAccessTime', 'at');
      if (!isEmbedded) query.setLock('pessimistic_write');
      return (await query.where({ inum }).getRawOne<{ at: string }>())?.at ?? null;
    },
    due: async (state, until, after, limit) => {
      const query = rows.createQueryBuilder('d').where('d.state = :state AND d.at <= :until', { state, until });
      if (after !== undefined) query.andWhere('(d.at > :at OR (d.at = :at AND d.inum > :inum))', { ...after });
      return (await query.orderBy('d.at').addOrderBy('d.inum').take(limit).getMany()) as Disuse[];
    },
    walk: (method, after, limit) => manager.query<Passed[]>(WALK, [ALONE, method, after, limit]),
    restart: async (at) => {
      await rows.delete({ state: 'reported' });
      await rows.update({ state: 'disabled' }, { at });
    },
    count: () => rows.countBy({ state: In(LISTED) }),
    page: ({ offset, limit }) => manager.query<ListedDisuse[]>(PAGE, [...LISTED, limit, offset]),
  };
}

const WALK = `SELECT c.inum AS inum, c.created_at AS createdAt, a.last_access_time AS usedAt, d.state AS state, d.at AS at,
    c.disabled AS disabled, c.document LIKE ? AS isAlone
  FROM clients c LEFT JOIN client_activity a ON a.inum = c.inum LEFT JOIN client_disuse d ON d.inum = c.inum
  WHERE c.source = ? AND c.inum > ? ORDER BY c.inum LIMIT ?`;

const PAGE = `SELECT d.inum AS inum, d.state AS state, d.at AS at, a.last_access_time AS usedAt, c.source AS source,
    c.created_at AS createdAt, c.document AS text
  FROM client_disuse d JOIN clients c ON c.inum = d.inum LEFT JOIN client_activity a ON a.inum = d.inum
  WHERE d.state IN (?, ?) ORDER BY d.at, d.inum LIMIT ? OFFSET ?`;
