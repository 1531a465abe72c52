import type { Property } from '../../../openapi/property.ts';
import { parseWireDate, wireDate } from '../clock.ts';
import { holderOf, pointerTo, valueOf, type Members } from './members.ts';
import type { Fault } from '../problem.ts';

/** Leaves each entry of a list once and brings dates into the form that is stored. Changes `draft`. */
export function tidyValues(properties: readonly Property[], draft: Members): Fault[] {
  return properties.flatMap((property) => {
    const value = valueOf(draft, property);
    if (value === undefined) return [];
    const holder = holderOf(draft, property) as Members;
    if (property.type === 'string-list') holder[property.name] = [...new Set(value as string[])];
    if (property.type !== 'date-time') return [];
    const time = parseWireDate(value as string);
    if (time === undefined)
      return [{ pointer: pointerTo(property), detail: 'is not a date of the calendar', rule: 'date' }];
    holder[property.name] = wireDate(time);
    return [];
  });
}

/** Writes the defaults of members that are absent, so that these are part of every resource. Changes `draft`. */
export function applyDefaults(properties: readonly Property[], draft: Members): void {
  for (const property of properties) {
    const holder = holderOf(draft, property);
    if (holder === undefined || property.default === undefined) continue;
    const { default: value } = property;
    // To clone a text or a switch, which most are, takes longer than all else here.
    holder[property.name] ??= typeof value === 'object' ? structuredClone(value) : value;
  }
}

/** As much as a body may have: what is stored can be sent back. */
const MOST_BYTES = 262_144;

/** Refuses a document that could not be sent back; `rule` is the id of the rule. */
export function sizeFaults(document: object, rule: string): Fault[] {
  const size = Buffer.byteLength(JSON.stringify(document));
  if (size <= MOST_BYTES) return [];
  return [{ pointer: '', detail: `has ${size} bytes, more than ${MOST_BYTES}`, rule }];
}
