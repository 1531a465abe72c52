import { placedAt, type Request } from '../connection/api.ts';
import { asEntries, asEntry } from '../connection/reply-shape.ts';
import type { Operation, Parameter } from '../contract/contract.ts';
import type { Resource } from '../contract/resources.ts';
import { EXIT, Failure, said, usageFailure } from '../failure.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../output/entry.ts';
import type { Shape } from '../output/printer.ts';
import { bodyFields, bodyFrom, fieldOptions, FILE_OPTION, firstSentence, SET_OPTION, UNSET_OPTION } from './body.ts';
import {
  COLUMNS_OPTION,
  IF_MATCH_OPTION,
  OUTPUT_OPTION,
  YES_OPTION,
  type Argument,
  type Command,
  type Input,
  type Option,
} from './command.ts';
import { examplesFor } from './examples.ts';
import { listOptions, listQuery } from './listing/list-query.ts';
import { allPages, hasPages, page, type Query } from './listing/paging.ts';
import { patchCommand } from './patch-command.ts';
import { Readable } from './listing/readable.ts';
import { sayStatement } from './statement-note.ts';
import {
  agree,
  matching,
  pathTo,
  patchBody,
  sayOnce,
  shapeOfEntries,
  strictly,
  type ResourceKit,
} from './resource-kit.ts';

/** The commands that follow from the operations of a resource alone. */
export function resourceCommands(kit: ResourceKit): Command[] {
  const { operations, actions } = kit.resource;
  const { list, get, create, patch } = operations;
  return [
    ...(list ? [listCommand(kit, list)] : []),
    ...(get ? [getCommand(kit, get)] : []),
    ...(create ? [createCommand(kit, create)] : []),
    ...(patch ? [updateCommand(kit, patch), patchCommand(kit, patch)] : []),
    ...[...actions].map(([verb, operation]) => commandOf(kit, verb, operation)),
    ...(operations.delete ? [deleteCommand(kit, operations.delete)] : []),
  ];
}

const SEVERAL = 'Of several, one that is refused does not hold up the others; it is named, and the exit code is 1.';

function commandOf(kit: ResourceKit, verb: string, operation: Operation): Command {
  if (hasPages(operation)) return pagesCommand(kit, verb, operation);
  return isSwitch(kit.resource, operation) ? switchCommand(kit, verb, operation) : actionCommand(kit, verb, operation);
}

function listCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, shape } = kit;
  return {
    words: [resource.noun, 'list'],
    summary: `lists ${resource.singular}s`,
    args: [],
    options: pageOptions(operation),
    examples: examplesFor(`${resource.noun} list`),
    run: async (context, input) => {
      const query = listQuery(operation, input);
      const readable = new Readable(context, kit, await context.api());
      await printPages(context, input, { operation, query, shape, readable });
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
  readonly operation: Operation;
  readonly query: Query;
  readonly shape: Shape;
  /** Puts names in the place of references. */
  readonly readable?: Readable;
}

/** Prints the page that was asked for, or all of them, and says how many entries there are beside it. */
async function printPages(context: Context, input: Input, listing: Listing): Promise<void> {
  const { operation, query, shape, readable } = listing;
  const api = await context.api();
  const print = (pages: AsyncIterable<readonly Entry[]>): Promise<void> =>
    context.printer.list(readable?.pages(pages) ?? pages, shape);
  if (input.has('all')) return print(allPages(api, operation, query));
  const { entries, start = 0, totalEntriesCount, totalIsEstimate } = await page(api, operation, query);
  await print(one(entries));
  if (totalEntriesCount !== undefined && start + entries.length < totalEntriesCount) {
    const total = `${totalEntriesCount.toLocaleString('en')}${totalIsEstimate === true ? ' or more' : ''}`;
    context.terminal.say(`${entries.length} of ${total}. --all lists every one.`);
  }
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

function getCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, idArgument } = kit;
  return {
    words: [resource.noun, 'get'],
    summary: `shows a ${resource.singular}`,
    args: [idArgument],
    options: [...listOptions(operation), COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} get`),
    run: async (context, input) => {
      const query = listQuery(operation, input);
      const api = await context.api();
      const path = await pathTo(api, resource, input.arg(0));
      await new Readable(context, kit, api).print(asEntry((await api.send({ operation, path, query })).body));
    },
  };
}

function createCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, fields } = kit;
  return {
    words: [resource.noun, 'create'],
    summary: `makes a ${resource.singular}`,
    args: [],
    options: [...fieldOptions(fields, operation), FILE_OPTION, { ...SET_OPTION, rare: true }, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} create`),
    run: async (context, input) => {
      const body = await bodyFrom(context, fields, input);
      const api = await context.api();
      const reply = await api.send({ operation, body, headers: strictly(operation) });
      const entry = asEntry(reply.body);
      await new Readable(context, kit, api).print(entry);
      sayOnce(context, entry);
      sayStatement(context, api.session, { operation, body, entry });
    },
  };
}

function updateCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, fields, idArgument } = kit;
  const writable = fields.filter(({ path }) => path !== resource.id);
  const { create } = resource.operations;
  return {
    words: [resource.noun, 'update'],
    summary: `changes members of a ${resource.singular}, and leaves the others`,
    args: [idArgument],
    options: [...fieldOptions(writable, create), FILE_OPTION, SET_OPTION, UNSET_OPTION, IF_MATCH_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} update`),
    run: async (context, input) => {
      const changes = await bodyFrom(context, writable, input);
      if (Object.keys(changes).length === 0) throw usageFailure('nothing says what to change');
      const api = await context.api();
      const path = await pathTo(api, resource, input.arg(0));
      const headers = { ...strictly(operation), ...matching(input) };
      const reply = await api.send({ operation, path, headers, ...patchBody(operation, changes) });
      await new Readable(context, kit, api).print(asEntry(reply.body));
    },
  };
}

/** `Activate a client` as the help says it: `activates a client`. */
function actionSummary({ summary }: Operation): string {
  const [verb = '', ...rest] = firstSentence(summary).split(' ');
  return [/(s|sh|ch|x)$/.test(verb) ? `${verb}es` : `${verb}s`, ...rest].join(' ');
}

const matchOption = ({ parameters }: Operation): Option[] =>
  parameters.some(({ name }) => name === 'If-Match') ? [IF_MATCH_OPTION] : [];

/** What an operation cannot do without, besides its body: the arguments of its command. */
const placesOf = ({ parameters }: Operation): Parameter[] =>
  parameters.filter((parameter) => parameter.in === 'path' || parameter.required === true);

function placeArgument({ id }: Resource, { name, description = '', schema }: Parameter): Argument {
  const choices = schema.enum?.map(String);
  return {
    name,
    summary: firstSentence(description),
    ...(name === id && { is: 'id' as const }),
    ...(choices && { choices }),
  };
}

/** The arguments of a command, each where the operation wants it. */
function placed(places: readonly Parameter[], input: Input): Required<Pick<Request, 'path' | 'query' | 'headers'>> {
  const at = (where: Parameter['in']): [string, string][] =>
    places.flatMap((place, index) => (place.in === where ? [[place.name, input.arg(index)]] : []));
  return { path: Object.fromEntries(at('path')), query: at('query'), headers: Object.fromEntries(at('header')) };
}

/** What an operation has pages of that are not of the resource, such as the history of a client. */
function pagesCommand({ contract, resource }: ResourceKit, verb: string, operation: Operation): Command {
  const places = placesOf(operation);
  const shape = shapeOfEntries(contract, operation);
  return {
    words: [resource.noun, verb],
    summary: actionSummary(operation),
    args: places.map((place) => placeArgument(resource, place)),
    options: pageOptions(operation),
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const { path, query } = placed(places, input);
      const asked = [...query, ...listQuery(operation, input)];
      await printPages(context, input, { operation: placedAt(operation, path), query: asked, shape });
    },
  };
}

/** Whether an operation does something to an entry that needs no more than its id, such as activating it. */
function isSwitch({ id }: Resource, operation: Operation): boolean {
  const [place, ...more] = placesOf(operation);
  const isAboutOne = place?.in === 'path' && place.name === id && more.length === 0;
  return isAboutOne && operation.method === 'POST' && Object.keys(operation.body).length === 0;
}

function switchCommand(kit: ResourceKit, verb: string, operation: Operation): Command {
  const { resource, shape, idArgument } = kit;
  const done = verb.replace(/e?$/, 'ed');
  return {
    words: [resource.noun, verb],
    summary: actionSummary(operation),
    details: SEVERAL,
    args: [{ ...idArgument, many: true }],
    options: [...matchOption(operation), COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const api = await context.api();
      const readable = new Readable(context, kit, api);
      const entries: Entry[] = [];
      try {
        await each(context, input.args, done, async (id) => {
          const path = await pathTo(api, resource, id);
          entries.push(asEntry((await api.send({ operation, path, headers: matching(input) })).body));
        });
      } finally {
        // What was done before a refusal or a lost connection is told.
        const [entry] = entries;
        if (entry !== undefined && input.args.length === 1) await readable.print(entry);
        else if (entries.length > 0) await context.printer.list(readable.pages(one(entries)), shape);
      }
    },
  };
}

function actionCommand(kit: ResourceKit, verb: string, operation: Operation): Command {
  const { contract, resource, shape } = kit;
  const fields = bodyFields(contract, operation);
  const places = placesOf(operation);
  const isList = contract.resolve(operation.reply ?? {}).type === 'array';
  return {
    words: [resource.noun, verb],
    summary: actionSummary(operation),
    args: places.map((place) => placeArgument(resource, place)),
    options: [
      ...fieldOptions(fields, undefined),
      ...(fields.length > 0 ? [FILE_OPTION] : []),
      ...matchOption(operation),
      ...listOptions(operation),
      ...(isList ? [COLUMNS_OPTION] : []),
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const body = fields.length === 0 ? undefined : await bodyFrom(context, fields, input);
      const { path, ...place } = placed(places, input);
      const query = [...place.query, ...listQuery(operation, input)];
      const headers = { ...place.headers, ...strictly(operation), ...matching(input) };
      const api = await context.api();
      const reply = await api.send({ operation, path, query, headers, ...(body !== undefined && { body }) });
      if (isList) return context.printer.list(one(asEntries(reply.body)), shape);
      if (reply.body === undefined) context.terminal.say('Done.');
      else {
        await new Readable(context, kit, api).print(asEntry(reply.body));
        sayOnce(context, asEntry(reply.body));
      }
    },
  };
}

function deleteCommand({ resource, idArgument }: ResourceKit, operation: Operation): Command {
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
      const query = isByPath ? listQuery(operation, input) : [];
      await agree(context, input, `Remove ${input.args.join(', ')}?`);
      const api = await context.api();
      await each(context, input.args, 'removed', async (id) => {
        const path = await pathTo(api, resource, id);
        const place = isByPath ? { path, query } : { query: Object.entries(path) };
        await api.send({ operation, ...place, headers: matching(input) });
        context.terminal.say(`Removed ${id}.`);
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
