import type { Tasks } from '../tasks/tasks.ts';
import { undoHandlers } from './undo.handlers.ts';
import { ChangesUndo, type UndoServiceNeeds } from './undo.service.ts';
import { undoing } from './undo.task.ts';

/** The undo of changes, put together: the kind of task that undoes those of many clients, and the operations. */
export const undoParts = (needs: UndoServiceNeeds) => ({
  kind: undoing(needs),
  handlers: ({ runner }: Tasks) => undoHandlers(new ChangesUndo(needs), () => runner.wake()),
});
