import { applyPatch, type Operation } from 'rfc6902';
import { pointerOf } from '../contract/known-members.ts';
import { isObject, type Members } from '../contract/members.ts';
import type { Patchable } from './patchable.ts';
import { inOneLine, MOST_FAULTS, Problem, type Fault } from '../problem.ts';

/** An operation of a JSON Patch (RFC 6902 section 4). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** How much a patch may add, in characters: a copy of a copy doubles each time. */
const MOST_GROWTH = 262_144;

/** Applies a JSON Patch (RFC 6902) to a copy of `document`; every operation is checked by itself before the first runs. */
export function applyJsonPatch(document: Members, operations: readonly PatchOperation[], about: Patchable): Members {
  const checked = checkedOperations(operations, about);
  const copy = structuredClone(document);
  let growth = 0;
  for (const [index, operation] of checked.entries()) {
    applyOperation(copy, operation, index, about);
    growth += addedBy(copy, operation);
    if (growth > MOST_GROWTH) refuse([at(index, `makes the ${about.names.noun} too large`)]);
  }
  return copy;
}

/** The operations under the present names; refuses when some are wrong whatever the document is. */
function checkedOperations(operations: readonly PatchOperation[], about: Patchable): PatchOperation[] {
  const faults: Fault[] = [];
  const checked: PatchOperation[] = [];
  for (const [index, given] of operations.entries()) {
    const { operation, faults: found } = checkedOperation(given, index, about);
    checked.push(operation);
    faults.push(...found);
    if (faults.length >= MOST_FAULTS) break;
  }
  refuse(faults);
  return checked;
}

interface Checked {
  /** Under the present names. */
  readonly operation: PatchOperation;
  readonly faults: readonly Fault[];
}

const at = (index: number, detail: string, rule?: string): Fault => ({
  pointer: `/${index}`,
  detail,
  ...(rule !== undefined && { rule }),
});

/** What is wrong with an operation whatever the document is. */
function checkedOperation(given: PatchOperation, index: number, about: Patchable): Checked {
  const malformed = missingMember(given) ?? badPointer(given);
  if (malformed !== undefined) return { operation: given, faults: [at(index, malformed)] };
  const operation = inPresentForm(given, about);
  const unknown = unknownNames(operation, about).map((fault) => at(index, inOneLine(fault), fault.rule));
  if (unknown.length > 0) return { operation, faults: unknown };
  const readOnly = readOnlyTarget(operation, about);
  if (readOnly !== undefined) return { operation, faults: [at(index, readOnly, 'read-only')] };
  const misplaced = badSource(operation, about);
  return { operation, faults: misplaced === undefined ? [] : [at(index, misplaced)] };
}

