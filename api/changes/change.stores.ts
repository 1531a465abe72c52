import type { EntityManager } from 'typeorm';
import { changeFeed, type ChangeFeed } from './change-feed.store.ts';
import { changeLog, type ChangeLog } from './change-log.store.ts';

/** The stores that a unit of work on the changes of all clients has. */
export interface ChangeStores {
  readonly changes: ChangeLog;
  readonly changeFeed: ChangeFeed;
}

export const changeStores = (manager: EntityManager): ChangeStores => ({
  changes: changeLog(manager),
  changeFeed: changeFeed(manager),
});
