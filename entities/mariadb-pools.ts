import { DataSource, type DataSourceOptions, type EntityManager, type QueryRunner } from 'typeorm';

interface Connection {
  /** What the greeting of the server says. */
  readonly threadId: number;
  query(sql: string): void;
  promise(): { query(sql: string, values: unknown[]): Promise<[unknown, ...unknown[]]> };
  destroy(): void;
}

type Give = (error: unknown, connection?: Connection) => void;

interface Pool {
  on(event: 'connection', listener: (connection: Connection) => void): void;
  getConnection(give: Give): void;
  readonly _allConnections: { readonly length: number; toArray(): Connection[] };
  readonly _freeConnections: { readonly length: number };
  readonly _connectionQueue: { readonly length: number };
}

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { pool: Pool }).pool;

/** What is needed to open a pool of connections to a server. */
export interface PoolNeeds {
  readonly shared: Pick<
    DataSourceOptions,
    'entities' | 'migrations' | 'migrationsTableName' | 'synchronize' | 'logging'
  >;
  readonly type: 'mariadb' | 'mysql';
  readonly url: string;
  /** Authorities in PEM, for TLS. */
  readonly ca: string | undefined;
  /** For units of work the sessions are always in a transaction, on a replica they only read. */
  readonly use: 'units' | 'replica' | 'else';
}

/** Half of what a process has is for units of work: of 10, 20 and 40 connections none has answered more. */
const POOL_SIZE = { units: 10, replica: 20, else: 10 } as const;

/** Opens a pool of connections to a server. */
export async function openPool({ shared, type, url, ca, use }: PoolNeeds): Promise<DataSource> {
  const options: DataSourceOptions = {
    ...shared,
    type,
    url,
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: 5_000,
    poolSize: POOL_SIZE[use],
    // The driver would parse JSON columns on its own; documents are sent as they are stored.
    extra: {
      jsonStrings: true,
      // The driver would note the stack of every statement, for errors that TypeORM wraps in its own.
      trace: false,
      enableKeepAlive: true,
      ...(ca !== undefined && { ssl: { ca, verifyIdentity: true, minVersion: 'TLSv1.2' } }),
    },
  };
  const source = await new DataSource(options).initialize();
  const pool = poolOf(source);
  const settings = await sessionSettings(source, use);
  const prepare = (connection: Connection): void => settings.forEach((setting) => connection.query(setting));
  // The first connection is there already.
  pool._allConnections.toArray().forEach(prepare);
  pool.on('connection', prepare);
  if (use === 'units') await lookForProxy(source);
  return source;
}

/** A row is locked for a moment only; who waits longer waits for something that is stuck. */
const LOCK_WAIT_SECONDS = 5;
/** In bytes: how much of a text an order looks at. Names are sorted by 512 characters, and cursors compare all of them. */
const SORTED_BY = 2_048;
/** What a node waits for in a Galera cluster: reads and BEGIN; and changes, with which a unit of work may begin. */
const SYNC_WAIT = { units: 7, replica: 1, else: 1 } as const;
const OWN = {
  units: ['SET SESSION autocommit = 0'],
  replica: ['SET SESSION TRANSACTION READ ONLY'],
  else: [],
} as const;

/** What is set in each session: once, rather than with every unit of work. */
async function sessionSettings(source: DataSource, use: PoolNeeds['use']): Promise<string[]> {
  const [cluster] = await source.query<{ Value: string }[]>("SHOW VARIABLES LIKE 'wsrep_on'");
  return [
    `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET SESSION max_sort_length = ${SORTED_BY}`,
    ...OWN[use],
    // Reads and transactions begin when this node of a Galera cluster has what was acknowledged at any other.
    ...(cluster?.Value === 'ON' ? [`SET SESSION wsrep_sync_wait = ${SYNC_WAIT[use]}`] : []),
  ];
}

/** One connection of a pool, and so one server, also where an address has several. */
export interface Session {
  query<T>(sql: string, values?: unknown[]): Promise<T>;
  /** Whether something greets for the server, which may hand each statement to another one. */
  isShared(): Promise<boolean>;
}

/**
 * Has each session looked at when it is taken out of the pool, before anything is asked in it. Where that fails it is closed,
 * and what was to be asked fails with the same error. Undefined says that it is known to be good.
 */
