import { applyJsonPatch, type PatchOperation } from './json-patch.ts';
import type { Members } from '../contract/members.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { Patchable } from './patchable.ts';

/** A patch as it came: JSON Patch (RFC 6902) is a list, merge patch (RFC 7396) an object. */
export type Patch = readonly PatchOperation[] | Members;

/** Tells a JSON Patch from a merge patch. */
const isJsonPatch = (patch: Patch): patch is readonly PatchOperation[] => Array.isArray(patch);

/**
 * Applies a patch to a copy of `document` and returns the copy. Names that a property had before stand for it.
 * Throws `invalid-request` when the patch names what the resource does not have, changes a read-only member, misses a
 * target or is malformed, and `test-failed` when a `test` operation does not hold; nothing is applied then.
 */
export const applyTo = (document: Members, patch: Patch, about: Patchable): Members =>
  isJsonPatch(patch) ? applyJsonPatch(document, patch, about) : applyMergePatch(document, patch, about);

/** Whether a patch gives a member of the resource a value, be it the one that it has. */
export const sets = (patch: Patch, member: string): boolean =>
  isJsonPatch(patch)
    ? patch.some(({ op, path }) => (op === 'add' || op === 'replace') && path === `/${member}`)
    : Object.hasOwn(patch, member);
