import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import mysql from 'mysql2/promise';
import type { Ending } from '../ending.ts';
import { seed, type BenchGround } from '../ground.ts';

const WIDTH = 40;
const LOOK = 1_000;
const COUNT = 'SELECT SUM(clients) AS clients FROM client_counts';

/**
 * Fills a database up to so many clients, from however many there are: a process for each core, one for SQLite, which lets
 * one write at a time. What an interrupted run has filled is there for the next.
 */
export async function fillUpTo(clients: number, ground: BenchGround, ending: Ending): Promise<void> {
  if ((await countOf(ground)) === undefined) await seed(1, ground.env, ending);
  const there = (await countOf(ground)) ?? 0;
  if (there >= clients) return;
  const processes = ground.databasePid === undefined ? 1 : cpus().length;
  const share = Math.ceil((clients - there) / processes);
  const start = performance.now();
  const filling = Promise.all(
    Array.from({ length: processes }, (_unused, at) => {
      const [from, to] = [there + at * share + 1, Math.min(clients, there + (at + 1) * share)];
      return to < from ? Promise.resolve() : fillPart([to - from + 1, from, from], ground, ending);
    }),
  );
  const over = { is: false };
  void filling.finally(() => (over.is = true)).catch(() => undefined);
  while (!over.is) {
    await Promise.race([sleep(LOOK), filling]);
    const done = (await countOf(ground)) ?? there;
    const bar = '#'.repeat(Math.round((done / clients) * WIDTH)).padEnd(WIDTH);
    const seconds = Math.round((performance.now() - start) / 1_000);
    process.stderr.write(`\r[${bar}] ${done} of ${clients}, ${seconds} s, ${processes} processes`);
  }
  process.stderr.write('\n');
}

async function fillPart(args: readonly number[], { folder, env }: BenchGround, ending: Ending): Promise<void> {
  const log = join(folder, `fill-${args[1]}.log`);
  const output = openSync(log, 'w', 0o600);
  const child = spawn(process.execPath, ['scripts/run.mjs', 'seed', ...args.map(String)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  ending.addChild(child);
  closeSync(output);
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`the database could not be filled:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
}

/** How many clients there are; undefined before the database has its tables. */
async function countOf({ databaseUrl }: BenchGround): Promise<number | undefined> {
  try {
    return databaseUrl.startsWith('sqlite:') ? countInFile(databaseUrl.slice(7)) : await countOnServer(databaseUrl);
  } catch {
    return undefined;
  }
}

function countInFile(file: string): number {
  const database = new Database(file, { readonly: true });
  try {
    const row = database.prepare(COUNT).get() as { clients: number | null };
    return Number(row.clients);
  } finally {
    database.close();
  }
}

async function countOnServer(url: string): Promise<number> {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(COUNT);
    return Number(rows[0]?.['clients']);
  } finally {
    await connection.end();
  }
}
