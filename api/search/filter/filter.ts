import { conditionsOf, type Condition, type Operator } from '../condition.ts';
import type { Field, FindField } from '../field.ts';
import { fold } from '../text/fold.ts';
import { expressionOf, type Comparison, type Expression, type FilterOperator } from './expression.ts';
import { FilterFault } from './tokens.ts';

export type MatchOperator = Exclude<FilterOperator, 'ne' | 'pr'>;

/** A comparison with the characters of a text, or of one in a list. */
export interface TextMatch {
  readonly field: Field;
  readonly operator: MatchOperator;
  /** Folded where the field is. */
  readonly value: string;
}

/** What a filter asks of a resource. What is absent meets no comparison, and so every one that stands under `not`. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly is: Condition }
  | { readonly matches: TextMatch };

/** What names are looked up by, and when it is, in epoch milliseconds. */
interface Reading {
  readonly find: FindField;
  readonly now: number;
  /** In a value path: what stands before its names, and whether one comparison is all that it has. */
  readonly path?: { readonly prefix: string; readonly isOne: boolean };
}

/** Reads a filter (RFC 7644 section 3.4.2.2) on the fields that `find` knows; or, in words, what is wrong with it. */
export function readFilter(text: string, reading: Reading): Filter | string {
  try {
    return typed(expressionOf(text), reading);
  } catch (error) {
    if (error instanceof FilterFault) return error.message;
    throw error;
  }
}

/** The conditions in a filter, however deep. */
export function conditionsIn(filter: Filter): Condition[] {
  if ('is' in filter) return [filter.is];
  if ('matches' in filter) return [];
  if ('not' in filter) return conditionsIn(filter.not);
  return ('all' in filter ? filter.all : filter.any).flatMap(conditionsIn);
}

/** The fields that a filter compares, however deep. */
export function fieldsIn(filter: Filter): Field[] {
  if ('is' in filter) return [filter.is.field];
  if ('matches' in filter) return [filter.matches.field];
  if ('not' in filter) return fieldsIn(filter.not);
  return ('all' in filter ? filter.all : filter.any).flatMap(fieldsIn);
}

function typed(expression: Expression, reading: Reading): Filter {
  switch (expression.kind) {
    case 'and':
      return { all: expression.parts.map((part) => typed(part, reading)) };
    case 'or':
      return { any: expression.parts.map((part) => typed(part, reading)) };
    case 'not':
      return { not: typed(expression.part, reading) };
    case 'within':
      return within(expression.name, expression.part, reading);
    case 'comparison':
      return compared(fieldOf(expression.comparison.name, reading), expression.comparison, reading.now);
  }
}

const CUSTOM = 'customAttributes';

/** A value path. Of a list of objects it is about one of them, so that what is compared there is one thing. */
function within(name: string, part: Expression, reading: Reading): Filter {
  if (reading.path !== undefined) throw new FilterFault('a value path stands in no other one');
  if (name === CUSTOM) return customWithin(part, reading);
  return typed(part, { ...reading, path: { prefix: `${name}.`, isOne: part.kind === 'comparison' } });
}

/** `customAttributes[name eq "tier" and value eq "gold"]`, for names that no word can be. */
function customWithin(part: Expression, reading: Reading): Filter {
  const parts = part.kind === 'and' ? part.parts : [part];
  const of = (name: string): Comparison | undefined =>
    parts.flatMap((each) => (each.kind === 'comparison' && each.comparison.name === name ? [each.comparison] : []))[0];
  const [name, value] = [of('name'), of('value')];
  if (
    name?.operator !== 'eq' ||
    typeof name.value !== 'string' ||
    name.value === '' ||
    parts.length !== (value ? 2 : 1)
  ) {
    throw new FilterFault(`${CUSTOM}[…] takes name eq "…", alone or with and and one comparison of value`);
  }
  const field = reading.find(`${CUSTOM}.${name.value}`);
  if (field === undefined) throw new FilterFault(`there is no member ${CUSTOM} here`);
  return compared(field, value ?? { name: 'name', operator: 'pr', value: undefined }, reading.now);
}

