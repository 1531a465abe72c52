import type { Contract, Operation, Schema } from '../contract/contract.ts';
import type { Field } from '../contract/fields.ts';
import type { Resource } from '../contract/resources.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import type { Entry } from '../output/entry.ts';
import type { Shape } from '../output/printer.ts';
import type { Api } from '../connection/api.ts';
import { bodyFields, type Body } from './body.ts';
import { page } from './listing/paging.ts';
import { IF_MATCH_OPTION, YES_OPTION, type Argument, type Input } from './command.ts';

/** Everything that the commands of one resource share. */
export interface ResourceKit {
  readonly contract: Contract;
  readonly resource: Resource;
  /** The members that can be written, by `create`. */
  readonly fields: readonly Field[];
  readonly shape: Shape;
  readonly idArgument: Argument;
}

/** The path parameters for one entry, which may be named by the member that people know it by instead of its id. */
export async function pathTo(api: Api, resource: Resource, text: string): Promise<Record<string, string>> {
  const path = { [resource.id]: text };
  const { get, list } = resource.operations;
  if (resource.name === undefined || get === undefined || list === undefined) return path;
  // An id goes before a name, so that nobody can slip something else under an id by calling it so.
  if ((await api.attempt({ operation: get, path })).status !== 404) return path;
  const filter = `${resource.name}=${text.replace(/[\\,]/g, String.raw`\$&`)}`;
  const { entries } = await page(api, list, [['fieldValuePair', filter]]);
  const [found, ...more] = entries.map((entry) => entry[resource.id]);
  return typeof found === 'string' && more.length === 0 ? { [resource.id]: found } : path;
}

/** The parts that the commands of a resource are made of. */
export function resourceKit(contract: Contract, resource: Resource): ResourceKit {
  const { list, get, create } = resource.operations;
  const fields = create === undefined ? [] : bodyFields(contract, create);
  const known = pathsOf(contract, get?.reply ?? entrySchema(contract, list));
  const columns = resource.columns.filter((column) => known.length === 0 || known.includes(column));
  return {
    contract,
    resource,
    fields,
    shape: { id: resource.id, name: resource.name, columns: columns.length > 0 ? columns : known.slice(0, 6), known },
    idArgument: {
      is: 'id',
      name: resource.id,
      summary: `the id of the ${resource.singular}${resource.name === undefined ? '' : `, or its ${resource.name}`}`,
    },
  };
}

/** The shape of the entries of a list that are not those of a resource: what all of them have is in the columns. */
export function shapeOfEntries(contract: Contract, list: Operation): Shape {
  const schema = contract.resolve(entrySchema(contract, list) ?? {});
  const columns = schema.required ?? Object.keys(schema.properties ?? {});
  const [id = '', name] = columns;
  return { id, name, columns, known: pathsOf(contract, schema) };
}

function entrySchema(contract: Contract, list: Operation | undefined): Schema | undefined {
  const reply = contract.resolve(list?.reply ?? {});
  return reply.type === 'array' ? reply.items : reply.properties?.['entries']?.items;
}

/** Every path of a reply that can be a column. */
function pathsOf(contract: Contract, schema: Schema | undefined, prefix = ''): string[] {
  return Object.entries(contract.resolve(schema ?? {}).properties ?? {}).flatMap(([name, member]) => {
    const inner = prefix === '' ? pathsOf(contract, member, `${name}.`) : [];
    return [prefix + name, ...inner];
  });
}

/** Asks the service to refuse members that it does not know, where the operation can. */
export const strictly = ({ parameters }: Operation): Record<string, string> =>
  parameters.some(({ name }) => name === 'Prefer') ? { Prefer: 'handling=strict' } : {};

export const matching = (input: Input): Record<string, string> => {
  const etag = input.value(IF_MATCH_OPTION.name);
  return etag === undefined ? {} : { 'If-Match': etag };
};

/** A secret in a reply is the only sight of it: a person should know. */
export function sayOnce({ printer, terminal }: Context, entry: Entry): void {
  const secret = ['clientSecret', 'token'].find((name) => typeof entry[name] === 'string');
  if (secret !== undefined && printer.isTable) terminal.say(`Keep ${secret}: it is not shown again.`);
}

const MERGE_PATCH = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';

/** The request body that sets the members of `changes` and takes away those that are null, in a form that is taken. */
export function patchBody(operation: Operation, changes: Body): { body: unknown; mediaType: string } {
  if (operation.body[MERGE_PATCH] !== undefined) return { body: changes, mediaType: MERGE_PATCH };
  const body = Object.entries(changes).map(([name, value]) => {
    const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return value === null ? { op: 'remove', path } : { op: 'add', path, value };
  });
  return { body, mediaType: JSON_PATCH };
}

/** Asks before something that cannot be taken back. Where nobody can be asked, `--yes` has to say it. */
export async function agree({ terminal }: Context, input: Input, question: string): Promise<void> {
  if (input.has(YES_OPTION.name)) return;
  if (!terminal.canAsk) throw usageFailure('nobody is here to be asked: say --yes');
  const answer = await terminal.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer)) throw new Failure(EXIT.refused, 'nothing was done');
}
