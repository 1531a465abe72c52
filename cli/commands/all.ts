import type { Contract, Operation } from '../contract/contract.ts';
import { resourcesOf } from '../contract/resources.ts';
import type { Command } from '../command.ts';
import { resourceKit, type ResourceKit } from './resource/kit.ts';
import { pagesCommand } from './resource/read-commands.ts';
import { examplesFor } from './examples.ts';
import { commandsOf } from './of-resource.ts';
import { lintCommand } from './lint/lint-command.ts';
import { completionCommand } from './completion/completion.ts';
import { TUI } from '../tui/command.ts';
import { withDays } from './undo/days.ts';
import { undoCommand } from './undo/undo-command.ts';
import { sessionCommands } from './session/session-commands.ts';

/** Every command: those that follow from the contract, and those that are more than one request. */
export function allCommands(contract: Contract): Command[] {
  const ofResources = resourcesOf(contract).flatMap((resource) => commandsOf(contract, resource));
  const commands: Command[] = [
    ...ofResources,
    ...ofAllClients(contract),
    ...sessionCommands(),
    TUI,
    completionCommand(() => commands),
  ];
  return commands;
}

/** What is about all clients together. */
function ofAllClients(contract: Contract): Command[] {
  const clients = resourcesOf(contract).find(({ noun }) => noun === 'clients');
  const changes = contract.operation('get-oauth-openid-changes');
  if (clients === undefined) return [];
  const kit = resourceKit(contract, clients);
  const report = clients.actions.get('lint');
  const [undo, undone, undos] = [
    ...['undo-oauth-openid-changes', 'get-oauth-openid-changes-undo', 'get-oauth-openid-changes-undos'],
  ].map((id) => contract.operation(id));
  return [
    ...(changes ? [historyCommand(kit, changes)] : []),
    ...(undo && undone
      ? [undoCommand(kit, { start: undo, read: undone, list: undos, steering: steeringOf(contract) })]
      : []),
    ...(report ? [lintCommand(kit, report)] : []),
  ];
}

function steeringOf(contract: Contract): Map<string, Operation> {
  return new Map(
    ['pause', 'resume', 'stop'].flatMap((verb) => {
      const operation = contract.operation(`${verb}-oauth-openid-changes-undo`);
      return operation === undefined ? [] : [[verb, operation] as const];
    }),
  );
}

function historyCommand(kit: ResourceKit, changes: Operation): Command {
  const command = pagesCommand(kit, 'history', changes);
  return {
    ...{ ...command, words: ['history'], examples: examplesFor('history') },
    run: (context, input) => command.run(context, withDays(input, context.terminal.now())),
  };
}
