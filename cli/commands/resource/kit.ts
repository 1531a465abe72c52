import { lookup } from '../../../openapi/lookup.ts';
import type { Contract, Operation, Schema } from '../../contract/contract.ts';
import type { Field } from '../../contract/fields.ts';
import type { Resource } from '../../contract/resources.ts';
import type { Context } from '../../context.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Shape } from '../../output/printer.ts';
import { bodyFields } from '../body.ts';
import { DRY_RUN_OPTION, YES_OPTION, type Argument, type Input } from '../../command.ts';

/** Everything that the commands of one resource share. */
export interface ResourceKit {
  readonly contract: Contract;
  readonly resource: Resource;
  /** The members that can be written, by `create`. */
  readonly fields: readonly Field[];
  readonly shape: Shape;
  readonly idArgument: Argument;
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
      summary: `the id of the ${resource.singular}${orName(resource)}`,
    },
  };
}

const orName = ({ name, sharesNames }: Resource): string => {
  if (name === undefined) return '';
  return sharesNames === true ? ', or to read its name' : `, or its ${name}`;
};

/** What people look for in these lists, beside what all entries have. */
const LOOKED_FOR: Readonly<Record<string, readonly string[]>> = {
  'get-oauth-openid-client-secrets': ['id', 'label', 'state', 'created', 'expires', 'lastUsed', 'safeToRemove'],
  'get-oauth-openid-client-revisions': ['revision', 'at', 'door', 'by.id', 'restoredFrom', 'reason'],
};

/** The shape of the entries of a list that are not those of a resource: what all of them have is in the columns. */
export function shapeOfEntries(contract: Contract, list: Operation): Shape {
  const schema = contract.resolve(entrySchema(contract, list) ?? {});
  const common = schema.required ?? Object.keys(schema.properties ?? {});
  const [id = '', name] = common;
  return { id, name, columns: lookup(LOOKED_FOR, list.id) ?? common, known: pathsOf(contract, schema) };
}

/** The shape of what an operation answers: that of the resource, unless it is about something of it that has an id of its own. */
export function shapeOfReply({ contract, resource, shape }: ResourceKit, { reply }: Operation): Shape {
  const schema = contract.resolve(reply ?? {});
  const known = pathsOf(contract, schema);
  if (!known.includes('id') || known.includes(resource.id)) return shape;
  return { id: 'id', columns: schema.required ?? known, known };
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

/** A secret in a reply is the only sight of it: a person should know. */
export function sayOnce({ printer, terminal }: Context, entry: Entry): void {
  const secret = ['clientSecret', 'token'].find((name) => typeof entry[name] === 'string');
  if (secret !== undefined && printer.isTable) terminal.say(`Keep ${secret}: it is not shown again.`);
}

/** Asks before something that cannot be taken back. Where nobody can be asked, `--yes` has to say it. */
export async function agree({ terminal }: Context, input: Input, question: string): Promise<void> {
  if (input.has(YES_OPTION.name) || input.has(DRY_RUN_OPTION.name)) return;
  if (!terminal.canAsk) throw usageFailure('nobody is here to be asked: say --yes');
  const answer = await terminal.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer)) throw new Failure(EXIT.refused, 'nothing was done');
}
