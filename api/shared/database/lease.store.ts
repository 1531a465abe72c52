import type { EntityManager } from 'typeorm';
import { takeLease, type Lease, type Taking } from '../../../entities/lease.ts';

export { RENEWED, thisProcess } from '../../../entities/lease.ts';

/** A lease that this process had when it was taken. */
export type HeldLease = Lease;

/** Leases in a unit of work; see entities/lease.ts. */
export interface LeaseStore {
  /** Takes a lease, in a unit of work that does nothing else. Returns undefined when another process has it. */
  take(taking: Taking): Promise<HeldLease | undefined>;
  /** Renews a lease when it is time. Throws a LeaseLostError when another process has it. */
  keep(lease: HeldLease): Promise<void>;
  /** Throws a LeaseLostError when another process has the lease; no other gets it before the transaction ends. */
  require(lease: HeldLease): Promise<void>;
  release(lease: HeldLease): Promise<void>;
}

export const leaseStore = (manager: EntityManager): LeaseStore => ({
  take: (taking) => takeLease(manager, taking),
  keep: (lease) => lease.keep(manager),
  require: (lease) => lease.require(manager),
  release: (lease) => lease.release(manager),
});
