import { OPERATIONS } from '../../openapi/operations.gen.ts';
import type { Chance } from './chance.ts';
import { ENDLESS, hostileName, hostileText, hostileValue } from './hostile.ts';
import { document, shaped, type Schema } from './shapes.ts';

/** A request as it goes over the wire. */
export interface HostileRequest {
  readonly operation: string;
  readonly method: string;
  /** The path and the query of it, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Left out where there is none at all. */
  readonly body?: Buffer;
}

interface Media {
  readonly schema?: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly example?: unknown;
}

interface Described {
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
}

const IDS = ['fuzz-1', 'fuzz-2', 'fuzz-3', '764C', '8F88', 'nobody'];
/** What numbers and words in queries look like. */
const WORDS = [
  '0',
  '1',
  '50',
  '200',
  '201',
  '-0',
  '1e400',
  '0x10',
  'true',
  'ascending',
  'descending',
  'inum',
  'openid',
];
const FIELDS = ['softwareVersion', 'clientName', 'disabled', 'accessTokenLifetime', 'attributes.parLifetime', 'scopes'];

/** What is public and takes nothing comes less often than what can go wrong. */
const DRAWN = OPERATIONS.flatMap((operation) => {
  const isPlain = operation.method === 'GET' && 'public' in operation && Object.keys(operation.query).length === 0;
  return Array<typeof operation>(isPlain ? 1 : 4).fill(operation);
});

/** A request to any operation, with a token that may do everything, most of the time. */
export function hostileRequest(chance: Chance, token: string): HostileRequest {
  const operation = chance.oneOf(DRAWN);
  const method = chance.happens(0.02) ? chance.oneOf(['PUT', 'DELETE', 'OPTIONS']) : operation.method;
  const { type, body } = bodyOf(chance, operation);
  return {
    operation: operation.id,
    method,
    path: `${pathOf(chance, operation.path)}${queryOf(chance, Object.keys(operation.query))}`,
    // A registration that is open takes no such token.
    headers: {
      ...headersOf(chance, operation.id === 'post-register' ? undefined : token),
      ...type,
      ...lengthOf(chance, body),
    },
    ...(body !== undefined && { body }),
  };
}

function pathOf(chance: Chance, template: string): string {
  const path = template.replaceAll(/\{[^}]+\}/g, () =>
    encoded(chance.happens(0.9) ? chance.oneOf(IDS) : hostileText(chance)),
  );
  if (chance.happens(0.02)) return `http://elsewhere.example${path}`;
  return chance.happens(0.04) ? `${path}${chance.oneOf(['/', '//', '/%ff', '/..'])}` : path;
}

/** Percent-encoded; half of a surrogate pair becomes the bytes that are none of UTF-8. */
const encoded = (text: string): string =>
  Array.from(text, (character) =>
    character.isWellFormed() ? encodeURIComponent(character) : chanceless(character),
  ).join('');
const chanceless = (half: string): string => {
  const unit = half.charCodeAt(0);
  return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]
    .map((byte) => `%${byte.toString(16)}`)
    .join('');
};

