import libsql from 'libsql';
import mysql, { type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';

type Parameter = string | number | Buffer | null;
export type Run = <Row = unknown>(sql: string, parameters?: readonly Parameter[]) => Promise<Row[]>;

/** The database of the reference server: its driver and nothing else. */
export interface ReferenceRows {
  readonly kind: 'mariadb' | 'sqlite';
  /** Runs a prepared statement. */
  readonly read: Run;
  /** Runs a statement whose text differs each time. */
  readonly once: Run;
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>;
}

/** Opens the database as the service does: the same pool, the same safety of writes. */
export const referenceRows = (url: string): ReferenceRows =>
  url.startsWith('sqlite:') ? sqlite(url.slice('sqlite:'.length)) : mariadb(url);

function mariadb(url: string): ReferenceRows {
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: 20,
    charset: 'utf8mb4',
    timezone: 'Z',
    jsonStrings: true,
    enableKeepAlive: true,
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
      const connection = await pool.getConnection();
      try {
        await connection.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
        await connection.beginTransaction();
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
  let last: Promise<unknown> = Promise.resolve();
  return {
    kind: 'sqlite',
    read: reader,
    once: reader,
    transaction: (work) => {
      const result = last.then(async () => {
        await writer('BEGIN IMMEDIATE');
        try {
          const done = await work(writer);
          await writer('COMMIT');
          return done;
        } catch (error) {
          await writer('ROLLBACK');
          throw error;
        }
      });
      last = result.catch(() => undefined);
      return result;
    },
  };
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
    statement.run([...parameters]);
    return Promise.resolve([]);
  };
}
