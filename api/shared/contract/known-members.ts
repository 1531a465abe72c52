import { distance } from 'fastest-levenshtein';
import { lookup } from '../../../openapi/lookup.ts';
import type { MemberNames } from './member-names.ts';
import { MOST_FAULTS, type Fault } from '../problem.ts';

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
  /** The first faults of `value`, which stands at `place` in the resource, and of `place` itself. */
  unknown(value: unknown, place?: readonly string[]): Fault[];
}

/** Reads which members a resource has from a schema among those that references point to. */
export function knownMembers(
  schemas: Readonly<Record<string, Schema>>,
  schema: Schema,
  names: Pick<MemberNames, 'noun' | 'successorOf'>,
): KnownMembers {
  const root = new Shape(schemas, [schema]);
  const faultAt = (shape: Shape, { behind, name }: Place): Fault => {
    const place = [...behind, name];
    const successor = names.successorOf(place);
    const hint =
      successor === undefined
        ? didYouMean(closestTo(name, around(root, shape, behind)))
        : `, it is ${pointerOf(successor)} now`;
    return { pointer: pointerOf(place), detail: `is no member of a ${names.noun}${hint}`, rule: 'known-members' };
  };
  const unknown = (value: unknown, tokens: readonly string[]): Fault[] => {
    const faults: Fault[] = [];
    const enter = (shape: Shape, place: Place, inner: unknown): void => {
      const { behind, name, ahead } = place;
      const next = shape.items ?? shape.members.get(name);
      if (next !== undefined) walk(next, { behind: [...behind, name], ahead }, inner);
      else if (!shape.isOpen) faults.push(faultAt(shape, place));
    };
    const walk = (shape: Shape, { behind, ahead }: Omit<Place, 'name'>, here: unknown): void => {
      const [name, ...rest] = ahead;
      if (name !== undefined) enter(shape, { behind, name, ahead: rest }, here);
      else if (here !== null && typeof here === 'object' && Array.isArray(here) === (shape.items !== undefined)) {
        for (const [inner, member] of Object.entries(here)) {
          // Looking for what was meant takes time, and nobody is told more.
          if (faults.length >= MOST_FAULTS) return;
          enter(shape, { behind, name: inner, ahead: [] }, member);
        }
      }
    };
    walk(root, { behind: [], ahead: tokens }, value);
    return faults;
  };
  return { unknown: (value, place = []) => unknown(value, place) };
}

/** A name on the way along a pointer: the tokens before it and after it. */
interface Place {
  readonly behind: readonly string[];
  readonly name: string;
  readonly ahead: readonly string[];
}

/** What is known of one value, whichever schemas speak about it; what is inside it is read when it is asked for. */
class Shape {
  private inside?: { readonly members: ReadonlyMap<string, Shape>; readonly items: Shape | undefined };
  private readonly all: readonly Schema[];

  constructor(
    private readonly schemas: Readonly<Record<string, Schema>>,
    candidates: readonly Schema[],
  ) {
    this.all = candidates.flatMap((schema) => this.branches(schema));
  }

  get members(): ReadonlyMap<string, Shape> {
    return this.read().members;
  }

  /** The entries of a list. */
  get items(): Shape | undefined {
    return this.read().items;
  }

  /** Whether names are free, or there are none. */
  get isOpen(): boolean {
    return this.members.size === 0 || this.all.some(({ additionalProperties }) => additionalProperties);
  }

  private read(): NonNullable<Shape['inside']> {
    this.inside ??= this.parts();
    return this.inside;
  }

  private parts(): NonNullable<Shape['inside']> {
    const { all, schemas } = this;
    const names = new Set(all.flatMap(({ properties = {} }) => Object.keys(properties)));
    const schemasOf = (name: string): Schema[] => all.flatMap(({ properties = {} }) => lookup(properties, name) ?? []);
    const items = all.flatMap((schema) => (schema.items === undefined ? [] : [schema.items]));
    return {
      members: new Map([...names].map((name) => [name, new Shape(schemas, schemasOf(name))])),
      items: items.length === 0 ? undefined : new Shape(schemas, items),
    };
  }

  /** A schema and those that it takes in, references followed. */
  private branches(schema: Schema): Schema[] {
    const { $ref, allOf = [], anyOf = [], oneOf = [] } = schema;
    const target = $ref === undefined ? undefined : lookup(this.schemas, $ref.slice(COMPONENT.length));
    return [
      schema,
      ...[...allOf, ...anyOf, ...oneOf, ...(target ? [target] : [])].flatMap((one) => this.branches(one)),
    ];
  }
}

/** The addresses beside a name, in the objects beside it, and at the top. */
function around(root: Shape, shape: Shape, behind: readonly string[]): string[][] {
  const beside = [...shape.members.keys()].map((name) => [...behind, name]);
  const inside = [...shape.members].flatMap(([outer, { members }]) =>
    [...members.keys()].map((name) => [...behind, outer, name]),
  );
  return [...beside, ...inside, ...[...root.members.keys()].map((name) => [name])];
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
