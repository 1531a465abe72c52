import type { Context } from '../context.ts';
import type { Contract, Operation, Schema } from '../contract/contract.ts';
import { fieldsOf, type Field } from '../contract/fields.ts';
import { assign, assignmentOf, stepsOf, typedValue } from '../contract/values.ts';
import { usageFailure } from '../failure.ts';
import { yaml } from '../on-demand.ts';
import type { Body } from '../resource/entry.ts';
import { secretFrom, textFrom } from '../text-source.ts';
import type { Input, Option } from '../command.ts';
import { withoutFormat } from './file-format.ts';

const JSON_BODY = 'application/json';

/** The schema of what an operation takes as JSON, or undefined when it takes nothing. */
export const bodySchema = (operation: Operation): Schema | undefined => operation.body[JSON_BODY]?.schema;

/** The fields of what an operation takes. */
export function bodyFields(contract: Contract, operation: Operation): Field[] {
  const schema = bodySchema(operation);
  return schema === undefined ? [] : fieldsOf(contract, schemaWithName(contract, schema));
}

/** A body that is a component with some members required is that component to a person. */
function schemaWithName(contract: Contract, schema: Schema): Schema {
  const named = schema.allOf?.find((part) => contract.nameOf(part) !== undefined);
  return named ?? schema;
}

/** The flags for the fields of a body. Those that the examples of the contract use are the common ones. */
export function fieldOptions(fields: readonly Field[], operation: Operation | undefined): Option[] {
  const examples = Object.values(operation?.body[JSON_BODY]?.examples ?? {}).map(({ value }) => value);
  const used = new Set(examples.flatMap((value) => pathsIn(value as Body)));
  const isCommon = (field: Field): boolean =>
    !SELDOM.has(field.path) && (used.size === 0 || used.has(field.path) || field.isSecret);
  return fields.map((field) => ({
    name: field.flag,
    ...(field.kind === 'boolean' ? { negatable: true } : { value: placeholder(field) }),
    ...((field.kind === 'list' || field.kind === 'localized') && { repeats: true }),
    ...(field.values && { choices: field.values }),
    ...(field.fromFile && { takesPath: true }),
    summary: summaryOf(field),
    isMember: true,
    ...(!isCommon(field) && { rare: true }),
  }));
}

/** In the examples of the contract, and not for the help, which fits one screen. */
const SELDOM: ReadonlySet<string> = new Set([
  ...['contacts', 'clientSecretHash', 'description', 'postLogoutRedirectUris', 'upTo'],
]);

const pathsIn = (value: Body): string[] =>
  Object.entries(value).flatMap(([name, member]) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.keys(member).map((inner) => `${name}.${inner}`)
      : [name],
  );

function placeholder(field: Field): string {
  if (field.fromFile) return 'FILE';
  if (field.kind === 'integer' || field.kind === 'number') return 'N';
  if (field.kind === 'localized') return 'LANG=TEXT';
  if (field.kind === 'json') return 'JSON';
  return field.values === undefined ? 'TEXT' : 'WORD';
}

function summaryOf(field: Field): string {
  const label = firstSentence(field.label ?? field.description);
  const values =
    field.values !== undefined && field.values.join(', ').length < 60 ? `: ${field.values.join(', ')}` : '';
  return field.fromFile ? `${label}; - is standard input` : label + values;
}

/** The first sentence of a description, in the form in which the help has its lines. */
export function firstSentence(text: string): string {
  const sentence = text.replace(/([.:;])\s.*$/s, '').replace(/\.$/, '');
  return /^[A-Z][a-z ]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

export const FILE_OPTION: Option = {
  name: 'file',
  short: 'f',
  value: 'FILE',
  takesPath: true,
  summary: 'JSON or YAML; - is standard input',
};
export const SET_OPTION: Option = {
  name: 'set',
  value: 'PATH=VALUE',
  repeats: true,
  summary: 'sets any member, by its path',
};
export const UNSET_OPTION: Option = {
  name: 'unset',
  value: 'PATH',
  repeats: true,
  summary: 'takes a member away',
};

/** The body that the file, the flags, `--set` and `--unset` of a command line make, in this order. */
export async function bodyFrom(context: Context, fields: readonly Field[], input: Input): Promise<Body> {
  const file = input.value(FILE_OPTION.name);
  const body: Body = file === undefined ? {} : await documentFrom(context, file);
  const lists = new Set<string>();
  for (const { name, value } of input.given) {
    const field = fields.find(({ flag }) => flag === name || `no-${flag}` === name);
    if (field === undefined) continue;
    const typed = await givenValue(context, field, name, value);
    const steps = field.path.split('.');
    if (field.kind === 'list' && lists.has(field.path)) listAt(body, steps).push(...(typed as unknown[]));
    else if (field.kind === 'localized') mergeLocalized(body, steps, typed as { values: object });
    else assign(body, { steps, value: typed });
    lists.add(field.path);
  }
  for (const text of input.values('set')) assign(body, assignmentOf(fields, text, '--set'));
  for (const text of input.values('unset')) assign(body, { steps: stepsOf(fields, text, '--unset'), value: null });
  return body;
}

async function givenValue({ terminal }: Context, field: Field, name: string, value: string): Promise<unknown> {
  if (field.kind === 'boolean') return name === field.flag;
  if (field.isSecret) return secretFrom(terminal, value, `--${name}`);
  if (field.fromFile) return textFrom(terminal, value, `--${name}`);
  // Mostly a variable of a script that has no value.
  if (value === '') throw usageFailure(`--${name} is empty; --unset ${field.path} takes away what is there`);
  return typedValue(field, value, `--${name}`);
}

const placeAt = (body: Body, steps: readonly string[]): Body =>
  steps.slice(0, -1).reduce<Body>((place, step) => place[step] as Body, body);

const listAt = (body: Body, steps: readonly string[]): unknown[] =>
  placeAt(body, steps)[steps.at(-1) ?? ''] as unknown[];

function mergeLocalized(body: Body, steps: readonly string[], value: { values: object }): void {
  const before = body[steps.at(-1) ?? ''] as { values?: object } | undefined;
  assign(body, { steps, value: { values: { ...before?.values, ...value.values } } });
}

/** An object from a file in JSON or YAML. */
async function documentFrom({ terminal }: Context, path: string): Promise<Body> {
  const value = parseDocument(await textFrom(terminal, path, '--file'), path);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw usageFailure(`${path} holds no object with members`);
  }
  return withoutFormat(value as Body).document;
}

/** The value of a text in JSON or YAML; throws a failure that names the place of a mistake. */
export function parseDocument(text: string, path: string): unknown {
  try {
    // The core schema: a date stays text, and only true and false are booleans.
    return yaml().parse(text, { schema: 'core', maxAliasCount: 0 }) as unknown;
  } catch (error) {
    throw usageFailure(`${path} is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`);
  }
}
