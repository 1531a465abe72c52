import { applyPatch, type Operation } from 'rfc6902';
import { Problem, type Fault } from '../shared/problem.ts';
import { PROPERTIES, type ClientInput, type Members } from './client.document.ts';
import { normaliseClient } from './client.normalise.ts';

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** A patch as it came: JSON Patch (RFC 6902) is a list, merge patch (RFC 7396) an object. */
export type Patch = readonly PatchOperation[] | Members;

const isJsonPatch = (patch: Patch): patch is readonly PatchOperation[] => Array.isArray(patch);

/** Stands for the secret in the client that a patch is applied to. It has a space, so that it is never a secret. */
const HIDDEN_SECRET = '(not shown)';

/** What a patch makes of a client, and what it says about its secret. */
export interface PatchedClient {
  readonly draft: ClientInput;
  /** A new secret, or a request for one that is made here. */
  readonly secret?: { readonly given: string } | 'renew';
}

/**
 * Applies a patch to the client as it is answered, and reads the outcome as a written client. Taking the secret out
 * asks for a new one. Throws what `applyClientPatch` throws.
 */
export function readPatch(text: string, patch: Patch, hasSecret: boolean): PatchedClient {
  const client = JSON.parse(text) as Members;
  const result = applyClientPatch(hasSecret ? { ...client, clientSecret: HIDDEN_SECRET } : client, patch);
  const { clientSecret: secret, ...members } = result;
  const draft = normaliseClient(members) as ClientInput;
  if (secret === HIDDEN_SECRET) return { draft };
  if (secret === undefined || secret === null || secret === '')
    return hasSecret ? { draft, secret: 'renew' } : { draft };
  // The shape of what was given is checked with the rest of the draft.
  const given = secret as string;
  return { draft: { ...draft, clientSecret: given }, secret: { given } };
}

/** The secret that a patch brings, as far as one can tell without the client. */
export function secretIn(patch: Patch): string | undefined {
  const value = isJsonPatch(patch)
    ? patch.findLast(({ path, op }) => path === '/clientSecret' && op !== 'test')?.value
    : patch['clientSecret'];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Applies a patch to a copy of `client` and returns the copy.
 * Throws `invalid-request` when the patch touches a read-only member, misses a target or is malformed, and
 * `test-failed` when a `test` operation does not hold; nothing is applied then.
 */
function applyClientPatch(client: Members, patch: Patch): Members {
  if (isJsonPatch(patch)) return applyJsonPatch(client, patch);
  refuse(readOnlyMembers(patch));
  return merge(client, patch) as Members;
}

/** How much a patch may add to a client, in characters: a copy of a copy doubles each time. */
const MOST_GROWTH = 262_144;

function applyJsonPatch(client: Members, operations: readonly PatchOperation[]): Members {
  const copy = structuredClone(client);
  let growth = 0;
  for (const [index, operation] of operations.entries()) {
    applyOperation(copy, operation, index);
    growth += addedBy(copy, operation);
    if (growth > MOST_GROWTH) refuse([{ pointer: `/${index}`, detail: 'makes the client too large' }]);
  }
  return copy;
}

/** The size of what an operation has put in; what it may put in next time is bounded by what was put in so far. */
function addedBy(client: Members, { op, from = '', value }: PatchOperation): number {
  const added = op === 'copy' && exists(client, from) ? valueAt(client, from) : value;
  return added === undefined ? 0 : JSON.stringify(added).length;
}

function applyOperation(client: Members, operation: PatchOperation, index: number): void {
  const fault = malformed(client, operation);
  if (fault !== undefined) refuse([{ pointer: `/${index}`, detail: fault }]);
  if (operation.op === 'move') {
    const value = valueAt(client, operation.from ?? '');
    applyOperation(client, { op: 'remove', path: operation.from ?? '' }, index);
    applyOperation(client, { op: 'add', path: operation.path, value }, index);
    return;
  }
  const [error] = applyPatch(client, [operation as Operation]);
  if (error?.name === 'TestError') {
    throw new Problem('test-failed', { detail: `operation ${index} tests ${operation.path}, which has another value` });
  }
  if (error) refuse([{ pointer: `/${index}`, detail: `there is no ${operation.path} to ${operation.op}` }]);
}

const READ_ONLY = new Set(
  PROPERTIES.filter((property) => property.setBy === 'server' || property.path === 'inum').map(
    (property) => property.path,
  ),
);
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** What is wrong with an operation before it is tried, or undefined. */
function malformed(client: Members, operation: PatchOperation): string | undefined {
  return (
    missingMember(operation) ?? badPointer(operation) ?? readOnlyTarget(operation) ?? missingTarget(client, operation)
  );
}

function missingMember({ op, from, value }: PatchOperation): string | undefined {
  if ((op === 'move' || op === 'copy') && from === undefined) return `${op} needs "from"`;
  if (['add', 'replace', 'test'].includes(op) && value === undefined) return `${op} needs "value"`;
  return undefined;
}

function badPointer({ op, path, from = '' }: PatchOperation): string | undefined {
  for (const pointer of [path, from]) {
    if (!/^(\/([^~/]|~[01])*)*$/.test(pointer)) return `${pointer} is not a JSON Pointer`;
    if (tokensOf(pointer).some((token) => FORBIDDEN.has(token))) return `${pointer} has a forbidden name`;
  }
  // The clear value is not part of the client, so that there is nothing to copy.
  if (from === '/clientSecret') return `${from} cannot be read`;
  return op === 'move' && path.startsWith(`${from}/`) ? 'a value cannot be moved into itself' : undefined;
}

function readOnlyTarget({ op, path, from = '' }: PatchOperation): string | undefined {
  const changed = op === 'test' ? [] : op === 'move' ? [path, from] : [path];
  const readOnly = changed.find((pointer) => isReadOnly(tokensOf(pointer)));
  if (readOnly === undefined) return undefined;
  return readOnly === '' ? 'the client as a whole cannot be changed' : `${readOnly} is read-only`;
}

function missingTarget(client: Members, { op, path, from }: PatchOperation): string | undefined {
  if (from !== undefined && (op === 'move' || op === 'copy') && !exists(client, from)) return `there is no ${from}`;
  if (op === 'remove' || op === 'replace' || op === 'test')
    return exists(client, path) ? undefined : `there is no ${path}`;
  return exists(client, parentOf(path)) ? badIndex(client, path) : `there is no ${parentOf(path)}`;
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const parentOf = (pointer: string): string => pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));

