import type { Request, RequestHandler } from 'express';
import { OPERATIONS } from '../../../openapi/operations.gen.ts';
import { Problem, type Fault } from '../../shared/problem.ts';
import { inCase } from '../../shared/contract/normalise.ts';
import { isTextInPercents } from '../../shared/contract/text.ts';

interface Taken {
  /** The types of the parameters, by their names. */
  readonly known: ReadonlyMap<string, string>;
  /** The words of a parameter that has a list of them, by the parameter. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** Whether a parameter that is unknown is left out of account. */
  readonly ignores: (name: string) => boolean;
}

const TAKEN: ReadonlyMap<string, Taken> = new Map(
  OPERATIONS.map(({ id, query, words, ignoredQuery }) => {
    const ignored = ignoredQuery === 'any' ? undefined : new Set<string>(ignoredQuery);
    const known = new Map<string, string>(Object.entries(query));
    const listed = new Map<string, readonly string[]>(Object.entries(words));
    return [id, { known, words: listed, ignores: (name) => ignored?.has(name) ?? true }];
  }),
);

/**
 * Brings the words of a query into their form: the contract has one spelling of each, callers may use any case, and a
 * parameter without a value is left out. Then refuses a query that is not text, has parameters that the operation neither
 * takes nor ignores, has a number that is not written in decimal digits (the validator would take `1e400` and `0x10` for
 * numbers), or a boolean that is another word than `true` and `false`.
 */
export const checkQuery: RequestHandler = (req, _res, next) => {
  const taken = TAKEN.get(req.openapi?.schema.operationId ?? '');
  if (taken === undefined) throw new Error(`no operation for ${req.method} ${req.path}`);
  // Express computes the query anew whenever it is read.
  if (!req.originalUrl.includes('?')) {
    next();
    return;
  }
  if (!isTextInPercents(rawQuery(req)))
    throw new Problem('invalid-request', { detail: 'the query is not UTF-8 where it is percent-encoded' });
  const errors = Object.entries(req.query).flatMap(([name, value]) => faultOf(taken, name, value));
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  if (taken.words.size > 0) bringIntoForm(req, taken.words);
  next();
};

/** Express computes the query anew whenever it is read, so that it is put in its place. */
function bringIntoForm(req: Request, words: Taken['words']): void {
  const query = Object.entries(req.query).flatMap(([name, value]) => {
    const listed = words.get(name);
    if (listed === undefined || typeof value !== 'string') return [[name, value]];
    return value === '' ? [] : [[name, inCase(value, listed)]];
  });
  Object.defineProperty(req, 'query', { value: Object.fromEntries(query), writable: true, configurable: true });
}

const rawQuery = ({ originalUrl }: Request): string => originalUrl.split('?').slice(1).join('?');

function faultOf({ known, ignores }: Taken, name: string, value: unknown): Fault[] {
  const fault = (detail: string): Fault[] => [{ parameter: `query:${name}`, detail }];
  const type = known.get(name);
  if (type === undefined) return ignores(name) ? [] : fault(`is not a parameter here${otherwise(known)}`);
  if (Array.isArray(value)) return fault('must not be repeated');
  if (type === 'boolean' && !/^(true|false)$/.test(String(value))) return fault('must be true or false');
  if (type !== 'integer') return [];
  if (!/^\d+$/.test(String(value))) return fault('must be a number in decimal digits');
  return String(value).length > MOST_DIGITS ? fault(`must have at most ${MOST_DIGITS} digits`) : [];
}

/** More of them are not kept as they are by the numbers of JavaScript. */
const MOST_DIGITS = 15;

const otherwise = (known: ReadonlyMap<string, string>): string =>
  known.size === 0 ? '' : `: there are ${[...known.keys()].join(', ')}`;
