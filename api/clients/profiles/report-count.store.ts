import type { EntityManager } from 'typeorm';
import { ReportCountEntity } from '../../../entities/report-count.entity.ts';
import { insertRows } from '../../shared/database/plain-insert.store.ts';
import type { Tally } from './tally.ts';

/** What was counted the last time. */
export interface ReportCounts {
  read(): Promise<Tally>;
  replace(tally: Tally): Promise<void>;
  /** What is another with every write of a client. */
  mark(): Promise<string>;
}

export function reportCounts(manager: EntityManager): ReportCounts {
  const rows = manager.getRepository(ReportCountEntity);
  return {
    read: async () => Object.fromEntries((await rows.find()).map((row) => [row.name, [row.clients, row.enabled]])),
    replace: async (tally) => {
      await manager.createQueryBuilder().delete().from(ReportCountEntity).execute();
      const counted = Object.entries(tally).map(([name, [clients, enabled]]) => ({ name, clients, enabled }));
      await insertRows(manager, ReportCountEntity, counted);
    },
    mark: async () => {
      const [row] = await manager.query<{ writes: number | string }[]>(
        'SELECT SUM(writes) AS writes FROM client_counts',
      );
      return String(row?.writes ?? 0);
    },
  };
}
