import { parseWireDate } from '../../shared/clock.ts';
import type { Fault } from '../../shared/problem.ts';
import { valueOf, type ClientInput, type Members } from '../../clients/document/client.document.ts';
import type { ClientProperty, RegistrationForm } from '../../../openapi/property.ts';
import { ANSWERED, languagesOf, REGISTERED, type RegisteredMember } from './registration.members.ts';

/** Client metadata under the names of RFC 7591. */
export type Metadata = Readonly<Record<string, unknown>>;

/** How a value passes from metadata to a client (`read`) and back (`write`). */
interface Conversion {
  readonly read: (value: unknown) => unknown;
  readonly write: (value: unknown) => unknown;
}

const same: Conversion = { read: (value) => value, write: (value) => value };

const CONVERSIONS: Readonly<Record<RegistrationForm, Conversion>> = {
  text: same,
  list: same,
  boolean: same,
  integer: same,
  localized: same,
  json: { read: (value) => JSON.stringify(value), write: (value) => parsed(String(value)) },
  epoch: {
    read: () => undefined,
    write: (value) => Math.floor((parseWireDate(String(value)) ?? 0) / 1_000),
  },
  'scope-string': {
    read: (value) =>
      String(value)
        .split(' ')
        .filter((entry) => entry !== ''),
    write: (value) => (value as string[]).join(' ') || undefined,
  },
  single: { read: (value) => [value], write: (value) => (value as unknown[])[0] },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // An administrator may have stored anything before there was a rule.
    return undefined;
  }
}

/**
 * The client that metadata describes, with what is wrong with it; pointers have the names of the metadata. Members
 * that a registration cannot set are not looked at. `before` is what was answered last: of two names of one member
 * the one that differs from it counts.
 */
export function clientOf(metadata: Metadata, before: Metadata = {}): { draft: ClientInput; faults: Fault[] } {
  const draft: Members = { attributes: {} };
  const faults: Fault[] = [];
  for (const member of REGISTERED) {
    const { value, fault } = chosen(member, metadata, before);
    if (fault !== undefined) faults.push(fault);
    if (value !== undefined) put(draft, member.property, CONVERSIONS[member.as].read(value));
    if (member.as !== 'localized') continue;
    const { values, faults: tagFaults } = languages(metadata, member.name);
    const holder = languagesOf(member.property);
    if (holder !== undefined && Object.keys(values).length > 0) put(draft, holder, { values });
    faults.push(...tagFaults);
  }
  return { draft: draft, faults };
}

function put(draft: Members, { parent, name }: ClientProperty, value: unknown): void {
  const holder = (parent === undefined ? draft : draft[parent]) as Members;
  holder[name] = value;
}

function chosen(
  { names, name }: RegisteredMember,
  metadata: Metadata,
  before: Metadata,
): { value?: unknown; fault?: Fault } {
  const given = names.filter((candidate) => metadata[candidate] !== undefined);
  const texts = new Map(given.map((candidate) => [JSON.stringify(metadata[candidate]), candidate]));
  if (texts.size <= 1) return given[0] === undefined ? {} : { value: metadata[given[0]] };
  const changed = [...texts].filter(([text]) => text !== JSON.stringify(before[name]));
  const [first] = changed;
  if (changed.length === 1 && first !== undefined) return { value: metadata[first[1]] };
  const detail = `differs from ${given[0] ?? ''}, which is the same value under another name`;
  return { fault: { pointer: `/${given[1] ?? ''}`, detail, rule: 'aliases-agree' } };
}

/** The values of `name#<tag>`. Tags are told apart without regard to case (RFC 5646 section 2.1.1). */
function languages(metadata: Metadata, name: string): { values: Record<string, string>; faults: Fault[] } {
  const values: Record<string, string> = {};
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [tagged, value] of Object.entries(metadata)) {
    if (!tagged.startsWith(`${name}#`)) continue;
    const tag = tagged.slice(name.length + 1);
    const detail = languageFault(tag, value, seen);
    if (detail !== undefined) faults.push({ pointer: `/${tagged}`, detail, rule: 'language' });
    else values[tag] = value as string;
    seen.add(tag.toLowerCase());
  }
  return { values, faults };
}

function languageFault(tag: string, value: unknown, seen: ReadonlySet<string>): string | undefined {
  if (typeof value !== 'string') return 'must be string';
  if (!isLanguageTag(tag)) return 'must have a language tag of BCP 47 after the #';
  return seen.has(tag.toLowerCase()) ? 'is there twice: tags are compared without regard to case' : undefined;
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** The metadata of a settled client whose scopes and claims stand under their names, in the order of the contract. */
export function metadataOf(client: Members): Members {
  const metadata: Members = {};
  for (const { property, as, answered } of ANSWERED) {
    const value = valueOf(client, property);
    const written = value === undefined || as === 'epoch' ? undefined : CONVERSIONS[as].write(value);
    if (written !== undefined) for (const name of answered) metadata[name] = written;
    if (as === 'localized') Object.assign(metadata, taggedMembers(client, property, answered[0] ?? ''));
  }
  return metadata;
}

/** A date of the client in seconds since the epoch. */
export const epochOf = (date: string): number => CONVERSIONS.epoch.write(date) as number;

function taggedMembers(client: Members, property: ClientProperty, name: string): Members {
  const holder = languagesOf(property);
  const { values = {} } = ((holder && valueOf(client, holder)) ?? {}) as { values?: Record<string, string> };
  const tagged = Object.entries(values).filter(([tag]) => tag !== '');
  return Object.fromEntries(tagged.map(([tag, text]) => [`${name}#${tag}`, text]));
}
