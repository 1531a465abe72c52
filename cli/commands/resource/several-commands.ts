import type { Operation } from '../../contract/contract.ts';
import type { Context } from '../../context.ts';
import { EXIT, Failure, said } from '../../failure.ts';
import type { Entry } from '../../resource/entry.ts';
import { asEntry } from '../../resource/reply.ts';
import { COLUMNS_OPTION, IF_MATCH_OPTION, OUTPUT_OPTION, YES_OPTION, type Command } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import { listOptions, listQuery } from '../listing/list-query.ts';
import { Readable } from '../listing/readable.ts';
import { agree, type ResourceKit } from './kit.ts';
import { actionSummary, matchOption } from './places.ts';

const SEVERAL = 'Of several, one that is refused does not hold up the others; it is named, and the exit code is 1.';

/** What is done to an entry that needs no more than its id, such as activating it. */
export function switchCommand(kit: ResourceKit, verb: string, operation: Operation): Command {
  const { resource, shape, idArgument } = kit;
  const done = verb.replace(/e?$/, 'ed');
  return {
    words: [resource.noun, verb],
    summary: actionSummary(operation),
    details: SEVERAL,
    args: [{ ...idArgument, many: true }],
    options: [...listOptions(operation), ...matchOption(operation), COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const service = await context.service();
      const readable = new Readable(context, kit, service);
      const entries: Entry[] = [];
      try {
        await each(context, input.args, done, async (text) => {
          const ask = { named: listQuery(operation, input), ifMatch: input.value(IF_MATCH_OPTION.name) };
          entries.push(asEntry(await service.of(resource).actOn(operation, text, ask)));
        });
      } finally {
        // What was done before a refusal or a lost connection is told.
        const [entry] = entries;
        if (entry !== undefined && input.args.length === 1) await readable.print(entry);
        else if (entries.length > 0) await context.printer.list(readable.pages(only(entries)), shape);
      }
    },
  };
}

async function* only(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}

/** What takes something away for good that is removed already. It is asked for by its id: nothing has its name any more. */
export function purgeCommand({ resource, idArgument }: ResourceKit, operation: Operation): Command {
  return {
    words: [resource.noun, 'purge'],
    summary: actionSummary(operation),
    details: SEVERAL,
    args: [{ ...idArgument, summary: `the id that the ${resource.singular} had`, many: true }],
    options: [YES_OPTION],
    examples: examplesFor(`${resource.noun} purge`),
    run: async (context, input) => {
      await agree(context, input, `Forget ${input.args.join(', ')} for good?`);
      const calls = (await context.service()).of(resource);
      await each(context, input.args, 'purged', async (id) => {
        await calls.act(operation, { named: [[resource.id, id]] });
        context.terminal.say(`Forgot ${id}.`);
      });
    },
  };
}

export function deleteCommand({ resource, idArgument }: ResourceKit, operation: Operation): Command {
  // What is named by its address, or where one address stands for all by the query.
  const isByPath = operation.path.includes('{');
  return {
    words: [resource.noun, 'delete'],
    summary: `removes ${resource.singular}s`,
    details: SEVERAL,
    args: [{ ...idArgument, many: true }],
    options: [YES_OPTION, ...(isByPath ? listOptions(operation) : []), ...matchOption(operation)],
    examples: examplesFor(`${resource.noun} delete`),
    run: async (context, input) => {
      const ask = {
        named: isByPath ? listQuery(operation, input) : [],
        ifMatch: input.value(IF_MATCH_OPTION.name),
      };
      await agree(context, input, `Remove ${input.args.join(', ')}?`);
      const calls = (await context.service()).of(resource);
      await each(context, input.args, 'removed', async (text) => {
        await calls.remove(text, ask);
        context.terminal.say(`Removed ${text}.`);
      });
    },
  };
}

/** Does something to one after another. One that is refused does not hold up the others; a service out of reach ends it. */
async function each(
  { terminal }: Context,
  ids: readonly string[],
  done: string,
  act: (id: string) => Promise<void>,
): Promise<void> {
  let count = 0;
  for (const id of ids) {
    try {
      await act(id);
      count += 1;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (ids.length === 1) throw error;
      if (error.exitCode !== EXIT.refused) {
        throw new Failure(error.exitCode, error.message, [
          ...error.lines,
          `${count} of ${ids.length} ${done}; stopped at ${id}.`,
        ]);
      }
      terminal.say(`Not ${done} ${id}: ${said(error)}`);
    }
  }
  if (count < ids.length) throw new Failure(EXIT.refused, `${count} of ${ids.length} ${done}`);
}
