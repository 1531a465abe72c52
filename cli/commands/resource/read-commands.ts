import type { Operation } from '../../contract/contract.ts';
import type { Context } from '../../context.ts';
import type { Shape } from '../../output/printer.ts';
import type { Terminal } from '../../terminal.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { hasPages, type Page } from '../../resource/paging.ts';
import type { Named } from '../../resource/request.ts';
import { COLUMNS_OPTION, OUTPUT_OPTION, type Command, type Input, type Option } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import { listOptions, listQuery } from '../listing/list-query.ts';
import { Readable } from '../listing/readable.ts';
import { ALL_CHANGES_SHAPE, areChanges, Changes, CHANGES_SHAPE } from './changes.ts';
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
      const named = inOrder(context, kit, operation, listQuery(operation, input));
      const service = await context.service();
      const readable = new Readable(context, kit, service);
      const pages = (entries: Pages): Pages => readable.pages(entries);
      const none = `There are no ${resource.singular}s${named.some(isChoosing) ? ' like that' : ''}.`;
      await printPages(context, input, { calls: service.of(resource), operation, named, shape, pages, none });
    },
  };
}

/** What chooses some of all entries. */
const isChoosing = ([name]: readonly [string, string]): boolean => !['limit', 'sortBy', 'sortOrder'].includes(name);

/** People find a thing by its name: the order of a table, unless another one was asked for. */
function inOrder({ printer }: Context, { resource }: ResourceKit, operation: Operation, named: Named): Named {
  const canSort = operation.parameters.some(({ name }) => name === 'sortBy');
  const isFixed = named.some(([name]) => name === 'sortBy' || name === 'cursor');
  if (!printer.isTable || resource.name === undefined || !canSort || isFixed) return named;
  return [...named, ['sortBy', resource.name]];
}

type Pages = AsyncIterable<readonly Entry[]>;

export const ALL_OPTION: Option = { name: 'all', summary: 'every page, not only the first' };

const pageOptions = (operation: Operation): Option[] => [
  ...listOptions(operation),
  ...(hasPages(operation) ? [ALL_OPTION] : []),
  COLUMNS_OPTION,
  OUTPUT_OPTION,
];

interface Listing {
  readonly calls: Calls;
  readonly operation: Operation;
  readonly named: Named;
  readonly shape: Shape;
  /** Puts what people read in the place of what the service says. */
  readonly pages?: (pages: Pages) => Pages;
  /** What is said of an empty list. */
  readonly none: string;
}

/** Prints the page that was asked for, or all of them, and says how many entries there are beside it. */
export async function printPages(context: Context, input: Input, listing: Listing): Promise<void> {
  const { calls, operation, named, shape, pages = (entries: Pages) => entries, none } = listing;
  const print = (entries: Pages, nothing = none): Promise<void> => context.printer.list(pages(entries), shape, nothing);
  const { terminal } = context;
  if (input.has(ALL_OPTION.name)) return print(entriesOf(told(terminal, calls.pagesOf(operation, named))));
  const page = await calls.page(operation, named);
  const { entries, start = 0, totalEntriesCount, totalIsEstimate, isPartial, nextCursor } = page;
  await print(entriesOf(told(terminal, [page])), isPartial === true ? 'Nothing was found in time.' : none);
  if (isPartial === true && nextCursor !== undefined)
    terminal.say(`The time was over before all was read: --cursor ${nextCursor} goes on from there.`);
  else if (totalEntriesCount !== undefined && start + entries.length < totalEntriesCount) {
    const total = `${totalEntriesCount.toLocaleString('en')}${totalIsEstimate === true ? ' or more' : ''}`;
    terminal.say(`${entries.length} of ${total}. --all lists every one.`);
  }
}

/** Pages, after what the service says about their list, which goes beside it in every format. */
async function* told(terminal: Terminal, pages: AsyncIterable<Page> | Iterable<Page>): AsyncGenerator<Page> {
  let isSaid = false;
  for await (const page of pages) {
    if (page.detail !== undefined && !isSaid) terminal.say(page.detail);
    isSaid = true;
    yield page;
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
export function pagesCommand(kit: ResourceKit, verb: string, operation: Operation): Command {
  const { contract, resource } = kit;
  const places = placesOf(operation);
  const shape = shapeOfEntries(contract, operation);
  return {
    words: [resource.noun, verb],
    summary: actionSummary(operation),
    args: places.map((place) => placeArgument(resource, place)),
    options: pageOptions(operation),
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const query = listQuery(operation, input);
      const service = await context.service();
      const calls = service.of(resource);
      const [about, ...others] = placed(places, input);
      const isAboutOne = about?.[0] === resource.id;
      const first: Named = isAboutOne ? [[resource.id, await calls.idFor(operation, about[1])]] : about ? [about] : [];
      // Changes of all clients have numbers, by which they are undone.
      const plain = areChanges(shape) && about === undefined ? { ...shape, id: 'id' } : shape;
      const changes = areChanges(shape) && context.printer.isCard ? new Changes(kit, service) : undefined;
      await printPages(context, input, {
        calls,
        operation,
        named: [...first, ...others, ...query],
        none: operation.id.endsWith(`-${resource.noun}-${verb}`)
          ? `There are no ${verb} ${resource.noun}.`
          : `There is no ${verb}.`,
        shape: changes === undefined ? plain : about === undefined ? ALL_CHANGES_SHAPE : CHANGES_SHAPE,
        ...(changes && { pages: (entries: Pages) => changes.pages(entries) }),
      });
    },
  };
}
