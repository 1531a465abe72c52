import { yaml } from '../../on-demand.ts';
import { cellOf } from '../../output/entry.ts';
import type { FormField } from './field.ts';

/** What stands in a field that cannot be its value; `problemOf` says why. */
export class Unread {
  constructor(readonly text: string) {}
}

/** Nothing is in the field. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** The text in which a person edits a value: entries and languages have a line each. */
export function textOf({ control }: FormField, value: unknown): string {
  if (value instanceof Unread) return value.text;
  if (isEmpty(value)) return '';
  if (control === 'languages') {
    const { values = {} } = value as { values?: Record<string, string> };
    return Object.entries(values)
      .filter(([language]) => language !== '')
      .map(([language, text]) => `${language}=${text}`)
      .join('\n');
  }
  if (control === 'json') return prettyJson(value);
  return cellOf(value, '\n');
}

function prettyJson(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

/** The value that a text stands for; undefined for none, and `Unread` for what cannot be one. */
export function valueOf(field: FormField, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  switch (field.control) {
    case 'number':
      return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : new Unread(text);
    case 'date':
      return dateOf(trimmed);
    case 'list':
    case 'references':
    case 'choices':
      return [...new Set(linesOf(text))];
    case 'languages':
      return languagesOf(text);
    case 'json':
      return jsonOf(field, text);
    case 'lines':
      return text.replace(/\s+$/, '');
    case 'switch':
    case 'choice':
    case 'text':
    case 'secret':
    case 'read-only':
      return trimmed;
  }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** A date alone is its first second. */
const dateOf = (text: string): string => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T'));

function languagesOf(text: string): unknown {
  const pairs = linesOf(text).map((line) => /^([^=\s]+)\s*=\s*(.*)$/.exec(line));
  if (pairs.some((pair) => pair === null)) return new Unread(text);
  return { values: Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
}

/** JSON, or the YAML that people write more easily; a member that is a text with JSON in it stays one. */
function jsonOf({ schema }: FormField, text: string): unknown {
  try {
    const value = yaml().parse(text, { schema: 'core', maxAliasCount: 0 }) as unknown;
    if (schema.type !== 'string') return value;
    return value !== null && typeof value === 'object' ? JSON.stringify(value) : new Unread(text);
  } catch {
    return new Unread(text);
  }
}

/** The languages of a localized text without the one that the plain member has as well, which goes on beside them. */
export function withPlain(before: unknown, after: unknown): unknown {
  const plain = (before as { values?: Record<string, string> } | undefined)?.values?.[''];
  if (plain === undefined || after instanceof Unread) return after;
  return { values: { '': plain, ...(after as { values?: object } | undefined)?.values } };
}

/** Why a value is refused before anything is sent, in words; undefined when nothing speaks against it here. */
export function problemOf(field: FormField, value: unknown): string | undefined {
  if (value instanceof Unread) return UNREAD[field.control] ?? 'cannot be read';
  if (isEmpty(value)) return undefined;
  const { schema } = field;
  if (typeof value === 'number') return numberProblem(field, value);
  if (typeof value === 'string') return textProblem(field, value);
  if (!Array.isArray(value)) return undefined;
  if (schema.maxItems !== undefined && value.length > schema.maxItems) return `has at most ${schema.maxItems} entries`;
  for (const entry of value) {
    const problem = textProblem({ ...field, schema: schema.items ?? {} }, String(entry));
    if (problem !== undefined) return `${String(entry).slice(0, 40)}: ${problem}`;
  }
  return undefined;
}

const UNREAD: Partial<Record<FormField['control'], string>> = {
  number: 'takes a whole number',
  languages: 'takes a line for each language, as in de=Laden',
  json: 'takes JSON, and this is none',
};

function numberProblem({ schema: { minimum, maximum } }: FormField, value: number): string | undefined {
  if (minimum !== undefined && value < minimum) return `is at least ${minimum}`;
  if (maximum !== undefined && value > maximum) return `is at most ${maximum}`;
  return undefined;
}

function textProblem({ control, values, schema }: FormField, value: string): string | undefined {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  if (values.length > 0 && !values.includes(value)) return `is one of ${values.join(', ')}`;
  // The contract counts characters.
  const length = Array.from(value).length;
  if (length > maxLength) return `has at most ${maxLength} characters, and this has ${length}`;
  if (length < minLength) return `has at least ${minLength} characters`;
  const isFitting = pattern === undefined || new RegExp(pattern, 'u').test(value);
  if (isFitting && (control !== 'date' || isInCalendar(value))) return undefined;
  return control === 'date' ? 'is a date as 2030-01-31 or 2030-01-31T12:00:00' : `has to match ${pattern}`;
}

/** Whether there is such a day and such a time: the 30th of February is read as another day. */
function isInCalendar(value: string): boolean {
  const [day = ''] = value.split('T');
  const midnight = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return isDay && !Number.isNaN(Date.parse(value));
}
