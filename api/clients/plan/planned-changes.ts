import { lookup } from '../../../openapi/lookup.ts';
import type { Members } from '../../shared/contract/members.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { DryRun, TriedRecord, TriedWrite } from '../../shared/database/dry-run.ts';

type Change = Schemas['PlannedChange'];

/** What makes the text that may be shown of a stored document, by its kind. Documents of other kinds are not shown. */
export type Shown = Readonly<Record<string, (text: string) => string>>;

/** How much is shown to whom the plan is for. */
export interface Showing {
  readonly shown: Shown;
  /** Whether they may read resources of a kind. */
  readonly mayRead: (kind: string) => boolean;
}

interface Documents {
  readonly before?: Members | undefined;
  readonly after?: Members | undefined;
}

/** So many changes are told. */
const MOST_CHANGES = 500;

/** What would change, from what was written while it was tried: first what the plan is about. */
export function plannedChanges(
  { writes, records }: DryRun,
  showing: Showing,
): Pick<Schemas['ChangePlan'], 'changes' | 'moreChanges'> {
  const changes: Change[] = [];
  let more = 0;
  const written = new Map(writes.map((write) => [keyOf(write), write]));
  for (const record of records) {
    const made =
      changes.length < MOST_CHANGES
        ? changesOf(record, documentsOf(written.get(keyOf(record)), showing.shown), showing)
        : undefined;
    const told = made?.slice(0, MOST_CHANGES - changes.length) ?? [];
    changes.push(...told);
    more += (made ?? record.changed).length - told.length;
  }
  return { changes, ...(more > 0 && { moreChanges: more }) };
}

const keyOf = ({ kind, inum }: Pick<TriedRecord, 'kind' | 'inum'>): string => `${kind} ${inum}`;

function documentsOf(write: TriedWrite | undefined, shown: Shown): Documents {
  const show = write && lookup(shown, write.kind);
  if (show === undefined) return {};
  const documentIn = (text: string | undefined): Members | undefined =>
    text === undefined ? undefined : (JSON.parse(show(text)) as Members);
  return { before: documentIn(write?.before), after: documentIn(write?.after) };
}

function changesOf({ kind, inum, changed }: TriedRecord, { before, after }: Documents, { mayRead }: Showing): Change[] {
  const isShown = mayRead(kind);
  if (before !== undefined && after === undefined) return [{ kind, inum, pointer: '', ...(isShown && { before }) }];
  return changed.map((path) => {
    const about = { kind, inum, pointer: `/${path.replace('.', '/')}` };
    if (path === 'clientSecret')
      return { ...about, after: before === undefined && after !== undefined ? 'set' : 'changed' };
    if (!isShown) return about;
    const [was, will] = [valueAt(before, path), valueAt(after, path)];
    return { ...about, ...(was !== undefined && { before: was }), ...(will !== undefined && { after: will }) };
  });
}

const valueAt = (document: Members | undefined, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Members | undefined)?.[name], document);
