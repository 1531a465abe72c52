import 'reflect-metadata';
import { closeSync, openSync } from 'node:fs';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
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
import { connectionsOf, inOpenTransaction, lookAtSessions, openPool, type PoolNeeds } from './mariadb-pools.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { readingProcesses, type ReadingProcess } from './reading-process.ts';
import { RemovedClientEntity } from './removed-client.entity.ts';
import { RemovedVersionEntity } from './removed-version.entity.ts';
import { ReportCountEntity } from './report-count.entity.ts';
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
import { UseReporterEntity } from './use-reporter.entity.ts';
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
    ReportCountEntity,
    RevisionEntity,
    RevokedTokenEntity,
    ScopeEntity,
    ScriptEntity,
    SettingEntity,
    SigningKeyEntity,
    SoftwareStatementEntity,
    TaskEntity,
    TaskItemEntity,
    UseReporterEntity,
    UsedAssertionEntity,
  ],
  migrations: MIGRATIONS,
  migrationsTableName: 'schema_migrations',
  synchronize: false,
  logging: false,
} satisfies Partial<DataSourceOptions>;

export type DatabaseKind = 'sqlite' | 'mariadb';

/** An open database. On MariaDB `reader` and `writer` are one pool, and transactions have another one. */
export interface Database {
  readonly kind: DatabaseKind;
  /** For what is written beside units of work. On SQLite it is one connection, which one transaction at a time may use. */
  readonly writer: DataSource;
  /** For reads outside a unit of work. On SQLite it is a second connection, which sees what is committed. */
  readonly reader: DataSource;
  /** Runs work in a transaction, which is rolled back when it throws: as it does by design when it `isTried` only. */
  readonly transaction: <T>(work: (manager: EntityManager) => Promise<T>, isTried?: boolean) => Promise<T>;
  /** On SQLite: whether there still is a transaction, which SQLite itself rolls back on a full disk and the like. */
  readonly isInTransaction?: () => boolean;
  /** All that has connections of its own: what transactions use first. */
  readonly sources: readonly DataSource[];
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
  const { databaseConnection } = writer.driver as unknown as { databaseConnection: SqliteConnection };
  const processes = readingProcesses(file);
  return {
    kind: 'sqlite',
    writer,
    reader,
    transaction: (work) => writer.transaction(work),
    isInTransaction: () => databaseConnection.isInTransaction(),
    sources: [writer, reader],
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
  const open = (type: PoolNeeds['type'], use: PoolNeeds['use']) => openPool({ shared, type, url, ca, use });
  const source = await open('mariadb', 'else');
  const [row] = await source.query<{ version: string }[]>('SELECT VERSION() AS version');
  if (/mariadb/i.test(row?.version ?? '')) return pooled(source, await open('mariadb', 'units'));
  // The two write some statements differently, and tell each other apart by the type of the data source.
  await source.destroy();
  return pooled(await open('mysql', 'else'), await open('mysql', 'units'));
}

/**
 * Opens a replica of a database, whose sessions take no writes. `look` is called with each session when something is to be
 * read in it: see `lookAtSessions`.
 */
export async function openReplica(
  url: string,
  ca: string | undefined,
  look: Parameters<typeof lookAtSessions>[1],
): Promise<DataSource> {
  const replica = await openPool({ shared, type: 'mariadb', url, ca, use: 'replica' });
  lookAtSessions(replica, look);
  return replica;
}

const pooled = (source: DataSource, units: DataSource): Database => ({
  kind: 'mariadb',
  writer: source,
  reader: source,
  transaction: (work, isTried) => inOpenTransaction(units, work, isTried),
  sources: [units, source],
  superseded: new AbortController(),
  connections: connectionsOf([source, units]),
  close: async () => {
    await units.destroy();
    await source.destroy();
  },
});
