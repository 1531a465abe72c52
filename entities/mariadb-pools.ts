import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';

interface Connection {
  query(sql: string): void;
  destroy(): void;
}

interface Pool {
  on(event: 'connection', listener: (connection: Connection) => void): void;
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
  /** Called for each connection that is made after the first. */
  readonly onConnection?: () => void;
}

/** Half of what a process has is for units of work: of 10, 20 and 40 connections none has answered more. */
const POOL_SIZE = { units: 10, replica: 20, else: 10 } as const;

/** Opens a pool of connections to a server. */
export async function openPool({ shared, type, url, ca, use, onConnection }: PoolNeeds): Promise<DataSource> {
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
  if (onConnection !== undefined) pool.on('connection', onConnection);
  return source;
}

/** A row is locked for a moment only; who waits longer waits for something that is stuck. */
const LOCK_WAIT_SECONDS = 5;
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
    ...OWN[use],
    // Reads and transactions begin when this node of a Galera cluster has what was acknowledged at any other.
    ...(cluster?.Value === 'ON' ? [`SET SESSION wsrep_sync_wait = ${SYNC_WAIT[use]}`] : []),
  ];
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

/**
 * Runs work in a transaction of a session that is always in one, so that no round trip begins it. Throws when the session
 * is not: where something between here and the server takes back what was set in it.
 */
export async function inOpenTransaction<T>(
  units: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = units.createQueryRunner();
  // As `startTransaction` notes it, for what asks whether there is one.
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
  try {
    const outcome = await work(runner.manager);
    const { serverStatus = 0 } = (await runner.query('COMMIT')) as { serverStatus?: number };
    if ((serverStatus & AUTOCOMMIT) !== 0)
      throw new Error('the session of the database does not keep its settings: is there a proxy that shares sessions?');
    return outcome;
  } catch (error) {
    await runner.query('ROLLBACK').catch(async () => {
      // What is left of the transaction must not become part of the next one.
      const connection = (await runner.connect().catch(() => undefined)) as Connection | undefined;
      connection?.destroy();
    });
    throw error;
  } finally {
    Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 });
    await runner.release();
  }
}
