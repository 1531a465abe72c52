import type { Body } from '../resource/entry.ts';
import { cellOf } from '../output/entry.ts';
import { oneLine, type Paint } from '../output/text.ts';

export interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

const isObject = (value: unknown): value is Body =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What differs between two documents, member by member; the members of objects inside them stand by themselves. */
export function differences(before: Body, after: Body, prefix = ''): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, young] = [before[name], after[name]];
    const path = prefix + name;
    if (isObject(old ?? {}) && isObject(young ?? {}) && (old ?? young) !== undefined) {
      return differences((old ?? {}) as Body, (young ?? {}) as Body, `${path}.`);
    }
    return JSON.stringify(old) === JSON.stringify(young) ? [] : [{ path, before: old, after: young }];
  });
}

/** The merge patch (RFC 7396) that makes `after` of `before`. */
export function mergePatch(before: Body, after: Body): Body {
  const patch: Body = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, young] = [before[name], after[name]];
    if (young === undefined) patch[name] = null;
    else if (isObject(old) && isObject(young)) {
      const inner = mergePatch(old, young);
      if (Object.keys(inner).length > 0) patch[name] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(young)) patch[name] = young;
  }
  return patch;
}

/** A difference on a line: `accessTokenLifetime: 300 → 60`; of lists what came and what went. */
export function differenceLine({ path: place, before, after }: Difference, paint: Paint): string {
  const path = oneLine(place);
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, young] = [before, after].map((list) => list.map((item: unknown) => textOf(item)));
    const gone = (old ?? []).filter((item) => young?.includes(item) === false);
    const come = (young ?? []).filter((item) => old?.includes(item) === false);
    const parts = [...gone.map((item) => paint('red', `-${item}`)), ...come.map((item) => paint('green', `+${item}`))];
    return `${path}: ${parts.length > 0 ? parts.join(' ') : 'in another order'}`;
  }
  if (before === undefined) return `${path}: ${paint('green', `+${textOf(after)}`)}`;
  if (after === undefined) return `${path}: ${paint('red', `-${textOf(before)}`)}`;
  return `${path}: ${paint('red', textOf(before))} → ${paint('green', textOf(after))}`;
}

function textOf(value: unknown): string {
  const text = oneLine(Array.isArray(value) ? value.map((item) => cellOf(item, '')).join(', ') : cellOf(value, ''));
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
