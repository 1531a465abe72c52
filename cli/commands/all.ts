import type { Contract } from '../contract/contract.ts';
import { resourcesOf } from '../contract/resources.ts';
import type { Command } from '../command.ts';
import { resourceKit } from './resource/kit.ts';
import { pagesCommand } from './resource/read-commands.ts';
import { examplesFor } from './examples.ts';
import { commandsOf } from './of-resource.ts';
import { completionCommand } from './completion/completion.ts';
import { TUI } from '../tui/command.ts';
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
  if (clients === undefined || changes === undefined) return [];
  const command = pagesCommand(resourceKit(contract, clients), 'history', changes);
  return [{ ...command, words: ['history'], examples: examplesFor('history') }];
}
