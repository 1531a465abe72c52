import fc from 'fast-check';
import { loadContract } from '../../api/shared/contract/contract.ts';
import type { Chance } from './chance.ts';
import { hostileName, hostileValue } from './hostile.ts';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly maxLength?: number;
}

export const { document } = loadContract();
const schemas = document.components.schemas as Record<string, Schema>;

/** Follows references, and joins what all parts say. */
function whole(schema: Schema): Schema {
  const target = schema.$ref === undefined ? schema : (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  const parts = (target.allOf ?? []).map(whole);
  const all = [target, ...parts];
  return {
    ...Object.assign({}, ...parts, target),
    properties: Object.assign({}, ...all.map(({ properties }) => properties)) as Record<string, Schema>,
    required: all.flatMap(({ required = [] }) => required),
  };
}

/** A value of the shape that a schema describes or, now and then, in some place, of any other. */
export function shaped(chance: Chance, given: Schema, depth = 0): unknown {
  if (chance.happens(0.03)) return hostileValue(chance);
  const schema = whole(given);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return shaped(chance, chance.oneOf(either), depth);
  if (schema.example !== undefined && chance.happens(0.7)) return schema.example;
  if (schema.enum !== undefined) return chance.oneOf(schema.enum);
  if (schema.type === 'array') {
    return Array.from({ length: chance.upTo(3) }, () => shaped(chance, schema.items ?? {}, depth + 1));
  }
  if (schema.type === 'object' || Object.keys(schema.properties ?? {}).length > 0) return object(chance, schema, depth);
  return scalar(chance, schema);
}

function scalar(chance: Chance, { type, minimum = -10, maximum = 2_147_483_647, maxLength = 40 }: Schema): unknown {
  if (type === 'integer') return chance.oneOf([minimum, maximum, chance.upTo(4_000)]);
  if (type === 'boolean') return chance.happens(0.5);
  return chance.any(fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 40) }));
}

function object(chance: Chance, { properties = {}, required = [] }: Schema, depth: number): object {
  const names = Object.keys(properties);
  const chosen =
    names.length === 0 ? [] : Array.from({ length: chance.upTo(depth > 3 ? 0 : 5) }, () => chance.oneOf(names));
  const members = [...new Set([...required, ...chosen])].map((name) => [
    name,
    shaped(chance, properties[name] ?? {}, depth + 1),
  ]);
  if (chance.happens(0.1)) members.push([hostileName(chance), hostileValue(chance)]);
  return Object.fromEntries(members) as object;
}
