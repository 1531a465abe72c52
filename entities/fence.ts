import type { EntityManager, QueryRunner } from 'typeorm';
import type { Lease } from './lease.ts';

/** What a server does at once and cannot take back. On SQLite it is part of a transaction. */
const DEFINITION = /^\s*(CREATE|ALTER|DROP|RENAME|TRUNCATE)\b/i;

export interface Fence {
  readonly lease: Lease;
  /** Renews the lease, while the runner may be in a transaction. */
  readonly renewing: EntityManager;
  readonly signal?: AbortSignal | undefined;
}

type Query = (...parameters: unknown[]) => Promise<unknown>;

/**
 * Makes a runner look before each step, a transaction or a definition of data, whether this process still has the lease,
 * and whether it was told to end: what is left of its work is then done by another one. Returns how to undo that.
 */
export function fence(runner: QueryRunner, { lease, renewing, signal }: Fence): () => void {
  const start = runner.startTransaction.bind(runner);
  const query = runner.query.bind(runner) as Query;
  const isServer = runner.dataSource.options.type !== 'better-sqlite3';
  const fencedStart: typeof start = async (...parameters) => {
    signal?.throwIfAborted();
    await lease.keep(renewing);
    await start(...parameters);
    try {
      await lease.require(runner.manager);
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    }
  };
  const fencedQuery: Query = async (...parameters) => {
    if (isServer && DEFINITION.test(String(parameters[0]))) {
      signal?.throwIfAborted();
      await lease.require(runner.manager);
    }
    return query(...parameters);
  };
  Object.assign(runner, { startTransaction: fencedStart, query: fencedQuery });
  // The one runner of SQLite is for everybody: what it has of its kind shows again.
  return () => {
    for (const name of ['startTransaction', 'query']) Reflect.deleteProperty(runner, name);
  };
}
