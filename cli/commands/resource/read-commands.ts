import type { Operation } from '../../contract/contract.ts';
import type { Context } from '../../context.ts';
import type { Shape } from '../../output/printer.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { hasPages, type Page } from '../../resource/paging.ts';
import type { Named } from '../../resource/request.ts';
import { COLUMNS_OPTION, OUTPUT_OPTION, type Command, type Input, type Option } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import { listOptions, listQuery } from '../listing/list-query.ts';
import { Readable } from '../listing/readable.ts';
import { shapeOfEntries, type ResourceKit } from './kit.ts';
import { actionSummary, placeArgument, placed, placesOf } from './places.ts';

export function listCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, shape } = kit;
  return {
    words: [resource.noun, 'list'],
    summary: `lists ${resource.singular}s`,
    args: [],
    options: pageOptions(operation),
    examples: examplesFor(`${resource.noun} list`),
    run: async (context, input) => {
      const named = listQuery(operation, input);
      const service = await context.service();
      const readable = new Readable(context, kit, service);
      await printPages(context, input, { calls: service.of(resource), operation, named, shape, readable });
    },
  };
}

const pageOptions = (operation: Operation): Option[] => [
  ...listOptions(operation),
  ...(hasPages(operation) ? [{ name: 'all', summary: 'every page, not only the first' }] : []),
  COLUMNS_OPTION,
  OUTPUT_OPTION,
];

interface Listing {
  readonly calls: Calls;
  readonly operation: Operation;
  readonly named: Named;
  readonly shape: Shape;
  /** Puts names in the place of references. */
  readonly readable?: Readable;
}

/** Prints the page that was asked for, or all of them, and says how many entries there are beside it. */
async function printPages(context: Context, input: Input, listing: Listing): Promise<void> {
  const { calls, operation, named, shape, readable } = listing;
  const print = (pages: AsyncIterable<readonly Entry[]>): Promise<void> =>
    context.printer.list(readable?.pages(pages) ?? pages, shape);
  if (input.has('all')) return print(entriesOf(calls.pagesOf(operation, named)));
  const page = await calls.page(operation, named);
  const { entries, start = 0, totalEntriesCount, totalIsEstimate } = page;
  await print(entriesOf([page]));
  if (totalEntriesCount !== undefined && start + entries.length < totalEntriesCount) {
    const total = `${totalEntriesCount.toLocaleString('en')}${totalIsEstimate === true ? ' or more' : ''}`;
    context.terminal.say(`${entries.length} of ${total}. --all lists every one.`);
  }
}

async function* entriesOf(pages: AsyncIterable<Page> | Iterable<Page>): AsyncGenerator<readonly Entry[]> {
  for await (const { entries } of pages) yield entries;
}

export function getCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, idArgument } = kit;
  return {
    words: [resource.noun, 'get'],
    summary: `shows a ${resource.singular}`,
    args: [idArgument],
    options: [...listOptions(operation), COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} get`),
    run: async (context, input) => {
      const named = listQuery(operation, input);
      const service = await context.service();
      const { entry } = await service.of(resource).read(input.arg(0), named);
      await new Readable(context, kit, service).print(entry);
    },
  };
}

/** What an operation has pages of that are not of the resource, such as the history of a client. */
export function pagesCommand({ contract, resource }: ResourceKit, verb: string, operation: Operation): Command {
  const places = placesOf(operation);
  const shape = shapeOfEntries(contract, operation);
  return {
    words: [resource.noun, verb],
    summary: actionSummary(operation),
    args: places.map((place) => placeArgument(resource, place)),
    options: pageOptions(operation),
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const named = [...placed(places, input), ...listQuery(operation, input)];
      const calls = (await context.service()).of(resource);
      await printPages(context, input, { calls, operation, named, shape });
    },
  };
}
