import type { Tasks } from '../tasks/tasks.ts';
import { undoHandlers } from './undo.handlers.ts';
import { ChangesUndo, type UndoServiceNeeds } from './undo.service.ts';
import { undoing } from './undo.task.ts';

/** The undo of changes, put together: the kind of task that undoes those of many clients, and the operations. */
export const undoParts = (needs: Omit<UndoServiceNeeds, 'tasks'>) => ({
  kind: undoing(needs),
  handlers: ({ service, runner }: Tasks) =>
    undoHandlers(new ChangesUndo({ ...needs, tasks: service }), () => runner.wake()),
});
