import type { ClientPropertyPath } from '../../openapi/properties.gen.ts';
import type { Fault } from '../shared/problem.ts';
import type { ClientDocument } from './client.document.ts';

/** Where a client comes in: through the Config-API, or through dynamic registration. */
export type Door = 'admin' | 'registration';

/** What JSON Schema cannot say about a client: relations between members, and what a text must mean. */
export interface Rule {
  readonly id: string;
  readonly reference: string;
  /** The members that the rule reads; a fault points at the first one. */
  readonly properties: readonly [ClientPropertyPath, ...ClientPropertyPath[]];
  readonly doors: readonly Door[];
  readonly sentence: string;
  broken(client: ClientDocument): boolean;
}

const BOTH: readonly Door[] = ['admin', 'registration'];
const REDIRECT_GRANTS = ['authorization_code', 'implicit'];

export const RULES: readonly Rule[] = [
  {
    id: 'redirect-uri-required',
    reference: 'RFC 7591 section 2',
    properties: ['redirectUris', 'grantTypes'],
    doors: BOTH,
    sentence: 'must hold at least one URI, since a grant of the client redirects',
    broken: (client) =>
      (client.redirectUris ?? []).length === 0 && client.grantTypes.some((grant) => REDIRECT_GRANTS.includes(grant)),
  },
  {
    id: 'jwks-is-a-key-set',
    reference: 'RFC 7517 section 5',
    properties: ['jwks'],
    doors: BOTH,
    sentence: 'must be JSON text of an object with an array "keys" of public keys',
    broken: (client) => client.jwks !== undefined && !isPublicKeySet(client.jwks),
  },
  {
    id: 'one-source-of-keys',
    reference: 'RFC 7591 section 2',
    properties: ['jwks', 'jwksUri'],
    doors: BOTH,
    sentence: 'must not stand beside jwksUri',
    broken: (client) => client.jwks !== undefined && client.jwksUri !== undefined,
  },
  {
    id: 'jwks-uri-is-https',
    reference: 'RFC 7591 section 2',
    properties: ['jwksUri'],
    doors: BOTH,
    sentence: 'must be an https URL',
    broken: (client) => client.jwksUri !== undefined && !isHttps(client.jwksUri),
  },
];

/**
 * The rules that a settled client breaks. With `older`, a rule that the older version broke already counts only when
 * one of the properties of the rule differs: a patch is not held up by what it does not touch.
 */
export function brokenRules(document: ClientDocument, door: Door, older?: ClientDocument): Fault[] {
  return RULES.filter((rule) => rule.doors.includes(door) && rule.broken(document))
    .filter((rule) => older === undefined || !rule.broken(older) || touches(rule, document, older))
    .map((rule) => ({
      pointer: `/${rule.properties[0].replace('.', '/')}`,
      detail: rule.sentence,
      rule: rule.id,
      reference: rule.reference,
    }));
}

function touches(rule: Rule, document: ClientDocument, older: ClientDocument): boolean {
  return rule.properties.some((path) => JSON.stringify(at(document, path)) !== JSON.stringify(at(older, path)));
}

function at(client: ClientDocument, path: ClientPropertyPath): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], client);
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'];

function isPublicKeySet(text: string): boolean {
  const set = parse(text) as { keys?: unknown } | undefined;
  return Array.isArray(set?.keys) && set.keys.every(isPublicKey);
}

function isPublicKey(key: unknown): boolean {
  if (key === null || typeof key !== 'object' || Array.isArray(key)) return false;
  const kty = (key as { kty?: unknown }).kty;
  return typeof kty === 'string' && kty !== 'oct' && !PRIVATE_MEMBERS.some((name) => name in key);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isHttps = (text: string): boolean => URL.canParse(text) && new URL(text).protocol === 'https:';
