import type { Property } from '../../../openapi/property.ts';
import { isObject, topLevelOf, type Members } from './members.ts';

/** The place that a property had, and the property. */
interface Former {
  readonly tokens: readonly string[];
  readonly property: Property;
}

/**
 * What the members of a resource are called, and were called: the one table by which documents and patches of either
 * kind are brought to present names.
 */
export class MemberNames {
  private readonly formers: readonly Former[];
  private readonly localized: readonly string[];
  private readonly parts: readonly string[];

  /** `noun` is what the resource is called in errors; `noise` are names that tools send besides. */
  constructor(
    readonly noun: string,
    readonly properties: readonly Property[],
    readonly noise: readonly string[],
  ) {
    this.formers = properties.flatMap((property) =>
      (property.formerly ?? []).map((address) => ({ tokens: address.split('.'), property })),
    );
    const ofType = (wanted: Property['type']): string[] =>
      topLevelOf(properties).flatMap(({ name, type }) => (type === wanted ? [name] : []));
    this.localized = ofType('localized');
    this.parts = ofType('attributes');
  }

  /**
   * A copy of a document or merge patch in which values stand under the present names and texts by language in
   * `values`. What has no place there, or another value in it, stays under its former name.
   */
  inPresentForm(body: Members): Members {
    const result = { ...body };
    for (const former of this.formers) moveFormer(result, former);
    for (const name of this.localized) {
      const value = result[name];
      if (Object.hasOwn(result, name) && isObject(value)) result[name] = languageMap(value);
    }
    return result;
  }

  /** The tokens of the pointer that a pointer means today. */
  presentTokens(tokens: readonly string[]): readonly string[] {
    const former = this.formerAt(tokens);
    if (former !== undefined) return [...addressOf(former.property), ...tokens.slice(former.tokens.length)];
    const [name = '', inner, ...rest] = tokens;
    const isDirect = inner === undefined || inner === 'values' || inner === LANGUAGE_TAGS;
    if (!this.localized.includes(name) || isDirect) return tokens;
    return [name, 'values', inner === PLAIN ? '' : inner, ...rest];
  }

  /** The address that a member which stands under its former name has today. */
  successorOf(tokens: readonly string[]): readonly string[] | undefined {
    const former = this.formerAt(tokens);
    return former?.tokens.length === tokens.length ? addressOf(former.property) : undefined;
  }

  /** A copy of a document or merge patch without what tools send besides. */
  withoutNoise(body: Members): Members {
    const result = { ...withoutNames(body, this.noise) };
    for (const name of this.parts) {
      const part = result[name];
      if (isObject(part)) result[name] = withoutNames(part, this.noise);
    }
    return result;
  }

  private formerAt(tokens: readonly string[]): Former | undefined {
    return this.formers.find((former) => former.tokens.every((token, index) => token === tokens[index]));
  }
}

const addressOf = ({ path }: Property): string[] => path.split('.');

function withoutNames(members: Members, names: readonly string[]): Members {
  if (!names.some((name) => Object.hasOwn(members, name))) return members;
  const result = { ...members };
  for (const name of names) delete result[name];
  return result;
}

function moveFormer(body: Members, { tokens, property }: Former): void {
  const name = tokens.at(-1) ?? '';
  const given = tokens.length === 1 ? body : body[tokens[0] ?? ''];
  if (!isObject(given) || !Object.hasOwn(given, name)) return;
  const source = tokens.length === 1 ? body : { ...given };
  if (tokens.length > 1) body[tokens[0] ?? ''] = source;
  const { parent } = property;
  if (parent !== undefined && body[parent] === undefined) body[parent] = {};
  const holder = parent === undefined ? body : ownCopy(body, parent);
  const value = fitting(source[name], property);
  if (holder === undefined || value === undefined) return;
  const present = holder[property.name];
  if (present !== undefined && JSON.stringify(present) !== JSON.stringify(value)) return;
  holder[property.name] = value;
  // The copy of the source may be another one by now.
  delete (tokens.length === 1 ? body : (body[tokens[0] ?? ''] as Members))[name];
}

/** Replaces the object in a member by a copy that may be changed, and returns it. */
function ownCopy(body: Members, name: string): Members | undefined {
  const value = body[name];
  if (!isObject(value)) return undefined;
  const copy = { ...value };
  body[name] = copy;
  return copy;
}

/** A value as the property takes it today, or undefined: lists of one became texts, and dates lost their zone. */
function fitting(value: unknown, { type }: Property): unknown {
  if (type !== 'string' && type !== 'date-time') return value;
  if (Array.isArray(value)) return value.length > 1 ? undefined : ((value[0] as unknown) ?? null);
  return typeof value === 'string' && type === 'date-time' ? value.replace(ZONE_NAME, '') : value;
}

/** The name that follows an offset (RFC 9557), as in `2030-01-01T00:00:00Z[UTC]`. */
const ZONE_NAME = /(?<=Z|[+-]\d\d:\d\d)\[[\w/+-]+\]$/;

/** What Janssen's class writes beside `values`, both taken from it. */
const PLAIN = 'value';
const LANGUAGE_TAGS = 'languageTags';

/** Texts by language as the contract has them. Without `values`, the object is the map itself. */
function languageMap(members: Members): Members {
  const { [PLAIN]: plain, [LANGUAGE_TAGS]: _tags, ...rest } = members;
  if (Object.hasOwn(members, 'values') || Object.keys(members).length === 0) return rest;
  return { values: { ...(plain !== undefined && { '': plain }), ...rest } };
}
