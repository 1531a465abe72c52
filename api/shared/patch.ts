import { applyPatch, type Operation } from 'rfc6902';
import type { Property } from '../../openapi/property.ts';
import { isObject, type Members } from './members.ts';
import { Problem, type Fault } from './problem.ts';

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** A patch as it came: JSON Patch (RFC 6902) is a list, merge patch (RFC 7396) an object. */
export type Patch = readonly PatchOperation[] | Members;

/** Tells a JSON Patch from a merge patch. */
export const isJsonPatch = (patch: Patch): patch is readonly PatchOperation[] => Array.isArray(patch);

/** What may be patched in a resource. */
export interface Patchable {
  /** What it is called in errors: `client`. */
  readonly noun: string;
  /** The addresses of the members that no patch may touch. */
  readonly readOnly: ReadonlySet<string>;
  /** Pointers to members that can be written and not read. */
  readonly unreadable?: readonly string[];
}

/** Makes what the server sets, and the inum, read-only. */
export const patchable = (noun: string, properties: readonly Property[]): Patchable => ({
  noun,
  readOnly: new Set(
    properties.filter(({ setBy, path }) => setBy === 'server' || path === 'inum').map(({ path }) => path),
  ),
});

/**
 * Applies a patch to a copy of `document` and returns the copy.
 * Throws `invalid-request` when the patch touches a read-only member, misses a target or is malformed, and
 * `test-failed` when a `test` operation does not hold; nothing is applied then.
 */
export function applyTo(document: Members, patch: Patch, about: Patchable): Members {
  if (isJsonPatch(patch)) return applyJsonPatch(document, patch, about);
  refuse(readOnlyMembers(patch, about));
  return merge(document, patch) as Members;
}

/** How much a patch may add, in characters: a copy of a copy doubles each time. */
const MOST_GROWTH = 262_144;

function applyJsonPatch(document: Members, operations: readonly PatchOperation[], about: Patchable): Members {
  const copy = structuredClone(document);
  let growth = 0;
  for (const [index, operation] of operations.entries()) {
    applyOperation(copy, operation, index, about);
    growth += addedBy(copy, operation);
    if (growth > MOST_GROWTH) refuse([{ pointer: `/${index}`, detail: `makes the ${about.noun} too large` }]);
  }
  return copy;
}

/** The size of what an operation has put in; what it may put in next time is bounded by what was put in so far. */
function addedBy(document: Members, { op, from = '', value }: PatchOperation): number {
  const added = op === 'copy' && exists(document, from) ? valueAt(document, from) : value;
  return added === undefined ? 0 : JSON.stringify(added).length;
}

function applyOperation(document: Members, operation: PatchOperation, index: number, about: Patchable): void {
  const fault = malformed(document, operation, about);
  if (fault !== undefined) refuse([{ pointer: `/${index}`, detail: fault }]);
  if (operation.op === 'move') {
    const value = valueAt(document, operation.from ?? '');
    applyOperation(document, { op: 'remove', path: operation.from ?? '' }, index, about);
    applyOperation(document, { op: 'add', path: operation.path, value }, index, about);
    return;
  }
  const [error] = applyPatch(document, [operation as Operation]);
  if (error?.name === 'TestError') {
    throw new Problem('test-failed', { detail: `operation ${index} tests ${operation.path}, which has another value` });
  }
  if (error) refuse([{ pointer: `/${index}`, detail: `there is no ${operation.path} to ${operation.op}` }]);
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** What is wrong with an operation before it is tried, or undefined. */
function malformed(document: Members, operation: PatchOperation, about: Patchable): string | undefined {
  return (
    missingMember(operation) ??
    badPointer(operation, about) ??
    readOnlyTarget(operation, about) ??
    missingTarget(document, operation)
  );
}

function missingMember({ op, from, value }: PatchOperation): string | undefined {
  if ((op === 'move' || op === 'copy') && from === undefined) return `${op} needs "from"`;
  if (['add', 'replace', 'test'].includes(op) && value === undefined) return `${op} needs "value"`;
  return undefined;
}

function badPointer({ op, path, from = '' }: PatchOperation, { unreadable = [] }: Patchable): string | undefined {
  for (const pointer of [path, from]) {
    if (!/^(\/([^~/]|~[01])*)*$/.test(pointer)) return `${pointer} is not a JSON Pointer`;
    if (tokensOf(pointer).some((token) => FORBIDDEN.has(token))) return `${pointer} has a forbidden name`;
  }
  if (unreadable.includes(from)) return `${from} cannot be read`;
  return op === 'move' && path.startsWith(`${from}/`) ? 'a value cannot be moved into itself' : undefined;
}

function readOnlyTarget({ op, path, from = '' }: PatchOperation, about: Patchable): string | undefined {
  const changed = op === 'test' ? [] : op === 'move' ? [path, from] : [path];
  const readOnly = changed.find((pointer) => isReadOnly(tokensOf(pointer), about));
  if (readOnly === undefined) return undefined;
  return readOnly === '' ? `the ${about.noun} as a whole cannot be changed` : `${readOnly} is read-only`;
}

function missingTarget(document: Members, { op, path, from }: PatchOperation): string | undefined {
  if (from !== undefined && (op === 'move' || op === 'copy') && !exists(document, from)) return `there is no ${from}`;
  if (op === 'remove' || op === 'replace' || op === 'test')
    return exists(document, path) ? undefined : `there is no ${path}`;
  return exists(document, parentOf(path)) ? badIndex(document, path) : `there is no ${parentOf(path)}`;
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const parentOf = (pointer: string): string => pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));

function isReadOnly(tokens: readonly string[], { readOnly }: Patchable): boolean {
  return tokens.length === 0 || readOnly.has(tokens[0] ?? '') || readOnly.has(tokens.slice(0, 2).join('.'));
}

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

function readOnlyMembers(patch: Members, { readOnly }: Patchable): Fault[] {
  return [...readOnly]
    .map((path) => path.split('.'))
    .filter(([first = '', second]) => {
      if (!Object.hasOwn(patch, first)) return false;
      if (second === undefined) return true;
      const inner = patch[first];
      return isObject(inner) && Object.hasOwn(inner, second);
    })
    .map((path) => ({ pointer: `/${path.join('/')}`, detail: 'is read-only', rule: 'read-only' }));
}

/** RFC 7396 section 2. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Members = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

function refuse(faults: Fault[]): void {
  if (faults.length === 0) return;
  throw new Problem('invalid-request', { detail: 'the patch cannot be applied', errors: faults });
}
