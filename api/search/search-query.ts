import { Problem, type Fault } from '../shared/problem.ts';
import { conditionsOf, type Condition, type Operator } from './condition.ts';
import type { Field, FindField } from './field.ts';
import { conditionsIn, fieldsIn, readFilter, type Filter } from './filter/filter.ts';
import { fold } from './text/fold.ts';

export interface SearchQuery {
  /** Folded texts, one of which the resource must contain; empty when everything matches. */
  readonly terms: readonly string[];
  /** All of which must hold. */
  readonly conditions: readonly Condition[];
  /** What must hold besides. */
  readonly filter?: Filter;
  readonly sort: { readonly field: Field; readonly descending: boolean };
}

export interface SearchParameters {
  readonly pattern?: string;
  readonly fieldValuePair?: string;
  readonly filter?: string;
  readonly sortBy?: string;
  readonly sortOrder?: 'ascending' | 'descending';
}

const MOST_TERMS = 10;
const MOST_CONDITIONS = 20;

/**
 * Reads the search parameters of a list. `now`, in epoch milliseconds, is what relative dates are counted from. Throws
 * `invalid-request` that names every parameter at fault.
 */
export function parseSearch(parameters: SearchParameters, find: FindField, now: number): SearchQuery {
  const faults: Fault[] = [];
  const terms = parseTerms(parameters.pattern ?? '', faults);
  const conditions = parseConditions(parameters.fieldValuePair ?? '', { find, now }, faults);
  const filter = parseFilter(parameters.filter ?? '', { find, now }, faults);
  const field = sortField(parameters.sortBy ?? '', find, faults);
  if (faults.length > 0 || field === undefined) throw new Problem('invalid-request', { errors: faults });
  return {
    terms,
    conditions: [...conditions, ...filter.conditions],
    ...(filter.rest !== undefined && { filter: filter.rest }),
    sort: { field, descending: parameters.sortOrder === 'descending' },
  };
}

/** What all must hold of a filter is as good as pairs, for which there are indexes; and the rest of it. */
function parseFilter(
  text: string,
  reading: Reading,
  faults: Fault[],
): { readonly conditions: readonly Condition[]; readonly rest?: Filter } {
  if (text.trim() === '') return { conditions: [] };
  const filter = readFilter(text, reading);
  if (typeof filter === 'string') {
    faults.push(fault('filter', filter));
    return { conditions: [] };
  }
  const parts = conjuncts(filter);
  const rest = parts.filter((part) => !('is' in part));
  const conditions = parts.flatMap((part) => ('is' in part ? [part.is] : []));
  return { conditions, ...(rest.length > 0 && { rest: { all: rest } }) };
}

const conjuncts = (filter: Filter): readonly Filter[] => ('all' in filter ? filter.all.flatMap(conjuncts) : [filter]);

/** All conditions of a query, however deep they stand. */
export const allConditions = ({ conditions, filter }: SearchQuery): readonly Condition[] =>
  filter === undefined ? conditions : [...conditions, ...conditionsIn(filter)];

/** The fields that a query compares. */
export const comparedFields = ({ conditions, filter }: SearchQuery): readonly Field[] => [
  ...conditions.map(({ field }) => field),
  ...(filter === undefined ? [] : fieldsIn(filter)),
];

function parseTerms(pattern: string, faults: Fault[]): string[] {
  const terms = pattern.split(',').filter((term) => term !== '');
  if (terms.length > MOST_TERMS) faults.push(fault('pattern', `has more than ${MOST_TERMS} terms`));
  return [...new Set(terms.map(fold))];
}

function sortField(name: string, find: FindField, faults: Fault[]): Field | undefined {
  const field = find(name === '' ? 'inum' : name);
  if (field === undefined) faults.push(fault('sortBy', `there is no field ${name}`));
  else if (!['text', 'integer', 'boolean', 'date'].includes(field.type)) {
    faults.push(fault('sortBy', `${name} has no order`));
  }
  return field;
}

/** What pairs are read by. */
interface Reading {
  readonly find: FindField;
  readonly now: number;
}

function parseConditions(text: string, reading: Reading, faults: Fault[]): Condition[] {
  if (text === '') return [];
  const pairs = splitPairs(text);
  if (pairs.length > MOST_CONDITIONS) faults.push(fault('fieldValuePair', `has more than ${MOST_CONDITIONS} filters`));
  return pairs.flatMap((pair) => {
    const parsed = parsePair(pair, reading);
    if (typeof parsed !== 'string') return parsed;
    faults.push(fault('fieldValuePair', parsed));
    return [];
  });
}

/** A character of a pair, and whether a backslash took its meaning away. */
interface Mark {
  readonly text: string;
  readonly plain: boolean;
}

function splitPairs(text: string): Mark[][] {
  const pairs: Mark[][] = [[]];
  const characters = Array.from(text);
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '\\' && index + 1 < characters.length) {
      index += 1;
      pairs.at(-1)?.push({ text: characters[index] ?? '', plain: false });
    } else if (character === ',') pairs.push([]);
    else pairs.at(-1)?.push({ text: character, plain: true });
  }
  return pairs;
}

const join = (marks: readonly Mark[]): string => marks.map((mark) => mark.text).join('');

/** The conditions that a pair stands for, or what is wrong with it. */
function parsePair(marks: readonly Mark[], { find, now }: Reading): Condition[] | string {
  const at = marks.findIndex((mark) => mark.plain && '=!<>'.includes(mark.text));
  const next = marks[at + 1];
  const two = next?.plain === true && next.text === '=' && marks[at]?.text !== '=';
  const operator = join(marks.slice(at, at + (two ? 2 : 1)));
  if (at < 1 || operator === '!') return `${join(marks)} is not name, operator and value`;
  const name = join(marks.slice(0, at)).trim();
  const field = find(name);
  if (field === undefined) return `there is no field ${name}`;
  const value = join(marks.slice(at + operator.length));
  return conditionsOf(field, operator as Operator, value, now);
}

const fault = (parameter: string, detail: string): Fault => ({ parameter: `query:${parameter}`, detail });
