import { setImmediate as nextTurn } from 'node:timers/promises';
import libsql from 'libsql';
import mysql, { type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';

type Parameter = string | number | Buffer | null;
export type Run = <Row = unknown>(sql: string, parameters?: readonly Parameter[]) => Promise<Row[]>;

/** How many rows a change has found. */
export const affectedBy = (answer: unknown): number | undefined => (answer as { affectedRows?: number }).affectedRows;

/** The number that a server has given to the first row of an INSERT, of which it says no more. */
export const insertIdOf = (answer: unknown): number | undefined => (answer as { insertId?: number }).insertId;

/** The database of the reference server: its driver and nothing else. */
export interface ReferenceRows {
  readonly kind: 'mariadb' | 'sqlite';
  /** Runs a prepared statement. */
  readonly read: Run;
  /** Runs a statement whose text differs each time. */
  readonly once: Run;
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>;
}

/** Opens the database as the service does: the same pools, the same safety of writes. */
export const referenceRows = (url: string): ReferenceRows =>
  url.startsWith('sqlite:') ? sqlite(url.slice('sqlite:'.length)) : mariadb(url);

function mariadb(url: string): ReferenceRows {
  const options = { charset: 'utf8mb4', timezone: 'Z', jsonStrings: true, enableKeepAlive: true };
  const [pool, units] = [1, 2].map(() => mysql.createPool({ uri: url, connectionLimit: 10, ...options })) as [
    Pool,
    Pool,
  ];
  units.on('connection', (connection) => {
    void connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    void connection.query('SET SESSION autocommit = 0');
  });
  const prepared = (connection: Pool | PoolConnection): Run =>
    async function run<Row>(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
      const [rows] = await connection.execute<RowDataPacket[]>(sql, [...parameters]);
      return rows as Row[];
    };
  return {
    kind: 'mariadb',
    read: prepared(pool),
    once: async <Row>(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> => {
      const [rows] = await pool.query<RowDataPacket[]>(sql, [...parameters]);
      return rows as Row[];
    },
    transaction: async (work) => {
      const connection = await units.getConnection();
      try {
        const result = await work(prepared(connection));
        await connection.commit();
        return result;
      } catch (error) {
        await connection.rollback();
        throw error;
      } finally {
        connection.release();
      }
    },
  };
}

type Prepared = ReturnType<libsql.Database['prepare']>;

function sqlite(file: string): ReferenceRows {
  const reader = runner(open(file));
  const writer = runner(open(file));
  return { kind: 'sqlite', read: reader, once: reader, transaction: sharing(writer) };
}

const MOST = 16;

interface Unit {
  /** Does the work, and gives what tells of it. */
  readonly run: () => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/** Those that wait share a transaction, each in a savepoint of its own, as in the service. */
function sharing(writer: Run): ReferenceRows['transaction'] {
  const waiting: Unit[] = [];
  let isRunning = false;
  const runSome = async (): Promise<void> => {
    const together = waiting.splice(0, 1);
    try {
      const done: (() => void)[] = [];
      await writer('BEGIN IMMEDIATE');
      for (const [at, one] of together.entries()) {
        done.push(at === 0 ? await one.run() : await inSavepoint(writer, one));
        await nextTurn();
        if (together.length < MOST) together.push(...waiting.splice(0, 1));
      }
      await writer('COMMIT');
      for (const tell of done) tell();
    } catch (error) {
      await writer('ROLLBACK');
      for (const { reject } of together) reject(error);
    }
  };
  const runAll = async (): Promise<void> => {
    isRunning = true;
    while (waiting.length > 0) await runSome();
    isRunning = false;
  };
  return (work) =>
    new Promise((resolve, reject) => {
      const run = async (): Promise<() => void> => {
        const result = await work(writer);
        return () => resolve(result);
      };
      waiting.push({ run, reject });
      if (!isRunning) void runAll();
    });
}

/** What one throws takes back nothing but its own. */
async function inSavepoint(writer: Run, { run, reject }: Unit): Promise<() => void> {
  await writer('SAVEPOINT one');
  try {
    const tell = await run();
    await writer('RELEASE SAVEPOINT one');
    return tell;
  } catch (error) {
    await writer('ROLLBACK TO SAVEPOINT one');
    await writer('RELEASE SAVEPOINT one');
    return () => reject(error);
  }
}

function open(file: string): libsql.Database {
  const database = new libsql(file, { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  return database;
}

function runner(database: libsql.Database): Run {
  const statements = new Map<string, Prepared>();
  return <Row>(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      if (sql.length < 1_000) statements.set(sql, statement);
    }
    if (statement.reader) return Promise.resolve(statement.all([...parameters]) as Row[]);
    const affectedRows = statement.run([...parameters]).changes;
    return Promise.resolve(Object.assign([], { affectedRows }));
  };
}
