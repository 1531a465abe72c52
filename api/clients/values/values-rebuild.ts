import { createHash } from 'node:crypto';
import type { KeptProperty } from '../../search/field.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Log } from '../../shared/log/log.ts';
import type { TaskService } from '../../tasks/task.service.ts';
import type { Json, Step, TaskKind } from '../../tasks/task.ts';
import { KEPT_PROPERTIES } from '../document/client.values.ts';
import type { ClientStores } from '../client.stores.ts';

/** The name of the task, of which there is one. */
export const REBUILD_VALUES = 'rebuild-values';

/** Clients in one transaction. */
const BATCH = 200;
const HOUR = 3_600_000;

/** How far a rebuild is. */
interface Reached extends Record<string, Json> {
  /** What it gathers: a process of another version, which gathers something else, begins anew. */
  readonly of: string;
  readonly after: string;
  readonly clients: number;
  readonly corrected: number;
}

export interface RebuildNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly log: Log;
  /** What is to be gathered; what this version searches for unless given. */
  readonly properties?: readonly KeptProperty[];
}

/**
 * The kind of task that makes the values that clients are found by from their documents, where `client_values` does not
 * have all of them: after an upgrade, and when somebody has asked for it with `forgetValues`. It looks every hour.
 */
export function rebuildingValues({ work, log, properties = KEPT_PROPERTIES }: RebuildNeeds): TaskKind<Json, Reached> {
  const of = createHash('sha256').update(JSON.stringify(properties)).digest('base64url').slice(0, 16);
  return {
    name: REBUILD_VALUES,
    every: HOUR,
    step: async (before): Promise<Step<Reached>> => {
      if (before === undefined && (await work.read(({ keptProperties }) => keptProperties.has(properties))))
        return { isDone: true };
      const from = before?.of === of ? before : { of, after: '', clients: 0, corrected: 0 };
      // What this version keeps in another way is about to go.
      if (from.after === '') await work.write(({ keptProperties }) => keptProperties.keepOnly(properties));
      const { inums, total } = await work.read(async ({ clients }) => ({
        inums: await clients.inumsAfter(from.after, BATCH),
        total: await clients.count(),
      }));
      const isLast = inums.length < BATCH;
      const corrected =
        from.corrected + (await work.write((stores) => gather(stores, inums, isLast ? properties : undefined)));
      const clients = from.clients + inums.length;
      const progress = { done: clients, total };
      if (!isLast) return { isDone: false, state: { of, after: inums.at(-1) ?? '', clients, corrected }, progress };
      log.info('values of clients gathered', { clients, corrected });
      return { isDone: true, progress };
    },
  };
}

/** Begins a rebuild where one is needed: a few clients are gathered at once, for more of them the task has its turn. */
export async function beginRebuild({
  tasks,
  ...needs
}: RebuildNeeds & { tasks: Pick<TaskService, 'hasten'> }): Promise<void> {
  const first = await rebuildingValues(needs).step(undefined, {});
  if (!first.isDone) await tasks.hasten(REBUILD_VALUES);
}

/** Has searches go by the documents until the task has looked at every client again, which it begins soon. */
export async function rebuildAnew({
  work,
  tasks,
}: Pick<RebuildNeeds, 'work'> & { tasks: Pick<TaskService, 'hasten'> }): Promise<void> {
  await work.write(({ keptProperties }) => keptProperties.set([]));
  await tasks.hasten(REBUILD_VALUES);
}

/** Gathers the values of clients; when they are the last, all of `complete` are there then. Returns how many rows were wrong. */
async function gather(
  { clients, corridor, keptProperties }: ClientStores,
  inums: readonly string[],
  complete: readonly KeptProperty[] | undefined,
): Promise<number> {
  await clients.lock(inums);
  const corrected = await corridor.correctValues(await clients.byIds(inums));
  if (complete !== undefined) await keptProperties.set(complete);
  return corrected;
}
