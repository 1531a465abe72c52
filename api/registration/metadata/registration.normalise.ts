import type { RegistrationForm } from '../../../openapi/property.ts';
import { REGISTERED } from './registration.members.ts';

/**
 * Brings the metadata of a registration into the form that the contract describes: `null`, `""` and absence are the
 * same (RFC 7592 section 2.2), and what Janssen's tools write in another way is rewritten: `scope` as a list, a
 * single URI as a list of one. A combined response type is brought into the order of the contract (`code id_token`).
 */
export function normaliseRegistration(body: unknown): unknown {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return body;
  const present = Object.entries(body).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(present.map(([name, value]) => [name, rewritten(name, value)]));
}

const FORMS: ReadonlyMap<string, RegistrationForm | 'enumeration'> = new Map(
  REGISTERED.flatMap(({ names, as, property }) => {
    const form = as === 'list' && property.values !== undefined ? 'enumeration' : as;
    return names.map((name) => [name, form] as const);
  }),
);

/** Values of several words, by their words: the order of these is the sender's (OAuth 2.0 Multiple Response Types section 5). */
const COMBINATIONS: ReadonlyMap<string, string> = new Map(
  REGISTERED.flatMap(({ property }) => property.values ?? [])
    .filter((value) => value.includes(' '))
    .map((value) => [wordsOf(value), value]),
);

function wordsOf(value: string): string {
  return value.split(' ').sort().join(' ');
}

function rewritten(name: string, value: unknown): unknown {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) return value;
  const form = FORMS.get(name);
  if (form === 'scope-string') return value.join(' ');
  if (form === 'single') return value.length === 1 ? value[0] : value;
  return form === 'enumeration' ? value.map((entry) => COMBINATIONS.get(wordsOf(entry)) ?? entry) : value;
}
