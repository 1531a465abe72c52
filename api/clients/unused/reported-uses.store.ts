import { In, type EntityManager } from 'typeorm';
import { ClientEntity } from '../../../entities/client.entity.ts';

/** So many are written with one statement. */
const BATCH = 250;

/** The uses of clients that are told by others. */
export interface ReportedUses {
  /** Notes when clients were used last (a date of the wire), where that is later than what is known. Returns which clients there are. */
  note(uses: ReadonlyMap<string, string>): Promise<ReadonlySet<string>>;
}

const ON_SERVER = `ON DUPLICATE KEY UPDATE
  sequence = sequence + (VALUES(last_access_time) > last_access_time),
  last_access_time = GREATEST(last_access_time, VALUES(last_access_time))`;
const EMBEDDED = `ON CONFLICT (inum) DO UPDATE SET sequence = sequence + 1, last_access_time = excluded.last_access_time
  WHERE excluded.last_access_time > client_activity.last_access_time`;

export const reportedUses = (manager: EntityManager): ReportedUses => ({
  async note(uses) {
    const isEmbedded = manager.dataSource.options.type === 'better-sqlite3';
    const known = new Set<string>();
    // In one order, so that two reports do not wait for each other.
    const inums = [...uses.keys()].sort();
    for (let start = 0; start < inums.length; start += BATCH) {
      const there = await present(manager, inums.slice(start, start + BATCH), isEmbedded);
      if (there.length === 0) continue;
      const places = there.map(() => '(?, 1, ?)').join(', ');
      const insert = `INSERT INTO client_activity (inum, sequence, last_access_time) VALUES ${places}`;
      const values = there.flatMap((inum) => [inum, uses.get(inum)]);
      await manager.query(`${insert} ${isEmbedded ? EMBEDDED : ON_SERVER}`, values);
      for (const inum of there) known.add(inum);
    }
    return known;
  },
});

/** Those of these clients that there are, and that nobody removes until the transaction ends. */
async function present(manager: EntityManager, inums: readonly string[], isEmbedded: boolean): Promise<string[]> {
  const query = manager.createQueryBuilder(ClientEntity, 'c').select('c.inum', 'inum');
  if (!isEmbedded) query.setLock('pessimistic_read');
  const rows = await query
    .where({ inum: In([...inums]) })
    .orderBy('c.inum')
    .getRawMany<{ inum: string }>();
  return rows.map(({ inum }) => inum);
}
