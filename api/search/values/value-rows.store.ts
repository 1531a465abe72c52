import type { EntityManager } from 'typeorm';
import { isDuplicate } from '../../shared/database/database-fault.ts';
import { othersTurn } from '../../shared/database/others-turn.ts';
import type { ValueRow } from './value-key.ts';
import { placesOf } from '../../shared/database/places.ts';

/** Rows in one statement: below the limits of the databases on parameters, and on the depth of a condition. */
const [INSERTED, DELETED] = [2_000, 200];

/** The values that clients are found by, kept in the transaction of each write. Those of a removed client go with it. */
export interface ValueRows {
  of(inums: readonly string[]): Promise<ValueRow[]>;
  /** Adds rows, some of which may be there: those of a property that was kept in another way before. */
  add(rows: readonly ValueRow[]): Promise<void>;
  remove(rows: readonly ValueRow[]): Promise<void>;
  /** Removes and adds. */
  change(gone: readonly ValueRow[], added: readonly ValueRow[]): Promise<void>;
}

/** The change of values of one client, as far as a statement can make it that writes other rows of the client. */
export interface JoinedValues {
  /** The rows that become others, as `v`; empty where there are none. */
  readonly join: string;
  readonly joined: readonly string[];
  readonly sets: readonly string[];
  readonly values: readonly string[];
  /** How many rows become others. */
  readonly count: number;
  /** What does not go that way. */
  readonly gone: readonly ValueRow[];
  readonly added: readonly ValueRow[];
}

/** Rows that one UPDATE makes others: it looks at each together with each trigram that it changes. */
const REPLACED = 4;

/** Puts the value of a property in the place of the only one that it had, as nearly always. */
export function joinedValues(gone: readonly ValueRow[], added: readonly ValueRow[]): JoinedValues {
  const onlyOf = (rows: readonly ValueRow[], property: string): ValueRow | undefined =>
    only(rows.filter((row) => row.property === property));
  const pairs = gone
    .flatMap(({ property }) => {
      const [was, is] = [onlyOf(gone, property), onlyOf(added, property)];
      return was === undefined || is === undefined ? [] : [{ was, is }];
    })
    .slice(0, REPLACED);
  const others = (rows: readonly ValueRow[]): ValueRow[] =>
    rows.filter(({ property }) => !pairs.some(({ was }) => was.property === property));
  const keys = pairs.map(() => '(?, ?, c.inum)').join(', ');
  return {
    join: pairs.length === 0 ? '' : `LEFT JOIN client_values v ON (v.property, v.value, v.inum) IN (${keys})`,
    joined: pairs.flatMap(({ was }) => [was.property, was.value]),
    sets: pairs.length === 0 ? [] : [`v.value = CASE v.property ${'WHEN ? THEN ? '.repeat(pairs.length)}END`],
    values: pairs.flatMap(({ is }) => [is.property, is.value]),
    count: pairs.length,
    gone: others(gone),
    added: others(added),
  };
}

export function valueRows(manager: EntityManager): ValueRows {
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  const orLeave = isSqlite ? 'ON CONFLICT DO NOTHING' : 'ON DUPLICATE KEY UPDATE inum = inum';
  const rows: Omit<ValueRows, 'change'> = {
    of: (inums) => {
      const places = placesOf(inums);
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
      const letOthers = othersTurn();
      for (const part of parts(rows, DELETED)) {
        await letOthers();
        const places = part.map(() => '(property = ? AND value = ? AND inum = ?)').join(' OR ');
        await manager.query(`DELETE FROM client_values WHERE ${places}`, parametersOf(part));
      }
    },
  };
  return {
    ...rows,
    async change(gone, added) {
      const [was, is] = [only(gone), only(added)];
      // The value of a single property, as nearly always.
      const isReplaced = was && is && was.inum === is.inum && was.property === is.property;
      if (isReplaced && (await replace(manager, was, is))) return;
      await rows.remove(gone);
      await rows.add(added);
    },
  };
}

const only = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

/** Makes a row another one; false where it is not there, or the other one is. */
async function replace({ queryRunner }: EntityManager, was: ValueRow, is: ValueRow): Promise<boolean> {
  const update = 'UPDATE client_values SET value = ? WHERE property = ? AND value = ? AND inum = ?';
  try {
    const written = await queryRunner?.query(update, [is.value, ...parametersOf([was])], true);
    return written?.affected === 1;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return false;
  }
}

const keyText = ({ property, value, inum }: ValueRow): string => `${property}\n${value}\n${inum}`;

const parametersOf = (rows: readonly ValueRow[]): string[] =>
  rows.flatMap(({ property, value, inum }) => [property, value, inum]);

function* parts<T>(rows: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