export function lookAtSessions(source: DataSource, look: (session: Session) => Promise<void> | undefined): void {
  const pool = poolOf(source);
  const sessions = new WeakMap<Connection, Session>();
  const take = pool.getConnection.bind(pool);
  pool.getConnection = (give) =>
    take((error, connection) => {
      if (connection === undefined) {
        give(error);
        return;
      }
      const session = sessions.get(connection) ?? sessionOf(connection);
      sessions.set(connection, session);
      const looking = look(session);
      if (looking === undefined) give(error, connection);
      else
        looking.then(
          () => give(error, connection),
          (failure: unknown) => {
            connection.destroy();
            give(failure);
          },
        );
    });
}

function sessionOf(connection: Connection): Session {
  const query = async <T>(sql: string, values: unknown[] = []): Promise<T> =>
    (await connection.promise().query(sql, values))[0] as T;
  return { query, isShared: () => isGreetedForBy(query, connection.threadId) };
}

/** How many connections of some pools there are. */
export const connectionsOf =
  (sources: readonly DataSource[]) =>
  (): { readonly open: number; readonly idle: number; readonly waiting: number } => {
    // mysql2 tells of its pool by these only.
    const summed = (part: (pool: Pool) => { readonly length: number }): number =>
      sources.reduce((sum, source) => sum + part(poolOf(source)).length, 0);
    return {
      open: summed(({ _allConnections: all }) => all),
      idle: summed(({ _freeConnections: free }) => free),
      waiting: summed(({ _connectionQueue: queue }) => queue),
    };
  };

/** The bit of the status of a session (SERVER_STATUS_AUTOCOMMIT) that says that each statement is a transaction. */
const AUTOCOMMIT = 2;

/** Pools of sessions that may lose their settings: there a transaction begins with a statement of its own. */
const unsteady = new WeakSet<DataSource>();

/** A session is not in a transaction of itself: something between here and the server takes back what was set in it. */
class SettingsLostError extends Error {
  override readonly name = 'SettingsLostError';
}

/** Notes when something greets for the server, as what shares its sessions does: it numbers them by itself. */
async function lookForProxy(units: DataSource): Promise<void> {
  const runner = units.createQueryRunner();
  try {
    const session = sessionOf((await runner.connect()) as Connection);
    if (await session.isShared()) unsteady.add(units);
  } finally {
    await runner.release();
  }
}

async function isGreetedForBy(query: Session['query'], threadId: number): Promise<boolean> {
  // What does not know it is no server that this was tried with.
  const look = query<{ id: number | string }[]>('SELECT @@pseudo_thread_id % 4294967296 AS id').catch(() => []);
  return Number((await look)[0]?.id) !== threadId;
}

/**
 * Runs work in a transaction of a session that is always in one, so that no round trip begins it, unless it `isTried` only.
 * Throws a SettingsLostError when the session is not; from then on transactions of the pool begin with a statement, which
 * finds that before anything is written.
 */
export async function inOpenTransaction<T>(
  units: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  isTried = false,
): Promise<T> {
  const runner = units.createQueryRunner();
  // As `startTransaction` notes it, for what asks whether there is one.
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
  try {
    if (isTried || unsteady.has(units)) await checked(runner, 'START TRANSACTION');
    const outcome = await work(runner.manager);
    await checked(runner, 'COMMIT');
    return outcome;
  } catch (error) {
    throw await rolledBack(runner, error);
  } finally {
    Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 });
    await runner.release();
  }
}

async function checked(runner: QueryRunner, statement: string): Promise<void> {
  const { serverStatus = 0 } = (await runner.query(statement)) as { serverStatus?: number };
  if ((serverStatus & AUTOCOMMIT) === 0) return;
  unsteady.add(runner.dataSource);
  throw new SettingsLostError(
    'the session of the database does not keep its settings: is there a proxy that shares sessions?',
  );
}

/** Takes back what was done until `error`. Returns what to throw. */
async function rolledBack(runner: QueryRunner, error: unknown): Promise<unknown> {
  try {
    if (error instanceof SettingsLostError) throw error;
    await checked(runner, 'ROLLBACK');
    return error;
  } catch (failure) {
    // What is left of the transaction, and a session that lost its settings, must not become part of the next one.
    const connection = (await runner.connect().catch(() => undefined)) as Connection | undefined;
    connection?.destroy();
    return failure instanceof SettingsLostError ? failure : error;
  }
}
