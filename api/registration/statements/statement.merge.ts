import type { Metadata } from '../metadata/registration.mapping.ts';
import { REGISTERED } from '../metadata/registration.members.ts';
import { normaliseRegistration } from '../metadata/registration.normalise.ts';

/** Members of which a client has one: a statement with one of them leaves no place for the other. */
const RIVALS = [['jwks', 'jwks_uri']];

/** The metadata of a registration in which the values of its software statement win (RFC 7591 section 2.3). */
export function withStatement(metadata: Metadata, statement: Metadata): Metadata {
  const said = normaliseRegistration(statement) as Metadata;
  const taken = new Set(
    [...REGISTERED.map(({ names }) => names), ...RIVALS].filter((names) => names.some((name) => name in said)).flat(),
  );
  const left = Object.entries(metadata).filter(([name]) => !taken.has(name));
  return { ...Object.fromEntries(left), ...said };
}

/** The metadata with these changes, whichever of its names a member has there; null takes a member away. */
export function withChanges(metadata: Metadata, changes: Metadata): Metadata {
  const gone = Object.keys(changes).filter((name) => changes[name] === null);
  const goneToo = REGISTERED.flatMap(({ names }) => (names.some((name) => gone.includes(name)) ? names : []));
  const left = Object.entries(metadata).filter(([name]) => ![...gone, ...goneToo].includes(name));
  return withStatement(Object.fromEntries(left), changes);
}
