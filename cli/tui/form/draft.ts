import { at } from '../../output/entry.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import type { FormField } from './field.ts';
import type { Form } from './model.ts';
import { isEmpty, problemOf } from './values.ts';

/** What a person has changed of a document, by the addresses of members; undefined takes one away. */
export type Draft = ReadonlyMap<string, unknown>;

export interface Change {
  readonly field: FormField;
  readonly before: unknown;
  readonly after: unknown;
}

/** Whether two values are the same to the service: what is empty is absent. */
const isSame = (a: unknown, b: unknown): boolean =>
  (isEmpty(a) && isEmpty(b)) || JSON.stringify(a) === JSON.stringify(b);

/** The address that a field writes: a plain text under two names is one text. */
export const placeOf = ({ path, aliasOf, control }: FormField): string =>
  aliasOf !== undefined && (control === 'text' || control === 'lines') ? aliasOf : path;

/** What stands in a field. */
export function valueIn(base: Entry, draft: Draft, field: FormField): unknown {
  const place = placeOf(field);
  return draft.has(place) ? draft.get(place) : at(base, field.path);
}

/** The draft with another value; one that is what is stored already is no change. */
export function withValue(base: Entry, draft: Draft, path: string, value: unknown): Draft {
  const next = new Map(draft);
  if (isSame(value, at(base, path))) next.delete(path);
  else next.set(path, value);
  return next;
}

/** The changes in the order of the form. */
export const changesOf = (form: Form, base: Entry, draft: Draft): Change[] =>
  form.fields
    .filter(({ path }) => draft.has(path))
    .map((field) => ({ field, before: at(base, field.path), after: draft.get(field.path) }));

/** The merge patch (RFC 7396) of exactly these changes. */
export function patchOf(draft: Draft): Body {
  const patch: Body = {};
  for (const [path, value] of draft) {
    const [member = '', inner] = path.split('.');
    const sent = isEmpty(value) ? null : value;
    if (inner === undefined) patch[member] = sent;
    else patch[member] = { ...(patch[member] as Body | undefined), [inner]: sent };
  }
  return patch;
}

/** The whole document with the changes in it. */
export function bodyOf(form: Form, base: Entry, draft: Draft): Body {
  const body = structuredClone(base) as Body;
  // What has the same value under another name follows from what was changed.
  for (const { path, aliasOf } of form.fields) if (aliasOf !== undefined && draft.has(aliasOf)) delete body[path];
  for (const [path, value] of draft) {
    const [member = '', inner] = path.split('.');
    if (inner === undefined) body[member] = value;
    else body[member] = { ...(body[member] as Body | undefined), [inner]: value };
  }
  return JSON.parse(JSON.stringify(body, (_, value: unknown) => (value === null ? undefined : value))) as Body;
}

/** What speaks against a draft before it is sent, by the addresses of members. */
export function problemsOf(form: Form, draft: Draft): Map<string, string> {
  const found = form.fields.flatMap((field): [string, string][] => {
    const problem = draft.has(field.path) ? problemOf(field, draft.get(field.path)) : undefined;
    return problem === undefined ? [] : [[field.path, problem]];
  });
  return new Map(found);
}

/** The field that a fault of the service is about (a JSON Pointer, RFC 6901); undefined when the form has none for it. */
export function fieldAtPointer(form: Form, pointer: string): FormField | undefined {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [member = '', inner = ''] = steps;
  return (
    form.fields.find(({ path }) => path === `${member}.${inner}`) ?? form.fields.find(({ path }) => path === member)
  );
}

/** A member that two people have changed, and what each of them made of it. */
export interface Conflict {
  readonly field: FormField;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** A draft on what somebody else has stored in between: their changes stand, and mine go on top. */
export interface Merge {
  readonly draft: Draft;
  /** Members that both have changed, each to another value. */
  readonly conflicts: readonly Conflict[];
  /** What only they have changed. */
  readonly theirs: readonly Change[];
}

export function mergeOf(form: Form, base: Entry, draft: Draft, theirs: Entry): Merge {
  const changed = form.fields.filter(
    (field) =>
      field.control !== 'read-only' &&
      placeOf(field) === field.path &&
      !isSame(at(base, field.path), at(theirs, field.path)),
  );
  const conflicts = changed
    .filter(({ path }) => draft.has(path) && !isSame(draft.get(path), at(theirs, path)))
    .map((field) => ({
      field,
      base: at(base, field.path),
      mine: draft.get(field.path),
      theirs: at(theirs, field.path),
    }));
  const kept = [...draft].filter(([path, value]) => !isSame(value, at(theirs, path)));
  const others = changed.filter(({ path }) => !draft.has(path));
  return {
    draft: new Map(kept),
    conflicts,
    theirs: others.map((field) => ({ field, before: at(base, field.path), after: at(theirs, field.path) })),
  };
}
