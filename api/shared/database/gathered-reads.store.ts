import type { EntityManager } from 'typeorm';

/** How many keys one statement has at most, which bounds what it brings at once. */
const MOST = 32;

interface Gathering<Row> {
  readonly keys: Set<string>;
  readonly rows: Promise<ReadonlyMap<string, readonly Row[]>>;
}

/** How rows are read by their keys. */
export interface ReadByKey<Row> {
  /** The rows of all of these keys, in any order of the keys. */
  readonly read: (manager: EntityManager, keys: readonly string[]) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => string;
}

/**
 * The rows of a key. Outside of transactions one statement reads what is asked for in one turn of the event loop: a busy
 * service has several requests in each, and the driver and the database take longer for a statement than for one more row
 * of it. Nothing waits for an earlier statement, and nobody gets what was read before they asked.
 */
export function gatheredReads<Row>(
  manager: EntityManager,
  { read, keyOf }: ReadByKey<Row>,
): (key: string) => Promise<readonly Row[]> {
  const readAll = async (keys: readonly string[]): Promise<ReadonlyMap<string, readonly Row[]>> => {
    const found = new Map<string, Row[]>(keys.map((key) => [key, []]));
    for (const row of await read(manager, keys)) found.get(keyOf(row))?.push(row);
    return found;
  };
  let gathering: Gathering<Row> | undefined;
  const begin = (): Gathering<Row> => {
    const keys = new Set<string>();
    const rows = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (gathering?.keys === keys) gathering = undefined;
      return readAll([...keys]);
    });
    return { keys, rows };
  };
  const join = (key: string): Gathering<Row>['rows'] => {
    if (gathering === undefined || gathering.keys.size === MOST) gathering = begin();
    gathering.keys.add(key);
    return gathering.rows;
  };
  // A transaction is one caller's, and does one thing after the other.
  const isAlone = manager.queryRunner !== undefined;
  return async (key) => (await (isAlone ? readAll([key]) : join(key))).get(key) ?? [];
}
