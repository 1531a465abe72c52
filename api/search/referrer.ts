import { dnOf } from '../shared/ids.ts';
import { Problem } from '../shared/problem.ts';
import type { Refer, Referred } from './condition-sql.ts';
import type { Condition } from './condition.ts';

type Kind = 'scopes' | 'claims';
const TREES = { scopes: 'scopes', claims: 'attributes' } as const;

/** What the references of a kind stand for, by the text as it was written; unknown ones are missing. */
export type FindReferents = (
  kind: Kind,
  written: readonly string[],
) => Promise<ReadonlyMap<string, { readonly inum: string }>>;

/** Says that there is no such thing as a reference of a kind was written for. */
export type ExplainUnknown = (tree: (typeof TREES)[Kind], written: string) => string;

/** Looks up what the conditions on references refer to. Unknown references are faults. */
export async function referrer(
  conditions: readonly Condition[],
  find: FindReferents,
  explain: ExplainUnknown,
): Promise<Refer> {
  const referring = (kind: Kind): { readonly text: string; readonly inFilter?: true }[] =>
    conditions.flatMap(({ field, value, inFilter }) =>
      field.refers === kind && typeof value === 'string' ? [{ text: value, ...(inFilter && { inFilter }) }] : [],
    );
  const written = (kind: Kind): string[] => referring(kind).map(({ text }) => text);
  const known = { scopes: await find('scopes', written('scopes')), claims: await find('claims', written('claims')) };
  const errors = (['scopes', 'claims'] as const).flatMap((kind) =>
    referring(kind)
      .filter(({ text }) => !known[kind].has(text))
      .map(({ text, inFilter }) => ({
        parameter: `query:${inFilter === true ? 'filter' : 'fieldValuePair'}`,
        detail: explain(TREES[kind], text),
      })),
  );
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  return ({ field, value }): Referred => {
    const kind = field.refers ?? 'scopes';
    const inum = known[kind].get(String(value))?.inum ?? '';
    return { inum, dn: dnOf(TREES[kind], inum) };
  };
}
