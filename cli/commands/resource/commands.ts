import type { Operation } from '../../contract/contract.ts';
import { hasPages } from '../../resource/paging.ts';
import type { Command } from '../../command.ts';
import { actionCommand } from './action-command.ts';
import { withDryRun } from '../dry-run/dry-run.ts';
import { createCommand, updateCommand } from './body-commands.ts';
import type { ResourceKit } from './kit.ts';
import { getCommand, listCommand, pagesCommand } from './read-commands.ts';
import { patchCommand } from './patch-command.ts';
import { placesOf } from './places.ts';
import {
  compareCommand,
  PURGE,
  READ_REVISION,
  RESTORE,
  RESTORE_REVISION,
  restoreCommand,
} from './revision-commands.ts';
import { deleteCommand, purgeCommand, switchCommand } from './several-commands.ts';

/** The commands that follow from the operations of a resource alone. */
export function resourceCommands(kit: ResourceKit): Command[] {
  const { operations, actions } = kit.resource;
  const { list, get, create, patch } = operations;
  return [
    ...(list ? [listCommand(kit, list)] : []),
    ...(get ? [getCommand(kit, get)] : []),
    ...(create ? [withDryRun(createCommand(kit, create), create)] : []),
    ...(patch
      ? [updateCommand(kit, patch), patchCommand(kit, patch)].map((command) => withDryRun(command, patch))
      : []),
    ...[...actions]
      .filter(([verb]) => verb !== RESTORE && verb !== LINT)
      .map(([verb, operation]) => withDryRun(commandOf(kit, verb, operation), operation)),
    ...[...actions].flatMap(([verb, operation]) => (verb === READ_REVISION ? [compareCommand(kit, operation)] : [])),
    ...(operations.delete ? [withDryRun(deleteCommand(kit, operations.delete), operations.delete)] : []),
  ];
}

function commandOf(kit: ResourceKit, verb: string, operation: Operation): Command {
  if (verb === RESTORE_REVISION) return restoreCommand(kit, operation);
  if (verb === PURGE) return purgeCommand(kit, operation);
  if (hasPages(operation)) return pagesCommand(kit, verb, operation);
  return isSwitch(kit, operation) || DECISIONS.has(verb)
    ? switchCommand(kit, verb, operation)
    : actionCommand(kit, verb, operation);
}

/** A command without a noun. */
const LINT = 'lint';

/** What they take beside an id is why, which `--reason` says for every command. */
const DECISIONS: ReadonlySet<string> = new Set(['approve', 'reject']);

/** Whether an operation does something to an entry that needs no more than its id, such as activating it. */
function isSwitch({ resource }: ResourceKit, operation: Operation): boolean {
  const [place, ...more] = placesOf(operation);
  const isAboutOne = place?.in === 'path' && place.name === resource.id && more.length === 0;
  return isAboutOne && operation.method === 'POST' && Object.keys(operation.body).length === 0;
}
