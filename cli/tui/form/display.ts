import { cellOf } from '../../output/entry.ts';
import { oneLine } from '../../output/text.ts';
import type { FormField } from './field.ts';
import { isEmpty, Unread } from './values.ts';

/** Whether a switch is ticked; one that was never set shows what the service takes then. */
export const isTicked = (field: FormField, value: unknown): boolean =>
  ((value ?? field.default) === true) !== field.isInverted;

/** A value on one line, as a person reads it. */
export function shown(field: FormField, value: unknown): string {
  if (field.control === 'switch') return isTicked(field, value) ? '[x]' : '[ ]';
  if (value instanceof Unread) return oneLine(value.text);
  if (isEmpty(value)) return '';
  if (field.control === 'secret') return '********';
  if (field.control === 'languages') return languages(value);
  if (field.control === 'json') return jsonShown(value);
  return oneLine(cellOf(value, ', '));
}

/** A value in lines, an entry or a language or a key in each. */
export function shownLines(field: FormField, value: unknown): string[] {
  if (Array.isArray(value)) return value.map((entry) => oneLine(cellOf(entry, ', ')));
  return [shown(field, value)];
}

function languages(value: unknown): string {
  const { values = {} } = value as { values?: Record<string, string> };
  return Object.entries(values)
    .filter(([language]) => language !== '')
    .map(([language, text]) => `${oneLine(language)}: ${oneLine(text)}`)
    .join(', ');
}

interface Key {
  readonly kid?: string;
  readonly kty?: string;
  readonly alg?: string;
  readonly use?: string;
}

/** A key set (RFC 7517) by its keys, other JSON as it is. */
function jsonShown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (!Array.isArray(keys)) return oneLine(text);
    const named = (keys as Key[]).map(({ kid, kty, alg, use }) =>
      [kid ?? 'without kid', kty, alg, use].filter((part) => part !== undefined).join(' '),
    );
    return oneLine(`${keys.length} ${keys.length === 1 ? 'key' : 'keys'}: ${named.join('; ')}`);
  } catch {
    return oneLine(text);
  }
}
