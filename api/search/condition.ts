import { lookup } from '../../openapi/lookup.ts';
import { parseWireDate, wireDate } from '../shared/clock.ts';
import type { Field } from './field.ts';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Value = string | number | boolean;

/** A comparison of a field. Without a value `=` means that the field is absent, and `!=` that it is not. */
export interface Condition {
  readonly field: Field;
  readonly operator: Operator;
  readonly value: Value | undefined;
  /** For `=` and `!=` on a date that names a day: the end of it. */
  readonly until?: string;
  /** A date as it was written, where that is another one tomorrow. */
  readonly relative?: string;
  /** Whether `filter` has it, and not `fieldValuePair`. */
  readonly inFilter?: true;
}

/**
 * The conditions that a field, an operator and a value as it was written stand for; or, in words, why there are none.
 * `now`, in epoch milliseconds, is what relative dates are counted from.
 */
export function conditionsOf(field: Field, operator: Operator, text: string, now: number): Condition[] | string {
  if (field.type === 'date' && text !== '') return dateConditions(field, operator, dated(text, now));
  return plainConditions(field, operator, text);
}

const ORDERED = new Set(['text', 'integer', 'date']);

function plainConditions(field: Field, operator: Operator, text: string): Condition[] | string {
  const isEquality = operator === '=' || operator === '!=';
  if (!isEquality && !ORDERED.has(field.type)) return `${field.name} has no order, so that ${operator} means nothing`;
  if (text === '')
    return isEquality ? [{ field, operator, value: undefined }] : `${field.name} ${operator} needs a value`;
  if (field.type === 'integer') {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    return value === undefined ? `${field.name} is a number, not ${text}` : [{ field, operator, value }];
  }
  if (field.type === 'boolean') {
    const value = lookup({ true: true, false: false }, text.toLowerCase());
    return value === undefined ? `${field.name} is true or false, not ${text}` : [{ field, operator, value }];
  }
  if (isEquality && field.values?.includes(text) === false) return `${field.name} is one of ${field.values.join(', ')}`;
  return [{ field, operator, value: text }];
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A date as it was written, and what that is now. */
interface Dated {
  readonly written: string;
  readonly text: string;
}

/** `-90d` is ninety days ago, `+2w` in two weeks, `-6h` six hours ago. A plus that was not escaped arrives as a space. */
function dated(written: string, now: number): Dated {
  const [, sign, count = '', unit = ''] = /^([-+ ])(\d{1,5})([hdw])$/.exec(written) ?? [];
  if (sign === undefined) return { written, text: written };
  const distance = Number(count) * (lookup(UNITS, unit) ?? 0);
  return { written, text: wireDate(sign === '-' ? now - distance : now + distance) };
}

/** A bare date stands for its whole day, and `never` for no date at all. */
function dateConditions(field: Field, operator: Operator, { written, text }: Dated): Condition[] | string {
  if (text === 'never' && (operator === '=' || operator === '!=')) return [{ field, operator, value: undefined }];
  const bare = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const start = parseWireDate(bare ? `${text}T00:00:00` : text);
  if (start === undefined)
    return `${field.name} is a date such as 2026-01-31, 2026-01-31T12:00:00 or -90d (h, d, w), or = never, not ${text}`;
  const first = wireDate(start);
  if (!bare) return [{ field, operator, value: first, ...(written !== text && { relative: written }) }];
  const last = `${text}T23:59:59`;
  if (operator === '=' || operator === '!=') return [{ field, operator, value: first, until: last }];
  return [{ field, operator, value: operator === '<' || operator === '>=' ? first : last }];
}
