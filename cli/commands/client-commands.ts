import type { Operation } from '../contract/contract.ts';
import type { Field } from '../contract/fields.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { jsonOf } from '../output/printer.ts';
import { columnsOf } from '../output/table.ts';
import { didYouMean } from '../suggestion.ts';
import { bodyFrom, fieldOptions, FILE_OPTION, SET_OPTION } from './body.ts';
import { OUTPUT_OPTION, type Command, type Input } from './command.ts';
import { examplesFor } from './examples.ts';
import { strictly, withEmptyLists, type ResourceKit } from './resource-kit.ts';

interface Validation {
  readonly valid: boolean;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

interface Finding {
  readonly pointer?: string;
  readonly detail: string;
  readonly rule?: string;
  readonly profile?: string;
}

/** `validate`: what a registration would answer, as a list of faults and advice. */
export function validateCommand(kit: ResourceKit, operation: Operation): Command {
  const { contract, resource, fields } = kit;
  return {
    words: [resource.noun, 'validate'],
    summary: `checks a ${resource.singular} as create would, and saves nothing`,
    args: [],
    options: [
      ...fieldOptions(fields, resource.operations.create),
      FILE_OPTION,
      { ...SET_OPTION, rare: true },
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} validate`),
    run: async (context, input) => {
      const { create } = resource.operations;
      const given = await bodyFrom(context, fields, input);
      const body = create === undefined ? given : withEmptyLists(contract, create, given);
      const api = await context.api();
      const result = (await api.send({ operation, body, headers: strictly(operation) })).body as Validation;
      if (context.printer.isTable) await context.printer.text(findings(result));
      else
        await context.printer.one({ ...result }, { id: 'valid', columns: ['valid', 'errors', 'warnings'], known: [] });
      if (!result.valid) throw new Failure(EXIT.refused, `this ${resource.singular} would be refused`);
    },
  };
}

/** The security profiles, as people call them. */
const PROFILES: Readonly<Record<string, string>> = { fapi2: 'FAPI 2.0' };

function findings({ valid, errors, warnings }: Validation): string {
  const line = (kind: string) => (finding: Finding) => {
    const place = (finding.pointer ?? '').replace(/^\//, '').replaceAll('/', '.');
    const profile = PROFILES[finding.profile ?? ''] ?? finding.profile;
    const rule = [finding.rule, profile && `only for ${profile}`].filter((part) => part !== undefined).join(', ');
    return `${kind}  ${place === '' ? '' : `${place}: `}${finding.detail}${rule === '' ? '' : ` (${rule})`}\n`;
  };
  return [valid ? 'valid\n' : 'not valid\n', ...errors.map(line('error  ')), ...warnings.map(line('advice '))].join('');
}

/** `schema`: the members of a client and their flags, from the contract and without a server. */
export function schemaCommand({ resource, fields }: ResourceKit): Command {
  return {
    words: [resource.noun, 'schema'],
    summary: `lists the members of a ${resource.singular} and their flags, offline`,
    args: [
      {
        name: 'member',
        summary: 'shows this one in full',
        optional: true,
        choices: fields.map(({ path }) => path),
      },
    ],
    options: [OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} schema`),
    run: (context, input) => (input.args.length === 0 ? all(context, fields) : single(context, fields, input)),
  };
}

const typeOf = ({ kind, values }: Field): string => (values === undefined ? kind : `${kind}: ${values.join(', ')}`);

function all({ printer }: Context, fields: readonly Field[]): Promise<void> {
  const rows = fields.map((field) => ({ member: field.path, flag: `--${field.flag}`, type: typeOf(field) }));
  const shape = { id: 'member', columns: ['member', 'flag', 'type'], known: ['member', 'flag', 'type'] };
  return printer.list(only(rows), shape);
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value;
}

async function single({ printer, terminal }: Context, fields: readonly Field[], input: Input): Promise<void> {
  const name = input.arg(0);
  const field = fields.find(({ path, flag }) => path === name || flag === name.replace(/^--/, ''));
  if (field === undefined) {
    throw usageFailure(
      `there is no ${name}${didYouMean(
        name,
        fields.map(({ path }) => path),
      )}`,
    );
  }
  const { description: _description, default: absent, example, ...limits } = field.schema;
  const facts: [string, string][] = [
    ['flag', `--${field.flag}`],
    ['type', typeOf(field)],
    ...['maxLength', 'maxItems', 'minimum', 'maximum', 'pattern'].flatMap((limit): [string, string][] =>
      limit in limits ? [[limit, String(limits[limit as 'pattern'])]] : [],
    ),
    ...(absent === undefined ? [] : [['absent means', jsonOf(absent)] as [string, string]]),
    ...(example === undefined ? [] : [['example', jsonOf(example).replace(/\s*\n\s*/g, ' ')] as [string, string]]),
    ['meaning', field.description],
  ];
  if (printer.isTable) return printer.text(`${field.path}\n${columnsOf(facts, terminal.columns)}`);
  await printer.one(Object.fromEntries(facts), { id: 'flag', columns: facts.map(([fact]) => fact), known: [] });
}
