import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

declare global {
  // Set for each project by the runner's configuration.
  var databaseKind: 'sqlite' | 'mariadb' | undefined;
}

export interface TestDatabase {
  readonly url: string;
  /** The file of the administrator's credentials, where there is one already. */
  readonly credentials?: string;
  drop(): Promise<void>;
}

export const databaseKind = (): 'sqlite' | 'mariadb' => globalThis.databaseKind ?? 'sqlite';

/** An empty database of the kind that this run is for: a file in `folder`, or a schema of its own on the server. */
export async function createDatabase(folder: string): Promise<TestDatabase> {
  if (databaseKind() === 'sqlite') return { url: sqliteUrl(folder), drop: () => Promise.resolve() };
  const name = `${schemaPrefix()}${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name}`) };
}

export const sqliteUrl = (folder: string): string => `sqlite:${join(folder, 'clientele.sqlite')}`;

const server = (): string => {
  const url = process.env['TEST_MARIADB_URL'];
  if (url === undefined) throw new Error('TEST_MARIADB_URL is not set: run the tests with npm test');
  return url;
};

/** What the schemas of this run begin with, so that those that are left at its end can be found. */
const schemaPrefix = (): string => process.env['TEST_MARIADB_PREFIX'] ?? 't_';

/** Runs statements on the server, of which it returns what they find: rows for one, and a list of rows for more. */
export async function onServer<T>(sql: string): Promise<T> {
  const connection = await createConnection({ uri: server(), multipleStatements: true });
  try {
    const [rows] = await connection.query(sql);
    return rows as T;
  } finally {
    await connection.end();
  }
}
