import type { EntityManager } from 'typeorm';
import { takeLease, type Lease, type Taking } from '../../../entities/lease.ts';

/** Leases in a unit of work; see entities/lease.ts. */
export interface LeaseStore {
  /** Takes a lease, in a unit of work that does nothing else. Returns undefined when another process has it. */
  take(taking: Taking): Promise<Lease | undefined>;
  /** Throws a LeaseLostError when another process has the lease, which otherwise gets it after the transaction at the earliest. */
  require(lease: Lease): Promise<void>;
}

export const leaseStore = (manager: EntityManager): LeaseStore => ({
  take: (taking) => takeLease(manager, taking),
  require: (lease) => lease.require(manager),
});
