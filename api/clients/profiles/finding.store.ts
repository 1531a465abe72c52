import type { EntityManager } from 'typeorm';
import { JUDGED } from './judgement.ts';
import { placesOf } from '../../shared/database/places.ts';

/** A client, by what it breaks. */
export interface Judged {
  readonly signature: string;
  readonly inum: string;
}

/** What clients break, as the corridor keeps it in `client_values`: in the order of signatures, then of ids. */
export interface FindingStore {
  /** How many clients have each signature, counted at one go. */
  numbers(): Promise<readonly (readonly [signature: string, clients: number])[]>;
  /** Up to `limit` signatures that some client has, from this one on. */
  signatures(from: string, limit: number): Promise<string[]>;
  /** Up to `limit` clients with a signature, after this id. */
  clients(signature: string, after: string, limit: number): Promise<string[]>;
  /** What those of some clients break that break anything, in the order of their ids. */
  of(inums: readonly string[]): Promise<Judged[]>;
  /** How many of the next `limit` clients with a signature there are after this id, and the last of them. */
  count(signature: string, after: string, limit: number): Promise<{ readonly clients: number; readonly last: string }>;
}

const OF = 'FROM client_values WHERE property = ?';
const WITH = `${OF} AND value = ? AND inum > ? ORDER BY inum LIMIT ?`;

/** The first value from one on, or after it: a look into the index, however many rows have it. */
const FIRST = (compared: '>=' | '>'): string => `SELECT value ${OF} AND value ${compared} ? ORDER BY value LIMIT 1`;

export function findingStore(manager: EntityManager): FindingStore {
  const { property } = JUDGED;
  return {
    numbers: async () => {
      const select = `SELECT value, COUNT(*) AS clients ${OF} GROUP BY value`;
      const rows = await manager.query<{ value: string; clients: number | string }[]>(select, [property]);
      return rows.map(({ value, clients }) => [value, Number(clients)] as const);
    },
    signatures: async (from, limit) => {
      const found: string[] = [];
      // One statement for all of them, which joins each to the next, has MariaDB read every row of the property for each.
      while (found.length < limit) {
        const last = found.at(-1);
        const first = FIRST(last === undefined ? '>=' : '>');
        const [next] = await manager.query<{ value: string }[]>(first, [property, last ?? from]);
        if (next === undefined) break;
        found.push(next.value);
      }
      return found;
    },
    clients: async (signature, after, limit) => {
      const rows = await manager.query<{ inum: string }[]>(`SELECT inum ${WITH}`, [property, signature, after, limit]);
      return rows.map(({ inum }) => inum);
    },
    of: async (inums) => {
      if (inums.length === 0) return [];
      const places = placesOf(inums);
      const select = `SELECT inum, value AS signature ${OF} AND inum IN (${places}) ORDER BY inum`;
      return manager.query<Judged[]>(select, [property, ...inums]);
    },
    count: async (signature, after, limit) => {
      const select = `SELECT COUNT(*) AS clients, MAX(inum) AS last FROM (SELECT inum ${WITH}) p`;
      const found = await manager.query<{ clients: number | string; last: string | null }[]>(select, [
        ...[property, signature, after, limit],
      ]);
      return { clients: Number(found[0]?.clients ?? 0), last: found[0]?.last ?? after };
    },
  };
}
