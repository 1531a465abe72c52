import { escapeToken } from '../contract/known-members.ts';
import { Problem } from '../problem.ts';
import { isText } from '../contract/text.ts';

const DEPTH = 16;
/** Names that change an object's prototype when a careless copy is made of it. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Refuses a JSON body that is nested too deeply, has a name that no member may have, a text that is not Unicode or
 * a number that JSON cannot write, before anything walks or copies it: the validator and `JSON.stringify` recurse.
 */
export function checkHygiene(value: unknown, pointer = '', depth = 0): void {
  if (typeof value === 'string' && !isText(value)) refuse(pointer, NOT_TEXT);
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(pointer, 'is a number that is too large');
  if (value === null || typeof value !== 'object') return;
  if (depth >= DEPTH) refuse(pointer, `is nested more than ${DEPTH} deep`);
  if (Array.isArray(value)) {
    value.forEach((entry, index) => checkHygiene(entry, `${pointer}/${index}`, depth + 1));
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const place = `${pointer}/${escapeToken(name.toWellFormed())}`;
    if (!isText(name)) refuse(place, NOT_TEXT);
    if (FORBIDDEN.has(name)) refuse(place, 'is a name that no member may have');
    checkHygiene(member, place, depth + 1);
  }
}

const NOT_TEXT = 'is not Unicode text: it has half of a surrogate pair';

function refuse(pointer: string, detail: string): never {
  throw new Problem('invalid-request', { errors: [{ pointer: pointer.slice(0, 200), detail, rule: 'hygiene' }] });
}
