import type { Property } from '../../../openapi/property.ts';
import { parseWireDate, wireDate } from '../clock.ts';
import { holderOf, pointerTo, type Members } from './members.ts';
import type { Fault } from '../problem.ts';

/** Leaves each entry of a list once and brings dates into the form that is stored. Changes `draft`. */
export function tidyValues(properties: readonly Property[], draft: Members): Fault[] {
  const faults: Fault[] = [];
  for (const property of properties) {
    const { name, type } = property;
    if (type !== 'string-list' && type !== 'date-time') continue;
    const holder = holderOf(draft, property);
    const value = holder?.[name];
    if (holder === undefined || value === undefined) continue;
    if (type === 'string-list') {
      holder[name] = [...new Set(value as string[])];
      continue;
    }
    const time = parseWireDate(value as string);
    if (time !== undefined) holder[name] = wireDate(time);
    else faults.push({ pointer: pointerTo(property), detail: 'is not a date of the calendar', rule: 'date' });
  }
  return faults;
}

/** Writes the defaults of members that are absent, so that these are part of every resource. Changes `draft`. */
export function applyDefaults(properties: readonly Property[], draft: Members): void {
  for (const property of properties) {
    const { default: value } = property;
    if (value === undefined) continue;
    const holder = holderOf(draft, property);
    // Most are texts and switches, and most others empty lists: to clone those takes longer than all else here.
    if (holder !== undefined) holder[property.name] ??= copyOf(value);
  }
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object') return value;
  return Array.isArray(value) && value.length === 0 ? [] : structuredClone(value);
}

/** As much as a body may have: what is stored can be sent back. */
const MOST_BYTES = 262_144;

/** Refuses a document, by its JSON text, that could not be sent back; `rule` is the id of the rule. */
export function sizeFaults(text: string, rule: string): Fault[] {
  const size = Buffer.byteLength(text);
  if (size <= MOST_BYTES) return [];
  return [{ pointer: '', detail: `has ${size} bytes, more than ${MOST_BYTES}`, rule }];
}
