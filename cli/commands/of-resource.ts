import type { Contract } from '../contract/contract.ts';
import type { Resource } from '../contract/resources.ts';
import { bulkOperations } from '../resource/bulk.ts';
import type { Command } from '../command.ts';
import { withWhere } from './bulk/where.ts';
import { resourceCommands } from './resource/commands.ts';
import { withDryRun } from './dry-run/dry-run.ts';
import { editCommand } from './resource/edit-command.ts';
import { resourceKit, type ResourceKit } from './resource/kit.ts';
import { schemaCommand, validateCommand } from './resource/validate-and-schema.ts';
import { scriptCommands } from './scripts/script-commands.ts';
import { pendingCommand } from './approval/pending-command.ts';
import { exportCommand } from '../transfer/export.ts';
import { diffCommand, importCommand } from '../transfer/import.ts';

/** The commands of a resource, in the order of its help. */
export function commandsOf(contract: Contract, resource: Resource): Command[] {
  const kit = resourceKit(contract, resource);
  const commands = [...resourceCommands(kit), ...moreCommands(kit)];
  const bulk = resource.noun === 'clients' ? bulkOperations(contract) : undefined;
  return ordered(bulk === undefined ? commands : commands.map((command) => withWhere(kit, command, bulk)));
}

function moreCommands(kit: ResourceKit): Command[] {
  const { operations, actions, noun, isMadeElsewhere } = kit.resource;
  if (isMadeElsewhere === true) return [];
  const { get, list, patch } = operations;
  const edit = get && patch ? [withDryRun(editCommand(kit), patch)] : [];
  if (noun === 'scripts') edit.push(...scriptCommands(kit));
  const validate = actions.get('validate');
  if (noun !== 'clients' || validate === undefined || get === undefined || list === undefined) {
    return [...edit, schemaCommand(kit)];
  }
  return [
    ...edit,
    ...(actions.has('approve') ? [pendingCommand(kit)] : []),
    validateCommand(kit),
    exportCommand(kit, list),
    importCommand(kit),
    diffCommand(kit),
    schemaCommand(kit),
  ];
}

const ORDER = [
  'list',
  'get',
  'create',
  'update',
  'patch',
  'edit',
  'enable',
  'disable',
  'activate',
  'deactivate',
  'delete',
  'pending',
  'approve',
  'reject',
  'rotate-secret',
  'secrets',
  'add-secret',
  'remove-secret',
  'tokens',
  'revoke-tokens',
  'history',
  'revisions',
  'get-revision',
  'compare',
  'restore',
  'removed',
  'purge',
  'unused',
  'keep',
  'forget-reporter',
];

/** In the order of the help; a command of its own replaces the one that the operation alone would make. */
function ordered(commands: readonly Command[]): Command[] {
  const byVerb = new Map(commands.map((command) => [command.words[1] ?? '', command]));
  const known = ORDER.flatMap((verb) => byVerb.get(verb) ?? []);
  return [...known, ...[...byVerb.values()].filter((command) => !known.includes(command))];
}
