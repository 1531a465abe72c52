import type { EntityManager } from 'typeorm';
import { UseReporterEntity } from '../../../entities/use-reporter.entity.ts';
import { timestamp } from '../../shared/clock.ts';
import { heard, type Evidence } from './judgement.ts';

/** Somebody who tells of uses, and since when without falling silent. */
export interface Reporter extends Evidence {
  /** The client whose token the reports come with. */
  readonly caller: string;
}

export interface ReporterStore {
  /** Everybody who was ever heard of, in the order of their names. */
  all(): Promise<readonly Reporter[]>;
  /** Notes at `now` (epoch milliseconds) that somebody tells of uses. */
  hear(caller: string, now: number): Promise<void>;
  /** Nobody waits for this one any more. Says whether somebody did. */
  forget(caller: string): Promise<boolean>;
}

export function reporterStore(manager: EntityManager): ReporterStore {
  const rows = manager.getRepository(UseReporterEntity);
  return {
    all: async () => (await rows.find({ order: { caller: 'ASC' } })).map(reporterOf),
    hear: async (caller, now) => {
      const before = await rows.findOneBy({ caller });
      const { since, heardAt } = heard(before === null ? undefined : reporterOf(before), now);
      await rows.upsert({ caller, since: timestamp(since), heardAt: timestamp(heardAt) }, ['caller']);
    },
    forget: async (caller) => (await rows.delete({ caller })).affected === 1,
  };
}

const reporterOf = ({ caller, since, heardAt }: UseReporterEntity): Reporter => ({
  caller,
  since: Date.parse(since),
  heardAt: Date.parse(heardAt),
});
