import { COLUMNS_OPTION, IF_MATCH_OPTION, OUTPUT_OPTION, type Command } from '../../command.ts';
import { withDryRun } from '../dry-run/dry-run.ts';
import { examplesFor } from '../examples.ts';
import { Readable } from '../listing/readable.ts';
import type { ResourceKit } from '../resource/kit.ts';
import { catalogCommand, installCommand } from './install-command.ts';
import { replayCommand } from './replay-command.ts';

/** What scripts have besides what every resource has. */
export function scriptCommands(kit: ResourceKit): Command[] {
  const { contract, resource } = kit;
  const { actions, operations } = resource;
  const [replay, found] = [contract.operation('replay-config-script'), contract.operation('get-config-script-replay')];
  const { patch, create } = operations;
  const catalog = actions.get('catalog');
  const switches: Switch[] = [
    { verb: 'enable', enabled: true, summary: 'lets a script run' },
    { verb: 'disable', enabled: false, summary: 'keeps a script from running' },
  ];
  return [
    ...(patch ? switches.map((which) => withDryRun(switchCommand(kit, which), patch)) : []),
    ...(catalog ? [catalogCommand(kit, catalog)] : []),
    ...(replay && found ? [replayCommand(kit, replay, found)] : []),
    ...(catalog && create ? [withDryRun(installCommand(kit, catalog), create)] : []),
  ];
}

interface Switch {
  readonly verb: string;
  readonly enabled: boolean;
  readonly summary: string;
}

function switchCommand(kit: ResourceKit, { verb, enabled, summary }: Switch): Command {
  const { resource, idArgument } = kit;
  return {
    words: [resource.noun, verb],
    summary,
    args: [idArgument],
    options: [IF_MATCH_OPTION, COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const service = await context.service();
      const ifMatch = input.value(IF_MATCH_OPTION.name);
      const entry = await service.of(resource).change(input.arg(0), { enabled }, { ifMatch });
      await new Readable(context, kit, service).print(entry);
    },
  };
}