/** Names are those of the contract, in its case; Janssen's database has others, which a filter does not take. */
function fieldOf(written: string, { find, path }: Reading): Field {
  const name = `${path?.prefix ?? ''}${written}`;
  const field = find(name);
  if (field === undefined) throw new FilterFault(`there is no member ${name}`);
  if (field.name !== name && name !== 'clientId') throw new FilterFault(`${name} is called ${field.name} here`);
  if (path?.isOne === false && field.path !== `$.${name}`)
    throw new FilterFault(`${path.prefix.slice(0, -1)}[…] takes one comparison`);
  return field;
}

const WRITTEN: Readonly<Record<Exclude<FilterOperator, 'pr' | 'co' | 'sw' | 'ew'>, Operator>> = {
  eq: '=',
  ne: '!=',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};

function compared(field: Field, { operator, value }: Comparison, now: number): Filter {
  if (operator === 'pr') return is(field, '!=');
  if (value === null || value === undefined) {
    if (operator !== 'eq' && operator !== 'ne') throw new FilterFault(`null is compared with eq and ne only`);
    return is(field, WRITTEN[operator]);
  }
  const text = textOf(field, value);
  if (operator === 'co' || operator === 'sw' || operator === 'ew') return partOf(field, operator, text);
  if (field.folded !== undefined) return folded(field, operator, text);
  const conditions = conditionsOf(field, WRITTEN[operator], text, now);
  if (typeof conditions === 'string') throw new FilterFault(conditions);
  const parts: Filter[] = conditions.map((condition) => ({ is: { ...condition, inFilter: true } }));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { all: parts };
}

const is = (field: Field, operator: Operator): Filter => ({
  is: { field, operator, value: undefined, inFilter: true },
});

/** A value as conditions write it, when it is of the kind that the field has. */
function textOf({ name, type }: Field, value: string | number | boolean): string {
  const [kind, words] =
    type === 'integer'
      ? ['number', 'a whole number']
      : type === 'boolean'
        ? ['boolean', 'true or false']
        : ['string', 'a text in double quotes'];
  if (kind !== typeof value) throw new FilterFault(`${name} is compared with ${words}, not ${JSON.stringify(value)}`);
  if (value === '') throw new FilterFault(`no member is ever "": without a value is not (${name} pr)`);
  return String(value);
}

const TEXTS = new Set(['text', 'list', 'localized']);

function partOf(field: Field, operator: 'co' | 'sw' | 'ew', text: string): Filter {
  const { name, type, refers, valued } = field;
  if (!TEXTS.has(type) || refers !== undefined) {
    throw new FilterFault(
      `${name} takes eq, ne, pr${type === 'integer' || type === 'date' ? ', gt, ge, lt and le' : ''}, not ${operator}`,
    );
  }
  const value = field.folded === undefined ? (valued?.partOf?.(text) ?? text) : fold(text);
  return { matches: { field, operator, value } };
}

function folded(field: Field, operator: Exclude<FilterOperator, 'pr' | 'co' | 'sw' | 'ew'>, text: string): Filter {
  if (field.type === 'list' && operator !== 'eq' && operator !== 'ne') {
    throw new FilterFault(`${field.name} has no order, so that ${operator} means nothing`);
  }
  const value = fold(text);
  if (operator === 'ne') return { not: { matches: { field, operator: 'eq', value } } };
  return { matches: { field, operator, value } };
}

/** A filter in other words, the same for each spelling of it, to tell it from others. */
export function filterKey(filter: Filter): unknown {
  if ('all' in filter) return ['all', ...filter.all.map(filterKey)];
  if ('any' in filter) return ['any', ...filter.any.map(filterKey)];
  if ('not' in filter) return ['not', filterKey(filter.not)];
  if ('matches' in filter) return [filter.matches.field.name, filter.matches.operator, filter.matches.value];
  return conditionKey(filter.is);
}

/** What tells a condition from others. */
export const conditionKey = ({ field, operator, value, until, relative }: Condition): unknown[] => [
  ...[field.name, operator, relative ?? value ?? null],
  // The day and its first second are two filters.
  ...(until === undefined ? [] : [until]),
];
