import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import mysql from 'mysql2/promise';
import { findServer, startServer as startMariadb } from '../machine/mariadb.mjs';
import type { Ending } from './ending.ts';
import type { BenchOptions } from './options.ts';

/** A database of its own for a run, in a temporary folder. */
export interface BenchGround {
  readonly folder: string;
  readonly databaseUrl: string;
  /** The name and version of the database. */
  readonly database: string;
  /** The process of the database, where it has one of its own. */
  readonly databasePid?: number;
  /** Settings of the service. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a database: an empty one that goes with the run, or with `keep` that of an earlier run, if there is one. */
export async function benchGround(
  { database, keep }: Pick<BenchOptions, 'database' | 'keep'>,
  ending: Ending,
): Promise<BenchGround> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  if (keep === undefined) ending.add(async () => rmSync(folder, { recursive: true, force: true }));
  else mkdirSync(folder, { recursive: true, mode: 0o700 });
  const data = keep === undefined ? [] : [`--datadir=${resolve(keep, 'mariadb')}`];
  const started = database === 'sqlite' ? sqlite(folder) : await mariadb(ending, data);
  const key = lasting(join(folder, 'key'), () => randomBytes(32).toString('base64'));
  lasting(join(folder, 'secret'), () => randomBytes(32).toString('base64url'));
  return {
    folder,
    databaseUrl: started.url,
    database: started.version,
    ...(started.pid !== undefined && { databasePid: started.pid }),
    env: {
      DATABASE_URL: started.url,
      DATA_DIR: folder,
      ENCRYPTION_KEY: `bench:${key}`,
      ADMIN_SECRET_FILE: join(folder, 'secret'),
      ACCESS_TOKEN_TTL: '3600',
    },
  };
}

/** The content of a file, which is made where it is not there. */
function lasting(file: string, make: () => string): string {
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

interface Started {
  readonly url: string;
  readonly version: string;
  readonly pid?: number;
}

const sqlite = (folder: string): Started => ({
  url: `sqlite:${join(folder, 'bench.sqlite')}`,
  version: 'SQLite',
});

async function mariadb(ending: Ending, args: readonly string[]): Promise<Started> {
  const binary = findServer();
  if (binary === undefined) throw new Error('there is no MariaDB server here: install one, or --database sqlite');
  const starting = startMariadb(binary, args);
  // What is still starting is stopped as well.
  ending.add(async () => (await starting.catch(() => undefined))?.stop());
  const { url, pid } = await starting;
  const connection = await mysql.createConnection(url);
  await connection.query('CREATE DATABASE IF NOT EXISTS bench CHARACTER SET utf8mb4');
  // What a database server of this purpose would have at least. With a small log, writes wait for pages to be flushed.
  await connection.query('SET GLOBAL innodb_buffer_pool_size = 1073741824');
  await connection.query('SET GLOBAL innodb_log_file_size = 1073741824');
  const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT VERSION() AS version');
  await connection.end();
  return { url: `${url}bench`, version: String(rows[0]?.['version']), pid };
}

/** Fills the database with `npm run seed`, which shows its progress. */
export async function seed(count: number, env: Readonly<Record<string, string>>, ending: Ending): Promise<void> {
  const args = ['scripts/run.mjs', 'seed', String(count)];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'inherit' });
  ending.addChild(child);
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Error('the database could not be filled');
}

/** The credentials of the administrator, as they stand after `Basic`. */
export function administrator(folder: string): string {
  const text = readFileSync(join(folder, 'admin-client.json'), 'utf8');
  const { client_id: id, client_secret: secret } = JSON.parse(text) as { client_id: string; client_secret: string };
  return Buffer.from(`${id}:${secret}`).toString('base64');
}
