import { escapeToken } from './contract.ts';
import { Problem } from './problem.ts';

const DEPTH = 16;
/** Names that change an object's prototype when a careless copy is made of it. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Refuses a JSON body that is nested too deeply or has a name that no member may have, before anything walks or
 * copies it: the validator and `JSON.stringify` recurse.
 */
export function checkHygiene(value: unknown, pointer = '', depth = 0): void {
  if (value === null || typeof value !== 'object') return;
  if (depth >= DEPTH) refuse(pointer, `is nested more than ${DEPTH} deep`);
  if (Array.isArray(value)) {
    value.forEach((entry, index) => checkHygiene(entry, `${pointer}/${index}`, depth + 1));
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const place = `${pointer}/${escapeToken(name)}`;
    if (FORBIDDEN.has(name)) refuse(place, 'is a name that no member may have');
    checkHygiene(member, place, depth + 1);
  }
}

function refuse(pointer: string, detail: string): never {
  throw new Problem('invalid-request', { errors: [{ pointer: pointer.slice(0, 200), detail, rule: 'hygiene' }] });
}
