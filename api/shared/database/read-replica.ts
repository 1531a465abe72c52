import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import { errorFields, type Log } from '../log/log.ts';
import type { Meters } from '../meters.ts';
import { databaseFault } from './database-fault.ts';
import { within } from './deadline.ts';
import { committedAt, hasReached, newestIn, requireFit, requireSame } from './replica-fitness.store.ts';

export interface ReadReplicaNeeds {
  readonly primary: EntityManager;
  /** Opens the replica, and calls `onConnection` for each connection that is made to it later on. */
  readonly open: (onConnection: () => void) => Promise<DataSource>;
  /** For how long a read waits for it to be up to date, in milliseconds. */
  readonly lag: number;
  readonly log: Log;
  readonly meters: Meters;
}

/** In milliseconds: how often it is looked whether the replica is there and has caught up. */
const WATCH = 1_000;
/** What its answer takes at most, in milliseconds, beside the waiting. */
const ANSWER = 1_000;

/** The replica has not done in time what the database has: what it is reading may come to its end. */
class Behind extends Error {
  override readonly name = 'Behind';
}

/** Given to those who are reading at a replica that does not answer any more. */
class LeftOut extends Error {}

/**
 * A replica of the database. It is read where it has everything that was committed to the database when the read began, so
 * that nobody is told what is older than what anybody was told before. Where it does not get there in time, or is away, it
 * is left out until it does.
 */
export class ReadReplica {
  private replica: DataSource | undefined;
  /** Undefined before the first look. */
  private isRead: boolean | undefined;
  /** Where the database was when the replica had done the same. */
  private reached: string | undefined;
  private readonly reading = new Set<(error: LeftOut) => void>();
  private readonly count: ReturnType<Meters['replica']>;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private readonly upToDate = forAllWhoAsk(() => this.follow());

  constructor(private readonly needs: ReadReplicaNeeds) {
    this.count = needs.meters.replica(() => this.isRead === true);
  }

  /** Reads `there` where the replica is up to date, else `here`, and also where the replica fails meanwhile. */
  async read<T>(there: (manager: EntityManager) => Promise<T>, here: () => Promise<T>): Promise<T> {
    const manager = await this.manager();
    if (manager !== undefined) {
      try {
        const outcome = await this.unlessLeftOut(there(manager));
        this.count('replica');
        return outcome;
      } catch (error) {
        if (!isOfReplica(error)) throw error;
        this.leaveOut(error);
      }
    }
    this.count('primary');
    return here();
  }

  /** Looks at it now and every second from now on. */
  watch(): void {
    const look = async (): Promise<void> => {
      // One that does not answer is asked once.
      if (this.isLooking) return;
      this.isLooking = true;
      await this.look().finally(() => (this.isLooking = false));
    };
    void look();
    this.timer = setInterval(() => void look(), WATCH).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.replica?.destroy();
  }

  /** Where to read at the replica, when it is up to date. */
  private async manager(): Promise<EntityManager | undefined> {
    if (this.isRead !== true) return undefined;
    const isSure = await this.upToDate().then(
      () => this.isRead,
      () => false,
    );
    return isSure === true ? this.replica?.manager : undefined;
  }

  private async follow(): Promise<void> {
    const position = await committedAt(this.needs.primary);
    // Nothing was committed since.
    if (position === this.reached || this.replica === undefined) return;
    try {
      await within(this.needs.lag + ANSWER, this.reach(this.replica.manager, position));
    } catch (error) {
      this.leaveOut(error);
    }
  }

  private async reach(replica: EntityManager, position: string): Promise<void> {
    const { lag } = this.needs;
    if (!(await hasReached(replica, position, lag))) throw new Behind(`it is more than ${lag} ms behind`);
    this.reached = position;
  }

  private async look(): Promise<void> {
    // An answer is wanted also where nothing is written.
    this.reached = undefined;
    if (this.isRead === true) return this.upToDate().catch(() => undefined);
    try {
      await this.takeBack();
      this.isRead = true;
      this.needs.log.info('the replica of the database is read');
    } catch (error) {
      this.leaveOut(error);
    }
  }

  private async takeBack(): Promise<void> {
    const { primary } = this.needs;
    const { manager } = (this.replica ??= await this.opened());
    const newest = await newestIn(primary);
    await this.reach(manager, await committedAt(primary));
    await requireSame(primary, manager, newest);
  }

  private async opened(): Promise<DataSource> {
    // A server that was started anew may have lost what it had done last.
    const replica = await this.needs.open(() => (this.reached = undefined));
    try {
      await requireFit(this.needs.primary, replica.manager);
      return replica;
    } catch (error) {
      await replica.destroy();
      throw error;
    }
  }

  private leaveOut(error: unknown): void {
    this.reached = undefined;
    if (this.isRead !== false) {
      const { error: reason } = errorFields(error);
      this.needs.log.warn('the replica of the database is left out', { reason });
    }
    this.isRead = false;
    if (error instanceof Behind) return;
    for (const give of [...this.reading]) give(new LeftOut());
  }

  /** Ends with what a read ends with or, when the replica is left out before because it does not answer, with `LeftOut`. */
  private unlessLeftOut<T>(read: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.reading.add(reject);
      read.finally(() => this.reading.delete(reject)).then(resolve, reject);
    });
  }
}

/** Whether a read failed for what is the matter with the replica. One that was stopped took too long there or anywhere. */
function isOfReplica(error: unknown): boolean {
  const kind = databaseFault(error)?.kind;
  return kind !== 'stopped' && (kind !== undefined || error instanceof QueryFailedError || error instanceof LeftOut);
}

/** Makes a look for all who ask while another one is under way: each gets one that began after it had asked. */
function forAllWhoAsk(look: () => Promise<void>): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    const looking = look();
    running = looking.catch(() => undefined);
    return looking;
  };
  return () => (next ??= running.then(begin));
}
