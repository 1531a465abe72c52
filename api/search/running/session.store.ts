import type { DataSource, QueryRunner } from 'typeorm';
import { stoppedQuery } from '../../shared/database/database-fault.ts';
import type { Dialect } from '../dialect.ts';

/** Reads the database where a query can be stopped: in another process, or in a session of its own. */
export interface Reader {
  query<T>(select: string, parameters: readonly (string | number | Buffer)[], milliseconds: number): Promise<T[]>;
  release(): void | Promise<void>;
}

/** Takes a session of a server, whose query is stopped when `ended` says so. */
export async function openSession(source: DataSource, dialect: Dialect, ended: AbortSignal): Promise<Reader> {
  const runner = source.createQueryRunner();
  const id = await idOf(runner).catch(async (error: unknown) => {
    await runner.release();
    throw error;
  });
  const kill = (): void => void source.query(`KILL QUERY ${id}`).catch(() => undefined);
  ended.addEventListener('abort', kill);
  return {
    query: (select, parameters, milliseconds) => {
      if (ended.aborted) return Promise.reject(stoppedQuery());
      return runner.query(dialect.limited(select, milliseconds), [...parameters]);
    },
    release: () => {
      ended.removeEventListener('abort', kill);
      return runner.release();
    },
  };
}

async function idOf(runner: QueryRunner): Promise<number> {
  const [row] = (await runner.query('SELECT CONNECTION_ID() AS id')) as { id: number | string }[];
  return Number(row?.id);
}