function queryOf(chance: Chance, names: readonly string[]): string {
  const pairs = names.filter(() => chance.happens(0.3)).map((name) => `${name}=${encoded(parameter(chance, name))}`);
  if (chance.happens(0.1)) pairs.push(`${encoded(hostileName(chance))}=${encoded(hostileText(chance))}`);
  if (chance.happens(0.05)) pairs.push(chance.oneOf(['type=openid', 'url=x', 'verify', '=', '%', 'a=%ff']));
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function parameter(chance: Chance, name: string): string {
  if (chance.happens(0.15)) return hostileText(chance);
  const field = chance.happens(0.9) ? chance.oneOf(FIELDS) : hostileName(chance);
  if (name === 'fieldValuePair')
    return `${field}${chance.oneOf(['=', '!=', '<', '>='])}${chance.happens(0.5) ? chance.oneOf(WORDS) : hostileText(chance)}`;
  if (name === 'limit' || name === 'startIndex') return chance.oneOf(['0', '1', '3', '200', '1e400']);
  if (name === 'sortOrder') return chance.oneOf(['ascending', 'descending']);
  return name === 'sortBy' ? field : chance.oneOf([...WORDS, ...IDS]);
}

const jwt = (payload: string): string =>
  ['{"alg":"RS256","kid":"\\ud800","typ":"JWT"}', payload]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const AUTHORIZATIONS = [
  ...['Bearer', 'Basic Og==', 'Basic /zph', 'Bearer x'],
  ...['{"iss":"\\udc00"}', '{"iss":1e400}', '[]'].map((payload) => `Bearer ${jwt(payload)}.AAAA`),
];

function headersOf(chance: Chance, token: string | undefined): Record<string, string> {
  const usual = token === undefined ? undefined : `Bearer ${token}`;
  const authorization = chance.happens(0.95) ? usual : chance.oneOf(AUTHORIZATIONS);
  return {
    ...(authorization !== undefined && { authorization }),
    ...(chance.happens(0.1) && { prefer: 'handling=strict' }),
    ...(chance.happens(0.1) && { 'if-match': chance.oneOf(['*', '"1-0"', 'W/"1"', '"', '"999999999999999999999-0"']) }),
    ...(chance.happens(0.1) && { 'if-none-match': chance.oneOf(['*', '"1-0"', 'x']) }),
    ...(chance.happens(0.1) && {
      'idempotency-key': chance.oneOf(['__proto__', 'A1b2C3d4E5f6G7h8I9j0Kk', 'z'.repeat(200)]),
    }),
    ...(chance.happens(0.2) && { jti: chance.oneOf(['constructor', '\xff', 'x'.repeat(129), 'a']) }),
  };
}

interface Body {
  readonly type: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

function bodyOf(chance: Chance, { path, method }: (typeof OPERATIONS)[number]): Body {
  const described: Described = document.paths[path]?.[method.toLowerCase()] ?? {};
  const content = described.requestBody?.content ?? {};
  const isTaken = Object.keys(content).length > 0;
  const [type, media] = isTaken ? chance.oneOf(Object.entries(content)) : ['application/json', {}];
  const charset = chance.happens(0.05)
    ? `; charset=${chance.oneOf(['utf-16', 'UTF-8', 'latin1', '"', '__proto__'])}`
    : '';
  const isAbsent = chance.happens(isTaken ? 0.05 : 0.9);
  const body = isAbsent ? undefined : bytesOf(chance, type, value(chance, media));
  return { type: chance.happens(0.03) ? {} : { 'content-type': `${type}${charset}` }, body };
}

/** What the schema says, or an example of the contract with something else in one place. */
function value(chance: Chance, { schema = {}, examples = {}, example }: Media): unknown {
  const known = [...Object.values(examples).map((entry) => entry.value), ...(example === undefined ? [] : [example])];
  if (known.length === 0 || chance.happens(0.5)) return shaped(chance, schema);
  const base = structuredClone(chance.oneOf(known));
  const holder = (Array.isArray(base) ? (base[0] as object) : base) as Record<string, unknown>;
  if ('inum' in holder) holder['inum'] = chance.oneOf(IDS);
  delete holder['clientSecret'];
  if (chance.happens(0.5)) holder[chance.oneOf(Object.keys(holder))] = hostileValue(chance);
  if (chance.happens(0.2))
    Object.defineProperty(holder, hostileName(chance), { value: hostileValue(chance), enumerable: true });
  return base;
}

function bytesOf(chance: Chance, type: string, content: unknown): Buffer {
  const text = type.includes('form')
    ? formOf(content)
    : JSON.stringify(content).replaceAll(JSON.stringify(ENDLESS), '1e400');
  const bytes = Buffer.from(text);
  if (chance.happens(0.95)) return bytes;
  const at = chance.upTo(bytes.length);
  const middle = chance.oneOf([[0xff], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0], [0x22], []]);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(middle), bytes.subarray(at + chance.upTo(1))]);
}

const formOf = (content: unknown): string =>
  Object.entries(content ?? {})
    .map(
      ([name, member]) => `${encoded(name)}=${encoded(typeof member === 'string' ? member : JSON.stringify(member))}`,
    )
    .join('&');

function lengthOf(chance: Chance, body: Buffer | undefined): Record<string, string> {
  if (body !== undefined) return { 'content-length': String(body.length) };
  return chance.happens(0.5) ? { 'content-length': '0' } : {};
}
