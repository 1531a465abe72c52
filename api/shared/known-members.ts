import { distance } from 'fastest-levenshtein';
import { lookup } from '../../openapi/lookup.ts';
import type { MemberNames } from './member-names.ts';
import type { Fault } from './problem.ts';

/** An OpenAPI schema, as far as it is walked here. */
export interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

const COMPONENT = '#/components/schemas/';
/** RFC 6901: `~` and `/` in a name are escaped in a pointer. */
export const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');
/** The JSON Pointer with these tokens. */
export const pointerOf = (tokens: readonly string[]): string =>
  tokens.map((token) => `/${escapeToken(token)}`).join('');

/** Finds the members that the schema of a resource does not have. Names below `additionalProperties` are free. */
export interface KnownMembers {
  /** The faults of `value`, which stands at `place` in the resource, and of `place` itself. */
  unknown(value: unknown, place?: readonly string[]): Fault[];
}

/** Reads which members a resource has from a schema among those that references point to. */
export function knownMembers(
  schemas: Readonly<Record<string, Schema>>,
  schema: Schema,
  names: Pick<MemberNames, 'noun' | 'successorOf'>,
): KnownMembers {
  /** The schemas that speak about one value, references followed. */
  const branches = (one: Schema): Schema[] => {
    const target = one.$ref === undefined ? undefined : lookup(schemas, one.$ref.slice(COMPONENT.length));
    const more = [...(one.allOf ?? []), ...(one.anyOf ?? []), ...(one.oneOf ?? []), ...(target ? [target] : [])];
    return [one, ...more.flatMap(branches)];
  };
  const propertiesOf = (all: readonly Schema[]): [string, Schema][] =>
    all.flatMap((one) => Object.entries(one.properties ?? {}));
  const faultAt = (all: readonly Schema[], parent: readonly string[], name: string): Fault => {
    const place = [...parent, name];
    const successor = names.successorOf(place);
    const meant = successor ?? meantMember(propertiesOf(all), parent, name);
    const hint = successor !== undefined ? `, it is ${pointerOf(successor)} now` : didYouMean(meant);
    return { pointer: pointerOf(place), detail: `is no member of a ${names.noun}${hint}`, rule: 'known-members' };
  };
  /** Where the name, or one close to it, is: beside it, in an object beside it, or at the top. */
  const meantMember = (beside: [string, Schema][], parent: readonly string[], name: string): string[] | undefined => {
    const around = parent.length === 0 ? [] : propertiesOf(branches(schema)).map(([other]) => [other]);
    const inside = beside.flatMap(([outer, one]) =>
      propertiesOf(branches(one)).map(([inner]) => [...parent, outer, inner]),
    );
    return closestTo(name, [...beside.map(([other]) => [...parent, other]), ...inside, ...around]);
  };
  const step = (all: readonly Schema[], name: string, place: readonly string[]): Schema[] | Fault | undefined => {
    if (!all.some((one) => one.properties) || all.some((one) => one.additionalProperties)) return undefined;
    const known = all.flatMap((one) => lookup(one.properties ?? {}, name) ?? []);
    return known.length > 0 ? known : faultAt(all, place, name);
  };
  const walk = (candidates: readonly Schema[], value: unknown, way: Way): Fault[] => {
    const all = candidates.flatMap(branches);
    const items = all.flatMap((one) => (one.items === undefined ? [] : [one.items]));
    const enter = (name: string, member: unknown, ahead: readonly string[]): Fault[] => {
      const behind = [...way.behind, name];
      if (items.length > 0) return walk(items, member, { behind, ahead });
      const next = step(all, name, way.behind);
      if (next === undefined) return [];
      return Array.isArray(next) ? walk(next, member, { behind, ahead }) : [next];
    };
    const [name, ...ahead] = way.ahead;
    if (name !== undefined) return enter(name, value, ahead);
    if (value === null || typeof value !== 'object' || Array.isArray(value) !== items.length > 0) return [];
    return Object.entries(value).flatMap(([inner, member]) => enter(inner, member, []));
  };
  return { unknown: (value, place = []) => walk([schema], value, { behind: [], ahead: place }) };
}

/** A pointer on the way through a schema: the tokens that have been followed, and those that have not. */
interface Way {
  readonly behind: readonly string[];
  readonly ahead: readonly string[];
}

const didYouMean = (address: readonly string[] | undefined): string =>
  address === undefined ? '' : `: did you mean ${pointerOf(address)}?`;

/** The address whose last name is close to `name`: a third of it may differ, or two letters; case does not count. */
function closestTo(name: string, addresses: readonly string[][]): string[] | undefined {
  // Comparing takes time by the product of both lengths.
  if (name.length > 100) return undefined;
  const wanted = name.toLowerCase();
  const costs = addresses.map((address) => costOf(wanted, (address.at(-1) ?? '').toLowerCase()));
  const least = Math.min(...costs);
  return least <= Math.max(name.length < 5 ? 1 : 2, Math.floor(name.length / 3))
    ? addresses[costs.indexOf(least)]
    : undefined;
}

/** A name that was not written to its end is as close as one with a wrong letter. */
const costOf = (wanted: string, name: string): number =>
  name !== wanted && wanted.length > 2 && name.startsWith(wanted) ? 1 : distance(wanted, name);
