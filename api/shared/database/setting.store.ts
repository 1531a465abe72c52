import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { SettingEntity } from '../../../entities/setting.entity.ts';

export interface SettingStore {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  /**
   * Holds the row until the transaction ends, so that only one of those who ask for it goes on at a time. Nodes of a Galera
   * cluster do not know each other's locks: there the later commit is refused (1213), and done again.
   */
  lock(name: string): Promise<void>;
}

export function settingStore(manager: EntityManager): SettingStore {
  const settings = manager.getRepository(SettingEntity);
  return {
    get: async (name) => (await settings.findOneBy({ name }))?.value,
    set: async (name, value) => {
      await settings.upsert({ name, value }, ['name']);
    },
    lock: async (name) => {
      // Another value each time: a row that stays as it is would be no change, and a cluster compares changes only.
      await settings.upsert({ name, value: `lock ${randomUUID()}` }, ['name']);
    },
  };
}