function isReadOnly(tokens: readonly string[]): boolean {
  return tokens.length === 0 || READ_ONLY.has(tokens[0] ?? '') || READ_ONLY.has(tokens.slice(0, 2).join('.'));
}

/** Whether a pointer leads to a value through own members and indices written without leading zeros. */
function exists(client: unknown, pointer: string): boolean {
  let value = client;
  for (const token of tokensOf(pointer)) {
    if (value === null || typeof value !== 'object') return false;
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(token)) return false;
    if (!Object.hasOwn(value, token)) return false;
    value = (value as Members)[token];
  }
  return true;
}

const valueAt = (client: Members, pointer: string): unknown =>
  tokensOf(pointer).reduce<unknown>((value, token) => (value as Members)[token], client);

/** Where a value is added to a list, the index must be in it, its length, or `-` (RFC 6901 section 4). */
function badIndex(client: Members, path: string): string | undefined {
  const list = valueAt(client, parentOf(path));
  if (list === null || typeof list !== 'object') return `${parentOf(path)} has no members`;
  const token = tokensOf(path).at(-1) ?? '';
  if (!Array.isArray(list) || token === '-') return undefined;
  const fits = /^(0|[1-9]\d*)$/.test(token) && Number(token) <= list.length;
  return fits ? undefined : `${token} is no index of ${parentOf(path)}`;
}

function readOnlyMembers(patch: Members): Fault[] {
  return [...READ_ONLY]
    .map((path) => path.split('.'))
    .filter(([first = '', second]) => {
      if (!Object.hasOwn(patch, first)) return false;
      if (second === undefined) return true;
      const inner = patch[first];
      return inner !== null && typeof inner === 'object' && Object.hasOwn(inner, second);
    })
    .map((path) => ({ pointer: `/${path.join('/')}`, detail: 'is read-only', rule: 'read-only' }));
}

/** RFC 7396 section 2. */
function merge(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result: Members = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
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
