import { lookup } from '../../openapi/lookup.ts';
import type { Contract, Operation, Schema } from '../contract/contract.ts';
import { usageFailure } from '../failure.ts';
import { didYouMean } from '../suggestion.ts';

/** The name of a task for `--info`: the tag in title case without anything but letters and digits. */
const taskOf = (tag: string): string =>
  tag
    .toLowerCase()
    .replace(/[a-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1))
    .replace(/[^A-Za-z0-9]/g, '');

/** What `--info` prints: the operations of a task with their parameters and bodies. */
export function infoOf(contract: Contract, task: string): string {
  const tasks = [...new Set(contract.operations.map(({ tag }) => taskOf(tag)))].sort();
  // The 2021 spelling differs in capitals only.
  const operations = contract.operations.filter(({ tag }) => taskOf(tag).toLowerCase() === task.toLowerCase());
  if (operations.length === 0) {
    throw usageFailure(`there is no task ${task}${didYouMean(task, tasks)}`, [`One of: ${tasks.join(', ')}`]);
  }
  const names = operations.flatMap((operation) => bodyName(contract, operation) ?? []);
  const schema = names[0]?.replace(/^Array of /, '');
  const hint = schema === undefined ? '' : `\nTo get a sample: clientele --schema-sample ${schema}\n`;
  return operations.map((operation) => operationInfo(contract, operation)).join('') + hint;
}

function operationInfo(contract: Contract, operation: Operation): string {
  const parameters = operation.parameters.filter(({ in: place }) => place !== 'header');
  const body = bodyName(contract, operation);
  return [
    `Operation ID: ${operation.id}`,
    `  Description: ${operation.description}`,
    ...(parameters.length > 0 ? ['  Parameters:'] : []),
    ...parameters.map(({ name, description = '', schema }) => `  ${name}: ${flat(description)} [${schema.type ?? ''}]`),
    ...(body === undefined ? [] : [`  Schema: ${body}`]),
    '',
  ].join('\n');
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What a body is called: the component that it is, or an array of it. */
function bodyName(contract: Contract, { body }: Operation): string | undefined {
  const schema = Object.values(body)[0]?.schema;
  const name = schema === undefined ? undefined : contract.nameOf(schema);
  if (schema === undefined || name === undefined) return undefined;
  const known = name.replace(/Input$/, '');
  const shown = known in contract.schemas ? known : name;
  return contract.resolve(schema).type === 'array' ? `Array of ${shown}` : shown;
}

/** The schema with this name, which may have a plug-in before a colon; of two forms the one that can be written. */
export function namedSchema(contract: Contract, name: string): { name: string; schema: Schema } {
  const plain = name.split(':').at(-1) ?? name;
  const known = Object.keys(contract.schemas);
  const found = known.find((candidate) => candidate.toLowerCase() === plain.toLowerCase());
  const schema = lookup(contract.schemas, `${found ?? ''}Input`) ?? lookup(contract.schemas, found ?? '');
  if (found === undefined || schema === undefined) {
    throw usageFailure(`there is no schema ${plain}${didYouMean(plain, known)}`, [`One of: ${known.join(', ')}`]);
  }
  return { name: found, schema: contract.resolve(schema) };
}

const KEYWORDS = [
  'format',
  'enum',
  'default',
  'minimum',
  'maximum',
  'maxLength',
  'maxItems',
  'pattern',
  'example',
] as const;

/** What `--schema` prints: a line for each member with its type, and below it what else is said about it. */
export function schemaTable(contract: Contract, name: string): string {
  const { schema } = namedSchema(contract, name);
  const target = schema.type === 'array' ? contract.resolve(schema.items ?? {}) : schema;
  return `${memberLines(contract, target, '').join('\n')}\n`;
}

function memberLines(contract: Contract, schema: Schema, indent: string): string[] {
  const members = Object.entries(schema.properties ?? {}).map(([name, raw]) => [name, contract.resolve(raw)] as const);
  const width = Math.max(0, ...members.map(([name]) => name.length)) + 2;
  return members.flatMap(([name, member]) => {
    const mark = schema.required?.includes(name) === true ? '*' : ' ';
    const details = KEYWORDS.flatMap((keyword) => {
      const value = member[keyword] ?? (keyword === 'enum' ? member.items?.enum : undefined);
      return value === undefined ? [] : [`${indent}    ${keyword}: ${textOf(value)}`];
    });
    const description =
      member.description === undefined ? [] : [`${indent}    description: ${flat(member.description)}`];
    const nested = member.properties !== undefined && indent === '' ? memberLines(contract, member, '      ') : [];
    return [
      `${indent}${name.padEnd(width)}${mark} ${typeName(contract, member)}`,
      ...details,
      ...description,
      ...nested,
    ];
  });
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(', ') : typeof value === 'string' ? value : JSON.stringify(value);

function typeName(contract: Contract, schema: Schema): string {
  if (schema.type !== 'array') return schema.type ?? 'any';
  return `array of ${contract.resolve(schema.items ?? {}).type ?? 'any'}`;
}
