import { usageFailure } from '../failure.ts';
import { didYouMean } from '../suggestion.ts';
import type { Field } from './fields.ts';

/** The value that a text stands for in this field. */
export function typedValue(field: Field, text: string, where: string): unknown {
  switch (field.kind) {
    case 'text':
      if (text !== '') checkChoice(field, text, where);
      return text;
    case 'integer':
    case 'number':
      return numberOf(field, text, where);
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw usageFailure(`${where} takes true or false, not ${text}`);
    case 'list':
      return listOf(field, text, where);
    case 'localized':
      return text.trimStart().startsWith('{') ? jsonOf(text, where) : { values: localizedOf(text, where) };
    case 'json':
      return jsonOf(text, where);
  }
}

function numberOf(field: Field, text: string, where: string): number | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (Number.isNaN(value) || (field.kind === 'integer' && !Number.isSafeInteger(value))) {
    throw usageFailure(`${where} takes a number, not ${text}`);
  }
  return value;
}

function listOf(field: Field, text: string, where: string): unknown {
  if (text === '') return [];
  if (text.trimStart().startsWith('[')) return jsonOf(text, where);
  if (!field.splits) checkSingle(field, text, where);
  const entries = field.splits ? text.split(',').map((entry) => entry.trim()) : [text];
  for (const entry of entries) checkChoice(field, entry, where);
  return entries;
}

/** What begins an entry of its own where another such one stands before it. A comma may be part of an address. */
const BEGINNINGS = [/^[a-z][a-z\d+.-]*:\//i, /^[^\s@]+@[^\s@]+$/, /^inum=/];
const WORD = /^[\w.:-]+$/;

/** Refuses a text that looks like several entries: split it may be wrong, and as one entry it would be no use. */
function checkSingle({ flag }: Field, text: string, where: string): void {
  const [first = '', ...others] = text.split(',').map((entry) => entry.trim());
  const isSeveral =
    BEGINNINGS.some((pattern) => pattern.test(first) && others.some((entry) => pattern.test(entry))) ||
    (others.length > 0 && [first, ...others].every((entry) => WORD.test(entry)));
  if (!isSeveral) return;
  throw usageFailure(`${where}: ${text} looks like several entries in one`, [
    where === `--${flag}` ? `Several are ${where} A ${where} B` : `Several are a JSON list: ["A","B"]`,
    `If it is one, write it as a JSON list: '${JSON.stringify([text])}'`,
  ]);
}

/** Values that the contract lists are checked here, so that a typing error costs no request. */
function checkChoice({ values }: Field, entry: string, where: string): void {
  if (values === undefined || values.includes(entry)) return;
  throw usageFailure(`${where} does not take ${entry}${didYouMean(entry, values)}`, [`One of: ${values.join(', ')}`]);
}

function localizedOf(text: string, where: string): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 0) throw usageFailure(`${where} takes a language and a text: de=Fotodruckerei`);
  return { [text.slice(0, at)]: text.slice(at + 1) };
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw usageFailure(`${where} takes JSON, and this is none: ${text.slice(0, 60)}`);
  }
}

/** `path=value` as the path's steps and the typed value. */
export interface Assignment {
  readonly steps: readonly string[];
  readonly value: unknown;
}

/** Reads `path=value`, where the contract says what type the value has. */
export function assignmentOf(fields: readonly Field[], text: string, where: string): Assignment {
  const at = text.indexOf('=');
  if (at < 0) throw usageFailure(`${where} takes path=value, and there is no = in ${text}`);
  const steps = stepsOf(fields, text.slice(0, at), where);
  return { steps, value: valueAt(fields, steps, text.slice(at + 1), where) };
}

/** The steps of a path, which must lead to a known field or into one. */
export function stepsOf(fields: readonly Field[], path: string, where: string): string[] {
  const steps = path.replace(/^\//, '').split(/[./]/);
  const field = fieldAt(fields, steps);
  if (field === undefined) {
    const known = fields.map((candidate) => candidate.path);
    if (!known.some((candidate) => candidate.startsWith(`${steps.join('.')}.`))) {
      throw usageFailure(`${where}: there is no ${path}${didYouMean(path, known)}`);
    }
  }
  if (field?.isSecret === true) {
    throw usageFailure(`${where}: ${path} is secret, and other users can read arguments; use --${field.flag}`);
  }
  return steps;
}

const fieldAt = (fields: readonly Field[], steps: readonly string[]): Field | undefined =>
  fields.find(({ path }) => path === steps.join('.') || `${steps.join('.')}.`.startsWith(`${path}.`));

/** The value for a place in a body, by the contract where it knows the place, else JSON or text. */
export function valueAt(fields: readonly Field[], steps: readonly string[], text: string, where: string): unknown {
  const field = fieldAt(fields, steps);
  if (field?.path === steps.join('.')) return typedValue(field, text, where);
  // An entry of a list of texts, or a language of a localized text.
  if (field?.kind === 'list' || field?.kind === 'localized') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Puts a value at its place in a body, making the objects on the way. */
export function assign(body: Record<string, unknown>, { steps, value }: Assignment): void {
  const last = steps.at(-1) ?? '';
  let place = body;
  for (const step of steps.slice(0, -1)) {
    const next = Object.hasOwn(place, step) ? place[step] : undefined;
    if (next === null || typeof next !== 'object') place[step] = {};
    place = place[step] as Record<string, unknown>;
  }
  Object.defineProperty(place, last, { value, enumerable: true, configurable: true, writable: true });
}
