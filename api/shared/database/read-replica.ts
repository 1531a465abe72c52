import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import type { lookAtSessions, Session } from '../../../entities/mariadb-pools.ts';
import { errorFields, type Log } from '../log/log.ts';
import type { Meters } from '../meters.ts';
import { databaseFault } from './database-fault.ts';
import { within } from './deadline.ts';
import { committedAt, follows, hasReached, numberOf, UnfitReplica, type Server } from './replica-fitness.store.ts';

export interface ReadReplicaNeeds {
  readonly primary: Server;
  /** Opens the replica, and has `look` look at each session before something is read in it. */
  readonly open: (look: Parameters<typeof lookAtSessions>[1]) => Promise<DataSource>;
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

  constructor(lag: number) {
    super(`it is more than ${lag} ms behind`);
  }
}

/** Given to those who are reading at a replica that does not answer any more. */
class LeftOut extends Error {}

/**
 * A replica of the database. It is read where it has everything that was committed to the database when the read began, so
 * that nobody is told what is older than what anybody was told before. Where it does not get there in time, or is away, it
 * is left out until it does. Its address may be that of several servers, each of which has sessions: a read waits in the
 * session that it reads in.
 */
export class ReadReplica {
  private replica: DataSource | undefined;
  /** Undefined before the first look. */
  private isRead: boolean | undefined;
  /** Where the database was when it was asked last. */
  private position = '';
  /** Where it was when the server of a session had done the same. */
  private reached = new WeakMap<Session, string>();
  /** The numbers of servers that follow the database. */
  private readonly fit = new Set<number>();
  private readonly reading = new Set<(error: LeftOut) => void>();
  private readonly count: ReturnType<Meters['replica']>;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private readonly ask = forAllWhoAsk(async () => void (this.position = await committedAt(this.needs.primary)));

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

  /** Where to read at the replica, when the database has said where it is. */
  private async manager(): Promise<EntityManager | undefined> {
    if (this.isRead !== true) return undefined;
    const isSure = await this.ask().then(
      () => this.isRead,
      () => false,
    );
    return isSure === true ? this.replica?.manager : undefined;
  }

  private lookAt(session: Session): Promise<void> | undefined {
    const { position } = this;
    // Nothing was committed since.
    if (this.reached.get(session) === position) return undefined;
    return within(this.needs.lag + ANSWER, this.follow(session, position));
  }

  private async follow(session: Session, position: string): Promise<void> {
    const { primary, lag } = this.needs;
    const number = this.reached.has(session) ? undefined : await numberOf(session);
    if (number === undefined || this.fit.has(number)) {
      if (!(await hasReached(session, position, lag))) throw new Behind(lag);
    } else {
      if (!(await follows(primary, session, lag))) throw new Behind(lag);
      this.fit.add(number);
    }
    this.reached.set(session, position);
  }

  private async look(): Promise<void> {
    const isAsked = await this.ask().then(
      () => true,
      () => false,
    );
    // While the database does not answer there is nothing to compare with.
    if (!isAsked) return;
    // An answer is wanted also where nothing is written.
    this.reached = new WeakMap();
    try {
      this.replica ??= await this.needs.open((session) => this.lookAt(session));
      await this.replica.query('SELECT 1');
      if (this.isRead !== true) this.needs.log.info('the replica of the database is read');
      this.isRead = true;
    } catch (error) {
      this.leaveOut(error);
    }
  }

  private leaveOut(error: unknown): void {
    this.fit.clear();
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
  if (kind !== undefined) return kind !== 'stopped';
  return [QueryFailedError, LeftOut, Behind, UnfitReplica].some((one) => error instanceof one);
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
