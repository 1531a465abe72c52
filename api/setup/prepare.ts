import type { Lease } from '../../entities/lease.ts';
import { isNew, migrate } from '../../entities/migrate.ts';
import { foundations, type Foundations, type Ground } from '../compose.ts';
import { keyRing, type KeyRing } from '../shared/keys/key-ring.ts';
import { keyRingFile } from './data-folder.ts';
import { firstStart } from './first-start.ts';
import { refuseReservedInums, renameClient, type Renaming } from './reserved-inums.ts';

/**
 * Brings the schema up to date and puts in what every installation has, while no other process does. Returns whether
 * this was the first start, which made an administrator. A signal ends it before its next step, so that no other process
 * has to wait until the lease of this one has run out. Renames clients first;
 * throws an InumError when one cannot keep its inum.
 */
export async function prepare(ground: Ground, renamings: readonly Renaming[] = []): Promise<boolean> {
  const { work, codec } = foundations(ground);
  const { config, clock, log, database } = ground;
  const setup = { ...setupOptions(ground), codec, clock, dataDir: config.dataDir };
  return endedBySignals((signal) =>
    migrate(database, {
      time: clock,
      signal,
      onProgress: ({ table, done, total }) => log.info('migrating', { table, done, total }),
      onWait: (holder, since) =>
        log.warn('waiting for the process that brings the database up to date', { holder, since }),
      then: async (lease) => {
        const leased = leasedWork(work, lease);
        for (const renaming of renamings) await renameClient(leased, renaming, clock.now());
        await refuseReservedInums(leased);
        return firstStart({ ...setup, work: leased, builtInIssuer: config.builtInIssuer });
      },
    }),
  );
}

/** Units of work that are done only as long as this process has the lease. */
const leasedWork = (work: Foundations['work'], lease: Lease): Pick<Foundations['work'], 'read' | 'write'> => ({
  read: (task) => work.read(task),
  write: (task) =>
    work.write(async (stores) => {
      await stores.leases.require(lease);
      return task(stores);
    }),
});

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Aborts `task` at a signal, which takes its course when the task has ended. */
async function endedBySignals<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  let given: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): void => {
    given = signal;
    ending.abort();
  };
  // The second time nobody waits for anything.
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    return await task(ending.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    if (given !== undefined) process.kill(process.pid, given);
  }
}

/** The key ring of the settings, or the one in the data folder. Throws a MissingKeyError when there is none any more. */
export async function ringOf({ config, database }: Pick<Ground, 'config' | 'database'>): Promise<KeyRing> {
  return keyRing(config.encryptionKey ?? keyRingFile(config.dataDir, await isNew(database)));
}

/** What making an administrator needs of the settings. */
export function setupOptions({ config }: Ground): { tokenEndpoint: string; adminSecret?: string } {
  const tokenEndpoint = `${config.issuer}/jans-auth/restv1/token`;
  return { tokenEndpoint, ...(config.adminSecret !== undefined && { adminSecret: config.adminSecret }) };
}
