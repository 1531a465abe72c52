import type { EntityManager } from 'typeorm';
import type { ValueRow } from './value-key.ts';

/** Rows in one statement: below the limits of the databases on parameters, and on the depth of a condition. */
const [INSERTED, DELETED] = [2_000, 200];

/** The values that clients are found by, kept in the transaction of each write. Those of a removed client go with it. */
export interface ValueRows {
  of(inums: readonly string[]): Promise<ValueRow[]>;
  /** Adds rows, some of which may be there: those of a property that was kept in another way before. */
  add(rows: readonly ValueRow[]): Promise<void>;
  remove(rows: readonly ValueRow[]): Promise<void>;
}

export function valueRows(manager: EntityManager): ValueRows {
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  const orLeave = isSqlite ? 'ON CONFLICT DO NOTHING' : 'ON DUPLICATE KEY UPDATE inum = inum';
  return {
    of: (inums) => {
      const places = inums.map(() => '?').join(', ');
      return manager.query(`SELECT property, value, inum FROM client_values WHERE inum IN (${places})`, [...inums]);
    },
    async add(rows) {
      // In the order of the key, so that pages of the index fill one after the other.
      const sorted = [...rows].sort((one, other) => (keyText(one) < keyText(other) ? -1 : 1));
      for (const part of parts(sorted, INSERTED)) {
        const places = part.map(() => '(?, ?, ?)').join(', ');
        const insert = `INSERT INTO client_values (property, value, inum) VALUES ${places} ${orLeave}`;
        await manager.query(insert, parametersOf(part));
      }
    },
    async remove(rows) {
      for (const part of parts(rows, DELETED)) {
        const places = part.map(() => '(property = ? AND value = ? AND inum = ?)').join(' OR ');
        await manager.query(`DELETE FROM client_values WHERE ${places}`, parametersOf(part));
      }
    },
  };
}

const keyText = ({ property, value, inum }: ValueRow): string => `${property}\n${value}\n${inum}`;

const parametersOf = (rows: readonly ValueRow[]): string[] =>
  rows.flatMap(({ property, value, inum }) => [property, value, inum]);

function* parts<T>(rows: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
