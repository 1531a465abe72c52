import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

declare global {
  // Set for each project by the runner's configuration.
  var databaseKind: 'sqlite' | 'mariadb' | undefined;
}

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export const databaseKind = (): 'sqlite' | 'mariadb' => globalThis.databaseKind ?? 'sqlite';

/** An empty database of the kind that this run is for: a file in `folder`, or a schema of its own on the server. */
export async function createDatabase(folder: string): Promise<TestDatabase> {
  if (databaseKind() === 'sqlite') {
    return { url: `sqlite:${join(folder, 'clientele.sqlite')}`, drop: () => Promise.resolve() };
  }
  const server = process.env['TEST_MARIADB_URL'];
  if (server === undefined) throw new Error('TEST_MARIADB_URL is not set: run the tests with npm test');
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const run = async (sql: string): Promise<void> => {
    const connection = await createConnection(server);
    await connection.query(sql);
    await connection.end();
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name}`) };
}
