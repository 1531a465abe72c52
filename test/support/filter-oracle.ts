import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { PROPERTIES, valueOf, type Members } from '../../api/clients/document/client.document.ts';

type Literal = string | number | boolean | null;
type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** A filter of RFC 7644 as a tree, and what it must find, told over plain documents. */
export type Asked =
  | { readonly join: 'and' | 'or'; readonly parts: readonly Asked[] }
  | { readonly not: Asked }
  | { readonly name: string; readonly present: true }
  | { readonly name: string; readonly operator: Comparison; readonly value: Literal };

/** The filter as a caller writes it. */
export function written(asked: Asked): string {
  if ('join' in asked) return asked.parts.map((part) => `(${written(part)})`).join(` ${asked.join} `);
  if ('not' in asked) return `not (${written(asked.not)})`;
  if ('present' in asked) return `${asked.name} pr`;
  return `${asked.name} ${asked.operator} ${JSON.stringify(asked.value)}`;
}

const FOLDED = new Set(['displayName', 'clientName', 'description', 'contacts']);

export function meets(client: Members, asked: Asked): boolean {
  if ('join' in asked) {
    return asked.join === 'and'
      ? asked.parts.every((part) => meets(client, part))
      : asked.parts.some((part) => meets(client, part));
  }
  if ('not' in asked) return !meets(client, asked.not);
  const values = valuesOf(client, asked.name);
  if ('present' in asked) return values.length > 0;
  const { name, operator, value } = asked;
  if (value === null) return (operator === 'eq') === (values.length === 0);
  const form = (each: Literal): Literal =>
    name.endsWith('.host')
      ? hostForm(String(each))
      : FOLDED.has(name) && typeof each === 'string'
        ? each.normalize('NFKC').toLowerCase()
        : each;
  if (operator === 'ne') return !values.some((each) => form(each) === form(value));
  return values.some((each) => related(form(each), operator, form(value)));
}

const hostForm = (text: string): string => (/[^\0-\x7f]/.test(text) ? domainToASCII(text) : text.toLowerCase());

function related(one: Literal, operator: Exclude<Comparison, 'ne'>, other: Literal): boolean {
  if (typeof one === 'string' && typeof other === 'string') {
    if (operator === 'co') return one.includes(other);
    if (operator === 'sw') return one.startsWith(other);
    if (operator === 'ew') return one.endsWith(other);
  }
  const order =
    typeof one === 'string'
      ? Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
      : Number(one) - Number(other);
  return {
    eq: order === 0,
    gt: order > 0,
    ge: order >= 0,
    lt: order < 0,
    le: order <= 0,
    co: false,
    sw: false,
    ew: false,
  }[operator];
}

function valuesOf(client: Members, name: string): Literal[] {
  if (name.endsWith('.host')) {
    const list = (client[name.slice(0, -5)] ?? []) as string[];
    return list.map((address) => new URL(address).hostname).filter((host) => host !== '');
  }
  if (name.startsWith('customAttributes.')) {
    const list = (client['customAttributes'] ?? []) as { name: string; values: unknown[] }[];
    return list.filter((entry) => entry.name === name.slice(17)).flatMap((entry) => entry.values.map(String));
  }
  const property = PROPERTIES.find(({ path }) => path === name);
  if (property === undefined) throw new Error(`no property ${name}`);
  const value = valueOf(client, property) as Literal | Literal[] | { values: Record<string, string> } | undefined;
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  return typeof value === 'object' ? Object.values(value.values) : [value];
}

const comparison = (
  names: readonly string[],
  operators: readonly Comparison[],
  value: fc.Arbitrary<Literal>,
): fc.Arbitrary<Asked> =>
  fc.record({ name: fc.constantFrom(...names), operator: fc.constantFrom(...operators), value });

const EQUAL = ['eq', 'ne'] as const;
const ORDERED = [...EQUAL, 'gt', 'ge', 'lt', 'le'] as const;
const PARTS = ['co', 'sw', 'ew'] as const;

/** Filters on the members that the clients of a test have, with texts as theirs. */
export function anyFilter(text: fc.Arbitrary<string>, date: fc.Arbitrary<string>): fc.Arbitrary<Asked> {
  const leaf = fc.oneof(
    comparison(['displayName', 'clientName', 'description', 'softwareId'], [...ORDERED, ...PARTS], text),
    comparison(['contacts', 'clientNameLocalized', 'attributes.additionalAudience'], [...EQUAL, ...PARTS], text),
    comparison(
      ['postLogoutRedirectUris'],
      [...EQUAL, ...PARTS],
      fc.constantFrom('https://', 'one', '/', '.example', '%_'),
    ),
    comparison(
      ['postLogoutRedirectUris.host', 'redirectUris.host'],
      [...EQUAL, ...PARTS],
      fc.constantFrom('One.example', '.example', 'bücher', 'xn--', 'e', '.org', '8443'),
    ),
    comparison(['accessTokenLifetime', 'attributes.parLifetime'], ORDERED, fc.integer({ min: 0, max: 12 })),
    comparison(['disabled', 'trustedClient', 'attributes.requirePar'], EQUAL, fc.boolean()),
    comparison(['expirationDate', 'clientIdIssuedAt'], ORDERED, date),
    comparison(['grantTypes'], EQUAL, fc.constantFrom('client_credentials', 'password')),
    comparison(['customAttributes.tier'], EQUAL, fc.oneof(text, fc.constantFrom('1', 'true'))),
    comparison(
      ['description', 'expirationDate', 'contacts', 'clientNameLocalized', 'trustedClient'],
      EQUAL,
      fc.constant(null),
    ),
    fc.record({
      name: fc.constantFrom(
        'description',
        'accessTokenLifetime',
        'contacts',
        'customAttributes.tier',
        'attributes.requirePar',
        'postLogoutRedirectUris.host',
      ),
      present: fc.constant(true as const),
    }),
  );
  const { tree } = fc.letrec<{ tree: Asked }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'filter' },
      leaf,
      fc.record({
        join: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3, depthIdentifier: 'filter' }),
      }),
      fc.record({ not: tie('tree') }),
    ),
  }));
  return tree.filter((asked) => comparisonsIn(asked) <= 20);
}

function comparisonsIn(asked: Asked): number {
  if ('join' in asked) return asked.parts.map(comparisonsIn).reduce((one, other) => one + other, 0);
  return 'not' in asked ? comparisonsIn(asked.not) : 1;
}
