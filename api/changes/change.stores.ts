import type { Makers } from '../shared/database/lazy.stores.ts';
import { changeFeed, type ChangeFeed } from './change-feed.store.ts';
import { changeLog, type ChangeLog } from './change-log.store.ts';

/** The stores that a unit of work on the changes of all clients has. */
export interface ChangeStores {
  readonly changes: ChangeLog;
  readonly changeFeed: ChangeFeed;
}

export const CHANGE_STORES: Makers<ChangeStores, unknown, unknown> = {
  changes: (manager) => changeLog(manager),
  changeFeed: (manager) => changeFeed(manager),
};
