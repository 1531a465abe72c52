import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { EntityManager } from 'typeorm';
import { LeaseEntity } from './lease.entity.ts';

/** How long a lease lasts after it was taken or renewed, in milliseconds. */
const LASTS = 10_000;
/** How often a holder renews it. */
export const RENEWED = 5_000;
/** How long after its end others leave it alone: clocks differ, and its holder may be about to renew it. */
const LEFT_ALONE = 30_000;
/** After so long nobody renews a lease any more, whatever the clocks say. */
export const ABANDONED = LASTS + LEFT_ALONE;

/** `now` in milliseconds since the epoch; `elapsed` since some moment, which no correction of the clock turns back. */
export interface Time {
  now(): number;
  elapsed(): number;
}

/** A lease that somebody has, or had. */
export interface LeaseState {
  /** Says which process, for people: `process 4711 on web-1 (Xu3kP0)`. Empty while nobody has it. */
  readonly holder: string;
  readonly epoch: number;
  readonly since: string;
  readonly expiresAt: string;
}

/** Another process has taken over what this one was about to do. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** This process, as the holder of a lease; two of them are never the same, not in containers of one name either. */
export const thisProcess = (): string =>
  `process ${process.pid} on ${hostname().slice(0, 255)} (${randomBytes(4).toString('base64url')})`;

/** What `name` is leased to; undefined when nobody ever had it. */
export async function leaseState(manager: EntityManager, name: string): Promise<LeaseState | undefined> {
  return (await manager.findOneBy(LeaseEntity, { name })) ?? undefined;
}

export interface Taking {
  readonly name: string;
  readonly holder: string;
  readonly time: Time;
  /** The holder is known to be gone, so that its lease need not have ended. */
  readonly isAbandoned?: boolean;
}

/**
 * Takes a lease by compare-and-set where nobody has it, or where it ended 30 seconds ago. `manager` is to commit what it
 * does at once, or with a transaction that does nothing else. Returns undefined when somebody else has it.
 */
export async function takeLease(manager: EntityManager, taking: Taking): Promise<Lease | undefined> {
  const { name, holder, time } = taking;
  const free = { holder: '', epoch: 0, since: '', expiresAt: '' };
  const found = await leaseState(manager, name);
  if (found === undefined)
    await manager
      .createQueryBuilder()
      .insert()
      .into(LeaseEntity)
      .values({ name, ...free })
      .orIgnore()
      .execute();
  const { epoch, expiresAt, holder: former } = found ?? free;
  const isOver = former === '' || taking.isAbandoned === true || time.now() >= Date.parse(expiresAt) + LEFT_ALONE;
  if (!isOver) return undefined;
  const since = new Date(time.now()).toISOString();
  const next = { holder, epoch: epoch + 1, since, expiresAt: endOf(time) };
  const { affected } = await manager.update(LeaseEntity, { name, epoch, expiresAt, holder: former }, next);
  return affected === 1 ? new Lease({ name, holder, epoch: epoch + 1 }, time) : undefined;
}

const endOf = (time: Time): string => new Date(time.now() + LASTS).toISOString();

/** A lease that this process has, until it is released, or lost. */
export class Lease {
  private renewed: number;

  constructor(
    private readonly own: { readonly name: string; readonly holder: string; readonly epoch: number },
    private readonly time: Time,
  ) {
    this.renewed = time.elapsed();
  }

  /**
   * Renews the lease when it is time. Throws a LeaseLostError when another process has it. What else fails is thrown only
   * when the lease has run out: until then nobody takes it; or in a transaction, which may be gone.
   */
  async keep(manager: EntityManager): Promise<void> {
    const start = this.time.elapsed();
    if (start - this.renewed < RENEWED) return;
    try {
      const { affected } = await manager.update(LeaseEntity, this.own, { expiresAt: endOf(this.time) });
      if (affected !== 1) throw this.lost();
      this.renewed = start;
    } catch (error) {
      const isPart = manager.queryRunner?.isTransactionActive === true;
      if (isPart || error instanceof LeaseLostError || start - this.renewed >= LASTS) throw error;
    }
  }

  /**
   * Throws a LeaseLostError when another process has the lease. In a transaction nobody takes it until the transaction
   * ends: on SQLite, because that one alone writes.
   */
  async require(manager: EntityManager): Promise<void> {
    const { name, holder, epoch } = this.own;
    const lock = manager.dataSource.options.type === 'better-sqlite3' ? '' : ' LOCK IN SHARE MODE';
    const select = `SELECT epoch FROM leases WHERE name = ? AND holder = ? AND epoch = ?${lock}`;
    if ((await manager.query<unknown[]>(select, [name, holder, epoch])).length === 0) throw this.lost();
  }

  /** Gives the lease back, if it is still there. */
  async release(manager: EntityManager): Promise<void> {
    await manager.update(LeaseEntity, this.own, { holder: '', expiresAt: '' });
  }

  private lost(): LeaseLostError {
    return new LeaseLostError(
      `another process has taken over the lease "${this.own.name}" from this one, which had not renewed it for ` +
        `${ABANDONED / 1_000} seconds`,
    );
  }
}
