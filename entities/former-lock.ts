import libsql from 'libsql';
import type { QueryRunner } from 'typeorm';
import { ownFile, type Database } from './data-source.ts';

/** What versions before the lease lock the schema with. It is taken beside the lease, so that they see each other. */
export interface FormerLock {
  /** Whether nobody else has it and so could have it while its process is gone: who gets it knows that the others are. */
  readonly endsWithProcess: boolean;
  /** Takes it, unless another process has it. Returns whether it has it now. */
  take(): Promise<boolean>;
  release(): Promise<void>;
}

export const formerLock = (database: Database): FormerLock =>
  database.kind === 'sqlite' ? lockFile(database) : serverLock(database);

/** A second, empty database beside the first: the system ends its lock with the process, whatever happens. */
function lockFile({ writer }: Database): FormerLock {
  const file = `${String(writer.options.database)}-lock`;
  let lock: libsql.Database | undefined;
  return {
    endsWithProcess: true,
    take: () => {
      ownFile(file);
      const opened = new libsql(file);
      try {
        opened.pragma('busy_timeout = 0');
        opened.exec('BEGIN EXCLUSIVE');
      } catch (error) {
        opened.close();
        if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY') !== true) throw error;
        return Promise.resolve(false);
      }
      lock = opened;
      return Promise.resolve(true);
    },
    release: () => {
      lock?.exec('ROLLBACK');
      lock?.close();
      lock = undefined;
      return Promise.resolve();
    },
  };
}

/** `GET_LOCK` belongs to a connection, which is kept aside. A node of a cluster knows only its own. */
function serverLock({ writer }: Database): FormerLock {
  let runner: QueryRunner | undefined;
  return {
    endsWithProcess: false,
    take: async () => {
      runner ??= writer.createQueryRunner();
      const [row] = (await runner.query("SELECT GET_LOCK('clientele_schema', 0) AS granted")) as { granted: unknown }[];
      return Number(row?.granted) === 1;
    },
    release: async () => {
      const own = runner;
      runner = undefined;
      // Locks end with their connection; one that is broken has lost it.
      await own?.query("DO RELEASE_LOCK('clientele_schema')").catch(() => undefined);
      await own?.release();
    },
  };
}
