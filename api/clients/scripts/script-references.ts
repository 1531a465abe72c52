import { dnOf, inumOfDn } from '../../shared/ids.ts';
import { holderOf, pointerTo } from '../../shared/contract/members.ts';
import type { Fault } from '../../shared/problem.ts';
import { PROPERTIES, valueOf, type Members } from '../document/client.document.ts';
import type { ScriptTypes } from './script-names.store.ts';

const PREFIX = 'script:';

/** The properties of a client that list scripts, with the type that each takes. */
export const SCRIPT_LISTS = PROPERTIES.flatMap((property) =>
  property.refs?.startsWith(PREFIX) === true ? [{ property, type: property.refs.slice(PREFIX.length) }] : [],
);

const listIn = (document: Members, { property }: (typeof SCRIPT_LISTS)[number]): readonly string[] =>
  (valueOf(document, property) ?? []) as string[];

/** The inums of the scripts that a draft lists. */
export const writtenScripts = (draft: Members): string[] =>
  SCRIPT_LISTS.flatMap((list) => listIn(draft, list).flatMap((dn) => inumOfDn('scripts', dn) ?? []));

/**
 * Writes the names in the lists of scripts of `draft` in one form. Those that name no script, or one of another type than
 * the list takes, are faults. What `previous` has in the same list is left alone.
 */
export const resolveScripts = (draft: Members, types: ScriptTypes, previous?: Members): Fault[] =>
  SCRIPT_LISTS.flatMap((list) => {
    const written = listIn(draft, list);
    if (written.length === 0) return [];
    const kept = new Set(previous === undefined ? [] : listIn(previous, list));
    const named = written.map((dn) => (kept.has(dn) ? dn : oneForm(dn)));
    Object.assign(holderOf(draft, list.property) ?? {}, { [list.property.name]: [...new Set(named)] });
    return written.flatMap((dn, index) => {
      const detail = kept.has(dn) ? undefined : unfit(dn, list.type, types);
      return detail === undefined
        ? []
        : [{ pointer: `${pointerTo(list.property)}/${index}`, detail, rule: 'known-scripts' }];
    });
  });

function oneForm(dn: string): string {
  const inum = inumOfDn('scripts', dn);
  return inum === undefined ? dn : dnOf('scripts', inum);
}

function unfit(dn: string, type: string, types: ScriptTypes): string | undefined {
  const inum = inumOfDn('scripts', dn);
  if (inum === undefined) return `${dn} is no name of a script: write inum=…,ou=scripts,o=jans`;
  const found = types.get(inum);
  if (found === undefined) return `there is no script ${dn}`;
  return found === type ? undefined : `the script ${dn} is of the type ${found}: this list takes ${type}`;
}
