import { usageFailure } from '../failure.ts';

/** The parts of a text between separators that have no backslash before them. The escapes stay. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = '';
  // An escaped character is one piece, so that it is never taken for a separator.
  for (const [piece] of text.matchAll(/\\.|./gs)) {
    if (piece === separator) {
      parts.push(part);
      part = '';
    } else part += piece;
  }
  return [...parts, part];
}

const unescaped = (text: string): string => text.replace(/\\(.)/gs, '$1');

/**
 * The arguments of `--endpoint-args` and `--url-suffix`: `name:value,…`. The first colon ends a name; a backslash takes
 * the next character as it is; the values of a name that comes twice are joined by a comma.
 */
export function argumentsOf(text: string, option: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const token of split(text, ',').map(unescaped)) {
    const colon = token.indexOf(':');
    if (colon < 0)
      throw usageFailure(`${option} takes name:value, and ${token.trim() || 'an empty part'} has no colon`);
    const name = token.slice(0, colon).trim();
    const value = token.slice(colon + 1).trim();
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before},${value}`);
  }
  return found;
}

/** The two parts of `path:value`, where a colon inside either is written `\:`. */
export function pathAndValue(text: string, option: string): [path: string, value: string] {
  const [path, value, ...more] = split(text, ':').map(unescaped);
  if (path !== undefined && value !== undefined && more.length === 0) return [path, value];
  throw usageFailure(`${option} takes path:value, and ${text} has ${more.length > 0 ? 'more than one' : 'no'} colon`, [
    String.raw`A colon that belongs to the value is written \: as in logoUri:https\://rp.example/logo.png`,
  ]);
}