function missingMember({ op, from, value }: PatchOperation): string | undefined {
  if ((op === 'move' || op === 'copy') && from === undefined) return `${op} needs "from"`;
  if (['add', 'replace', 'test'].includes(op) && value === undefined) return `${op} needs "value"`;
  return undefined;
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

function badPointer({ path, from = '' }: PatchOperation): string | undefined {
  for (const pointer of [path, from]) {
    if (!/^(\/([^~/]|~[01])*)*$/.test(pointer)) return `${pointer} is not a JSON Pointer`;
    if (tokensOf(pointer).some((token) => FORBIDDEN.has(token))) return `${pointer} has a forbidden name`;
  }
  return undefined;
}

function inPresentForm(operation: PatchOperation, { names }: Patchable): PatchOperation {
  const { path, from, value } = operation;
  const tokens = tokensOf(path);
  const present = names.presentTokens(tokens);
  // The value is brought to the present form in the place where it stands.
  const placed = isInObjects(tokens)
    ? valueIn(names.inPresentForm(nested(tokens, value) as Members), present)
    : undefined;
  return {
    ...operation,
    path: pointerOf(present),
    ...(from !== undefined && { from: pointerOf(names.presentTokens(tokensOf(from))) }),
    ...(value !== undefined && { value: placed === undefined ? value : placed }),
  };
}

/** Former names and texts by language are at most in the second level, and never in lists. */
const isInObjects = (tokens: readonly string[]): boolean => tokens.length > 0 && tokens.length < 3;

const nested = (tokens: readonly string[], value: unknown): unknown =>
  tokens.reduceRight<unknown>((inner, token) => ({ [token]: inner }), value);

const valueIn = (value: unknown, tokens: readonly string[]): unknown =>
  tokens.reduce<unknown>((outer, token) => (isObject(outer) ? outer[token] : undefined), value);

function unknownNames({ path, from, value }: PatchOperation, { known }: Patchable): Fault[] {
  return [
    ...known.unknown(value, tokensOf(path)),
    ...(from === undefined ? [] : known.unknown(undefined, tokensOf(from))),
  ];
}

function readOnlyTarget({ op, path, from = '' }: PatchOperation, about: Patchable): string | undefined {
  const changed = op === 'test' ? [] : op === 'move' ? [path, from] : [path];
  const readOnly = changed.find((pointer) => isReadOnly(tokensOf(pointer), about));
  if (readOnly === undefined) return undefined;
  return readOnly === '' ? `the ${about.names.noun} as a whole cannot be changed` : `${readOnly} is read-only`;
}

const isReadOnly = (tokens: readonly string[], { readOnly }: Patchable): boolean =>
  tokens.length === 0 || readOnly.has(tokens[0] ?? '') || readOnly.has(tokens.slice(0, 2).join('.'));

function badSource({ op, path, from = '' }: PatchOperation, { unreadable }: Patchable): string | undefined {
  if (unreadable !== undefined && from === `/${unreadable}`) return `${from} cannot be read`;
  return op === 'move' && path.startsWith(`${from}/`) ? 'a value cannot be moved into itself' : undefined;
}

function applyOperation(document: Members, operation: PatchOperation, index: number, about: Patchable): void {
  const missing = missingTarget(document, operation);
  if (missing !== undefined) refuse([at(index, missing)]);
  const { op, path, from = '' } = operation;
  if (op === 'move') {
    const value = valueAt(document, from);
    applyOperation(document, { op: 'remove', path: from }, index, about);
    applyOperation(document, { op: 'add', path, value }, index, about);
    return;
  }
  if (op === 'test' && about.unreadable !== undefined && path === `/${about.unreadable}`)
    failTest(index, `${path} cannot be read`);
  const tested = op === 'test' ? readable(document, about) : document;
  const [error] = applyPatch(tested, [operation as Operation]);
  if (error?.name === 'TestError')
    failTest(index, `${path === '' ? `the ${about.names.noun}` : path} has another value`);
  if (error) refuse([at(index, `there is no ${path} to ${op}`)]);
}

function failTest(index: number, reason: string): never {
  throw new Problem('test-failed', { detail: `operation ${index} fails: ${reason}` });
}

const readable = (document: Members, { unreadable }: Patchable): Members =>
  Object.fromEntries(Object.entries(document).filter(([name]) => name !== unreadable));

function missingTarget(document: Members, { op, path, from }: PatchOperation): string | undefined {
  if (from !== undefined && (op === 'move' || op === 'copy') && !exists(document, from)) return `${from} is absent`;
  if (op === 'remove' || op === 'replace' || op === 'test')
    return exists(document, path) ? undefined : `${path} is absent: ${ABSENT[op]}`;
  return exists(document, parentOf(path)) ? badIndex(document, path) : `${parentOf(path)} is absent: add it first`;
}

const ABSENT = { remove: 'there is nothing to remove', replace: 'use add', test: 'there is nothing to test' } as const;

/** The size of what an operation has put in; what it may put in next time is bounded by what was put in so far. */
function addedBy(document: Members, { op, from = '', value }: PatchOperation): number {
  const added = op === 'copy' && exists(document, from) ? valueAt(document, from) : value;
  return added === undefined ? 0 : JSON.stringify(added).length;
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const parentOf = (pointer: string): string => pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));

/** Whether a pointer leads to a value through own members and indices written without leading zeros. */
function exists(document: unknown, pointer: string): boolean {
  let value = document;
  for (const token of tokensOf(pointer)) {
    if (value === null || typeof value !== 'object') return false;
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(token)) return false;
    if (!Object.hasOwn(value, token)) return false;
    value = (value as Members)[token];
  }
  return true;
}

const valueAt = (document: Members, pointer: string): unknown =>
  tokensOf(pointer).reduce<unknown>((value, token) => (value as Members)[token], document);

/** Where a value is added to a list, the index must be in it, its length, or `-` (RFC 6901 section 4). */
function badIndex(document: Members, path: string): string | undefined {
  const list = valueAt(document, parentOf(path));
  if (list === null || typeof list !== 'object') return `${parentOf(path)} has no members`;
  const token = tokensOf(path).at(-1) ?? '';
  if (!Array.isArray(list) || token === '-') return undefined;
  const fits = /^(0|[1-9]\d*)$/.test(token) && Number(token) <= list.length;
  return fits ? undefined : `${token} is no index of ${parentOf(path)}`;
}

/** Refuses with the first fault in one line, which names the operation. */
function refuse(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const more = faults.length === 1 ? '' : `, and ${faults.length - 1} more`;
  const detail = `operation ${(first.pointer ?? '').slice(1)}: ${first.detail}${more}`;
  throw new Problem('invalid-request', { detail, errors: faults });
}
