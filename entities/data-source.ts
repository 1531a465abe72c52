import 'reflect-metadata';
import { closeSync, openSync } from 'node:fs';
import libsql from 'libsql';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { AuditRecordEntity } from './audit-record.entity.ts';
import { ClaimEntity } from './claim.entity.ts';
import { ClientActivityEntity } from './client-activity.entity.ts';
import { ClientClaimEntity } from './client-claim.entity.ts';
import { ClientSearchEntity } from './client-search.entity.ts';
import { ClientCountEntity } from './client-count.entity.ts';
import { ClientScopeEntity } from './client-scope.entity.ts';
import { ClientSecretEntity } from './client-secret.entity.ts';
import { ClientEntity } from './client.entity.ts';
import { Initial1 } from './migrations/1-initial.ts';
import { Scopes2 } from './migrations/2-scopes.ts';
import { RevokedTokenEntity } from './revoked-token.entity.ts';
import { ScopeEntity } from './scope.entity.ts';
import { SettingEntity } from './setting.entity.ts';
import { SigningKeyEntity } from './signing-key.entity.ts';
import { UsedAssertionEntity } from './used-assertion.entity.ts';

const shared = {
  entities: [
    AuditRecordEntity,
    ClaimEntity,
    ClientActivityEntity,
    ClientClaimEntity,
    ClientEntity,
    ClientCountEntity,
    ClientScopeEntity,
    ClientSearchEntity,
    ClientSecretEntity,
    RevokedTokenEntity,
    ScopeEntity,
    SettingEntity,
    SigningKeyEntity,
    UsedAssertionEntity,
  ],
  migrations: [Initial1, Scopes2],
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
  close(): Promise<void>;
}

const PREFIX = 'sqlite:';

/** Tells which database `url` (`sqlite:<file>` or `mysql://…`) names. */
export function kindOf(url: string): DatabaseKind {
  return url.startsWith(PREFIX) ? 'sqlite' : 'mariadb';
}

/** Opens the database that `url` names, without touching its schema. */
export async function openDatabase(url: string): Promise<Database> {
  return kindOf(url) === 'sqlite' ? openSqlite(url.slice(PREFIX.length)) : openMariadb(url);
}

/** Makes a file for its owner only. SQLite gives its companions, such as the log, the mode of the database. */
export function ownFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

async function openSqlite(file: string): Promise<Database> {
  ownFile(file);
  const options: DataSourceOptions = {
    ...shared,
    type: 'better-sqlite3',
    database: file,
    driver: libsql,
    enableWAL: true,
    // The driver would wait in the one thread that everything runs in; units of work wait and try again instead.
    timeout: 20,
    // An acknowledged write survives a power cut, not only a crash of the process.
    prepareDatabase: (db: { pragma(text: string): unknown }) => void db.pragma('synchronous = FULL'),
  };
  const writer = await new DataSource(options).initialize();
  const reader = await new DataSource({ ...options, migrations: [] }).initialize();
  return {
    kind: 'sqlite',
    writer,
    reader,
    close: async () => {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

async function openMariadb(url: string): Promise<Database> {
  const source = await connect('mariadb', url);
  const [row] = await source.query<{ version: string }[]>('SELECT VERSION() AS version');
  if (/mariadb/i.test(row?.version ?? '')) return pooled(source);
  // The two write some statements differently, and tell each other apart by the type of the data source.
  await source.destroy();
  return pooled(await connect('mysql', url));
}

const pooled = (source: DataSource): Database => ({
  kind: 'mariadb',
  writer: source,
  reader: source,
  close: () => source.destroy(),
});

/** A row is locked for a moment only; who waits longer waits for something that is stuck. */
const LOCK_WAIT_SECONDS = 5;

async function connect(type: 'mariadb' | 'mysql', url: string): Promise<DataSource> {
  const options: DataSourceOptions = {
    ...shared,
    type,
    url,
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: 5_000,
    poolSize: 20,
    // The driver would parse JSON columns on its own; documents are sent as they are stored.
    extra: { jsonStrings: true, enableKeepAlive: true },
  };
  const source = await new DataSource(options).initialize();
  const { pool } = source.driver as unknown as {
    pool: { on(event: 'connection', listener: (connection: { query(sql: string): void }) => void): void };
  };
  pool.on('connection', (connection) =>
    connection.query(`SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`),
  );
  return source;
}
