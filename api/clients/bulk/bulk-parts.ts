import type { Tasks } from '../../tasks/tasks.ts';
import { bulkHandlers } from './bulk.handlers.ts';
import { bulkTask, type BulkTaskNeeds } from './bulk.task.ts';

/** What is done to many clients, put together: the kind of task that does it, and its operations. */
export const bulkParts = (needs: BulkTaskNeeds) => ({
  kind: bulkTask(needs),
  handlers: ({ service, runner }: Tasks) => bulkHandlers({ ...needs, tasks: service, wake: () => runner.wake() }),
});
