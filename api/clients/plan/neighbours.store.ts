import type { EntityManager } from 'typeorm';
import { valueText } from '../../search/values/value-text.ts';

/** Clients that have a value in common with others. */
export interface NeighbourStore {
  /** At most `MOST_NEIGHBOURS` clients, but for `inum`, that have one of the first values of a property, in ascending order. */
  sharing(property: string, values: readonly string[], inum: string): Promise<string[]>;
}

const MOST_NEIGHBOURS = 20;
/** So many values are looked up. */
const MOST_VALUES = 20;

/** Each value is found through the key of the table alone, however many clients have it. */
const ONE = `SELECT * FROM (SELECT inum FROM client_values WHERE property = ? AND value = ? AND inum <> ?
  ORDER BY inum LIMIT ${MOST_NEIGHBOURS}) p`;

export const neighbourStore = (manager: EntityManager): NeighbourStore => ({
  async sharing(property, values, inum) {
    const looked = values.slice(0, MOST_VALUES);
    if (looked.length === 0) return [];
    const rows = await manager.query<{ inum: string }[]>(
      looked.map(() => ONE).join(' UNION ALL '),
      looked.flatMap((value) => [property, valueText(value), inum]),
    );
    return [...new Set(rows.map((row) => row.inum))].sort().slice(0, MOST_NEIGHBOURS);
  },
});
