import 'reflect-metadata';
import { closeSync, openSync } from 'node:fs';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { AuditRecordEntity } from './audit-record.entity.ts';
import { ClaimEntity } from './claim.entity.ts';
import { ClientActivityEntity } from './client-activity.entity.ts';
import { ClientClaimEntity } from './client-claim.entity.ts';
import { ClientDisuseEntity } from './client-disuse.entity.ts';
import { ClientSearchEntity } from './client-search.entity.ts';
import { ClientCountEntity } from './client-count.entity.ts';
import { ClientRegistrationEntity } from './client-registration.entity.ts';
import { ClientScopeEntity } from './client-scope.entity.ts';
import { ClientSecretEntity } from './client-secret.entity.ts';
import { ClientValueEntity } from './client-value.entity.ts';
import { ClientValuePropertyEntity } from './client-value-property.entity.ts';
import { ClientEntity } from './client.entity.ts';
import { IdempotentRequestEntity } from './idempotent-request.entity.ts';
import { InitialAccessTokenEntity } from './initial-access-token.entity.ts';
import { IssuedTokensEntity } from './issued-tokens.entity.ts';
import { LeaseEntity } from './lease.entity.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { readingProcesses, type ReadingProcess } from './reading-process.ts';
import { RemovedClientEntity } from './removed-client.entity.ts';
import { RemovedVersionEntity } from './removed-version.entity.ts';
import { RevisionEntity } from './revision.entity.ts';
import { RevokedTokenEntity } from './revoked-token.entity.ts';
import { ScopeEntity } from './scope.entity.ts';
import { ScriptEntity } from './script.entity.ts';
import { SettingEntity } from './setting.entity.ts';
import { SigningKeyEntity } from './signing-key.entity.ts';
import { SoftwareStatementEntity } from './software-statement.entity.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { TaskEntity } from './task.entity.ts';
import { TaskItemEntity } from './task-item.entity.ts';
import { UsedAssertionEntity } from './used-assertion.entity.ts';

const shared = {
  entities: [
    AuditRecordEntity,
    ClaimEntity,
    ClientActivityEntity,
    ClientClaimEntity,
    ClientDisuseEntity,
    ClientEntity,
    ClientCountEntity,
    ClientRegistrationEntity,
    ClientScopeEntity,
    ClientSearchEntity,
    ClientSecretEntity,
    ClientValueEntity,
    ClientValuePropertyEntity,
    IdempotentRequestEntity,
    InitialAccessTokenEntity,
    IssuedTokensEntity,
    LeaseEntity,
    RemovedClientEntity,
    RemovedVersionEntity,
    RevisionEntity,
    RevokedTokenEntity,
    ScopeEntity,
    ScriptEntity,
    SettingEntity,
    SigningKeyEntity,
    SoftwareStatementEntity,
    TaskEntity,
    TaskItemEntity,
    UsedAssertionEntity,
  ],
  migrations: MIGRATIONS,
  migrationsTableName: 'schema_migrations',
  synchronize: false,
  logging: false,
} satisfies Partial<DataSourceOptions>;

export type DatabaseKind = 'sqlite' | 'mariadb';

/** An open database. On MariaDB `reader` and `writer` are one pool. */
export interface Database {
  readonly kind: DatabaseKind;
  /** For units of work. On SQLite it is one connection, which one transaction at a time may use. */
  readonly writer: DataSource;
  /** For reads outside a unit of work. On SQLite it is a second connection, which sees what is committed. */
  readonly reader: DataSource;
  /** Opens a process that reads, for selects that take long: where they would run in this one, and could not be stopped. */
  readonly apart?: () => Promise<ReadingProcess>;
  /** The state of the pool of connections, where there is one. */
  readonly connections?: () => { readonly open: number; readonly idle: number; readonly waiting: number };
  /** Aborted when another process was seen to have given the database a newer schema; the reason says so in words. */
  readonly superseded: AbortController;
  close(): Promise<void>;
}

const PREFIX = 'sqlite:';

/** Tells which database `url` (`sqlite:<file>` or `mysql://…`) names. */
export function kindOf(url: string): DatabaseKind {
  return url.startsWith(PREFIX) ? 'sqlite' : 'mariadb';
}

/** For whom a database is opened: a service has other things to do than to wait for a lock of SQLite, a command has not. */
export type Opener = 'service' | 'command';

