import type { Finding, Verdict } from '../../resource/reply.ts';
import type { Field } from '../../contract/fields.ts';
import type { Context } from '../../context.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { findingText, labelled } from '../../output/findings.ts';
import { jsonOf } from '../../output/printer.ts';
import { columnsOf } from '../../output/table.ts';
import type { Terminal } from '../../terminal.ts';
import { didYouMean } from '../../suggestion.ts';
import { bodyFrom, fieldOptions, FILE_OPTION, SET_OPTION } from '../body.ts';
import { COLUMNS_OPTION, OUTPUT_OPTION, type Command, type Input } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import type { ResourceKit } from './kit.ts';

/** `validate`: what a registration would answer, as a list of faults and advice. */
export function validateCommand(kit: ResourceKit): Command {
  const { resource, fields } = kit;
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
      const body = await bodyFrom(context, fields, input);
      const verdict = await (await context.service()).of(resource).validate(body);
      const { isValid, entry } = verdict;
      if (context.printer.isTable) await context.printer.text(findings(verdict, context.terminal));
      else await context.printer.one(entry, { id: 'valid', columns: ['valid', 'errors', 'warnings'], known: [] });
      if (!isValid) throw new Failure(EXIT.refused, `this ${resource.singular} would be refused`);
    },
  };
}

function findings({ isValid, errors, warnings }: Verdict, { isTty, columns }: Terminal): string {
  const line = (kind: string) => (finding: Finding) =>
    `${labelled(kind, findingText(finding), isTty ? columns : undefined)}\n`;
  return [isValid ? 'valid\n' : 'not valid\n', ...errors.map(line('error  ')), ...warnings.map(line('advice '))].join(
    '',
  );
}

/** `schema`: the members of a client and their flags, from the contract and without a server. */
export function schemaCommand({ resource, fields }: ResourceKit): Command {
  return {
    words: [resource.noun, 'schema'],
    summary: `lists the members of a ${resource.singular} and their flags, offline`,
    details: 'A narrow window has the flags only; --columns member,type has the members.',
    args: [
      {
        name: 'member',
        summary: 'shows this one in full',
        optional: true,
        choices: fields.map(({ path }) => path),
      },
    ],
    options: [COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} schema`),
    run: (context, input) => (input.args.length === 0 ? all(context, fields) : single(context, fields, input)),
  };
}

const typeOf = ({ kind, values }: Field): string => (values === undefined ? kind : `${kind}: ${values.join(', ')}`);

/** Where a member and its flag stand beside each other. */
const WIDE = 120;

function all({ printer, terminal }: Context, fields: readonly Field[]): Promise<void> {
  const rows = fields.map((field) => ({ member: field.path, flag: `--${field.flag}`, type: typeOf(field) }));
  const known = ['member', 'flag', 'type'];
  // A flag that is cut is of no use, and says the member: together they need more than most windows have.
  const isNarrow = printer.isTable && terminal.isTty && terminal.columns < WIDE;
  const shape = { id: isNarrow ? 'flag' : 'member', columns: isNarrow ? known.slice(1) : known, known };
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
