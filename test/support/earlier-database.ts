import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createConnection } from 'mysql2/promise';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { createDatabase, databaseKind, type TestDatabase } from './database.ts';
import { startService, type StartOptions, type TestService } from './service.ts';

/** What a test cannot guess of the database that test/fixtures/earlier-database/make.ts made. */
export interface EarlierFacts {
  readonly encryptionKey: string;
  readonly admin: { readonly clientId: string; readonly clientSecret: string };
  /** The inum of the scope `desk`. */
  readonly scope: string;
  /** The secret of the clients `Active` and, three times in a row, `Signs with its secret`. */
  readonly chosenSecret: string;
  /** The clients that the administrator made, by name. */
  readonly clients: Readonly<Record<string, { readonly inum: string; readonly secret?: string }>>;
  /** The clients that registered themselves, by name, with their registration access tokens. */
  readonly registered: Readonly<
    Record<string, { readonly id: string; readonly secret: string; readonly token: string }>
  >;
  /** Initial access tokens for the default scopes, also offline_access, also phone, offline_access and address. */
  readonly initialTokens: Readonly<Record<'plain' | 'refreshing' | 'both', string>>;
}

/** What is known about the earlier database of the kind that this run is for. */
export const earlierFacts = (): EarlierFacts =>
  JSON.parse(fixture(`${databaseKind()}.json`).toString()) as EarlierFacts;

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/earlier-database/${name}`, import.meta.url));

/**
 * A database of the kind that this run is for, as the service at commit e19c5aa left it: clients of an administrator,
 * of registrations and of the seed, before any later migration. Its file is in `folder`, or it is a schema of its own.
 */
export async function earlierDatabase(folder: string): Promise<TestDatabase> {
  const database = await createDatabase(folder);
  if (databaseKind() === 'sqlite') {
    writeFileSync(database.url.slice('sqlite:'.length), gunzipSync(fixture('clientele.sqlite.gz')), { mode: 0o600 });
  } else {
    const connection = await createConnection({ uri: database.url, multipleStatements: true });
    await connection.query(await forServer(gunzipSync(fixture('mariadb.sql.gz')).toString(), connection));
    await connection.end();
  }
  return database;
}

/** MySQL has other names for the collations of MariaDB. */
async function forServer(sql: string, connection: Awaited<ReturnType<typeof createConnection>>): Promise<string> {
  const [rows] = await connection.query('SELECT VERSION() AS version');
  const [{ version } = { version: '' }] = rows as { version: string }[];
  return /mariadb/i.test(version) ? sql : sql.replaceAll('utf8mb4_nopad_bin', 'utf8mb4_0900_bin');
}

/** Starts the service on the earlier database, which is migrated thereby. */
export function startOnEarlierDatabase(options: StartOptions = {}): Promise<TestService> {
  const { encryptionKey, admin } = earlierFacts();
  const env = { ENCRYPTION_KEY: encryptionKey, ...options.env };
  return startService({ ...options, env, database: earlierDatabase, admin });
}

/** Opens a database for as long as `use` takes. */
export async function onDatabase<T>(url: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(url);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