/** For how long SQLite itself waits for the lock of another process, in milliseconds, and nothing else is done. */
const LOCK_WAIT: Readonly<Record<Opener, number>> = { service: 20, command: 60_000 };

/**
 * Opens the database that `url` names, without touching its schema. With `ca`, authorities in PEM, the connection to a
 * server is TLS and its certificate is checked, its name included.
 */
export async function openDatabase(url: string, ca?: string, opener: Opener = 'service'): Promise<Database> {
  return kindOf(url) === 'sqlite' ? openSqlite(url.slice(PREFIX.length), LOCK_WAIT[opener]) : openMariadb(url, ca);
}

/** Makes a file for its owner only. SQLite gives its companions, such as the log, the mode of the database. */
export function ownFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

async function openSqlite(file: string, timeout: number): Promise<Database> {
  ownFile(file);
  const options: DataSourceOptions = {
    ...shared,
    type: 'better-sqlite3',
    database: file,
    driver: SqliteConnection,
    // The driver waits in the one thread that everything runs in: units of work of a service try again instead.
    timeout,
  };
  const writer = await new DataSource(options).initialize();
  const reader = await new DataSource({ ...options, migrations: [] }).initialize();
  const processes = readingProcesses(file);
  return {
    kind: 'sqlite',
    writer,
    reader,
    superseded: new AbortController(),
    apart: () => processes.open(),
    close: async () => {
      processes.close();
      await reader.destroy();
      await writer.destroy();
    },
  };
}

async function openMariadb(url: string, ca: string | undefined): Promise<Database> {
  const source = await connect('mariadb', url, ca);
  const [row] = await source.query<{ version: string }[]>('SELECT VERSION() AS version');
  if (/mariadb/i.test(row?.version ?? '')) return pooled(source);
  // The two write some statements differently, and tell each other apart by the type of the data source.
  await source.destroy();
  return pooled(await connect('mysql', url, ca));
}

/**
 * Opens a replica of a database, whose sessions take no writes. `onConnection` is called for each connection that is made
 * later on, as after the server was away.
 */
export async function openReplica(url: string, ca: string | undefined, onConnection: () => void): Promise<DataSource> {
  const source = await connect('mariadb', url, ca, ['SET SESSION TRANSACTION READ ONLY']);
  poolOf(source).on('connection', onConnection);
  return source;
}

const pooled = (source: DataSource): Database => ({
  kind: 'mariadb',
  writer: source,
  reader: source,
  superseded: new AbortController(),
  connections: () => {
    // mysql2 tells of its pool by these only.
    const { _allConnections: all, _freeConnections: free, _connectionQueue: queue } = poolOf(source);
    return { open: all.length, idle: free.length, waiting: queue.length };
  },
  close: () => source.destroy(),
});

interface Connection {
  query(sql: string): void;
}

interface Pool {
  on(event: 'connection', listener: (connection: Connection) => void): void;
  readonly _allConnections: { readonly length: number; toArray(): Connection[] };
  readonly _freeConnections: { readonly length: number };
  readonly _connectionQueue: { readonly length: number };
}

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { pool: Pool }).pool;

/** A row is locked for a moment only; who waits longer waits for something that is stuck. */
const LOCK_WAIT_SECONDS = 5;

async function connect(
  type: 'mariadb' | 'mysql',
  url: string,
  ca: string | undefined,
  more: readonly string[] = [],
): Promise<DataSource> {
  const options: DataSourceOptions = {
    ...shared,
    type,
    url,
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: 5_000,
    poolSize: 20,
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
  const settings = [...(await sessionSettings(source)), ...more];
  const prepare = (connection: Connection): void => settings.forEach((setting) => connection.query(setting));
  // The first connection is there already.
  pool._allConnections.toArray().forEach(prepare);
  pool.on('connection', prepare);
  return source;
}

/** What is set in each session: once, rather than with every unit of work. */
async function sessionSettings(source: DataSource): Promise<string[]> {
  const [cluster] = await source.query<{ Value: string }[]>("SHOW VARIABLES LIKE 'wsrep_on'");
  return [
    `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    // Reads and transactions begin when this node of a Galera cluster has what was acknowledged at any other.
    ...(cluster?.Value === 'ON' ? ['SET SESSION wsrep_sync_wait = 1'] : []),
  ];
}
