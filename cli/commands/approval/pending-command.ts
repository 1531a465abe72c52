import type { Calls } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { COLUMNS_OPTION, OUTPUT_OPTION, type Command } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import { Readable } from '../listing/readable.ts';
import type { ResourceKit } from '../resource/kit.ts';

const COLUMNS = ['clientName', 'inum', 'approval.state', 'approval.at', 'redirectUris'];

/** The clients that an administrator has to decide about, and those that ask for a change: every one of them. */
export function pendingCommand(kit: ResourceKit): Command {
  return {
    words: ['clients', 'pending'],
    summary: 'lists what waits for approval: clients and changes',
    details: 'What approve --dry-run shows is what comes of it.',
    args: [],
    options: [COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor('clients pending'),
    run: async (context) => {
      const service = await context.service();
      const pages = new Readable(context, kit, service).pages(waiting(service.of(kit.resource)));
      await context.printer.list(pages, { ...kit.shape, columns: COLUMNS }, 'Nothing waits for approval.');
    },
  };
}

async function* waiting(clients: Calls): AsyncGenerator<readonly Entry[]> {
  for (const state of ['waiting', 'pending_change'])
    for await (const { entries } of clients.pages([['fieldValuePair', `approval.state=${state}`]])) yield entries;
}
