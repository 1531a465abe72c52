import type { Database } from '../entities/data-source.ts';
import { within } from './shared/database/deadline.ts';
import type { UnitOfWork } from './shared/database/unit-of-work.ts';

/** In milliseconds: who asks for readiness does not wait for ever. */
const READY_DEADLINE = 2_000;

/** It changes nothing, and a server that takes no changes refuses it. */
const NO_CHANGE = "UPDATE settings SET value = value WHERE name = ''";

/**
 * Says what is wrong when the database cannot be written: another process may hold the lock of an embedded one, and a
 * server may be read-only, as after a failover. Whoever asks meanwhile shares the look.
 */
export function readiness(database: Database, work: UnitOfWork<unknown>): () => Promise<string | undefined> {
  let look: Promise<unknown> | undefined;
  const start = (): Promise<unknown> =>
    database.kind === 'sqlite' ? work.write(() => Promise.resolve()) : database.writer.query(NO_CHANGE);
  return async () => {
    look ??= start().finally(() => (look = undefined));
    try {
      await within(READY_DEADLINE, look);
      return undefined;
    } catch {
      return 'the database cannot be reached';
    }
  };
}
