import type { ClientChange } from '../changes/change-log.store.ts';
import { shown } from '../changes/changes.handlers.ts';
import type { Opening } from '../clients/credentials/opening.store.ts';
import type { RemovedClient } from '../clients/removed/removed-client.store.ts';
import type { Members } from '../shared/contract/members.ts';
import { pastOf, type ClientPast, type PastChange, type UndoStores } from './client-past.ts';
import { isSame, setBack } from './set-back.ts';
import type { Remainder } from './undone-client.ts';

/** Which changes of a client are undone, the newest first. */
export interface ClientQuestion {
  readonly inum: string;
  readonly selected: readonly ClientChange[];
  readonly force: boolean;
  /** What was removed after this (a timestamp) can be restored. */
  readonly keptSince: string;
}

/** What a client would be without some of its changes, as far as they can be undone. */
export interface ClientUndo {
  /** The client as it is, where it is there. */
  readonly opening?: Opening;
  /** The removed client that it would be again. */
  readonly removed?: RemovedClient;
  /** What it would be; left out where it would not be there. */
  readonly document?: Members;
  readonly left: readonly Remainder[];
}

/** What the client is so far, on the way from its newest change to the oldest. */
interface Way extends ClientUndo {
  /** The number of the revision that it came from; `Infinity` for what it is now. */
  readonly from: number;
}

interface Step {
  readonly stores: UndoStores;
  readonly question: ClientQuestion;
  readonly past: ClientPast;
  readonly change: ClientChange;
}

/** Says what a client would be without the changes that are asked for. Nothing is written, and nothing judged. */
export async function clientUndo(stores: UndoStores, question: ClientQuestion): Promise<ClientUndo> {
  const opening = await stores.opening(question.inum);
  const past = await pastOf(stores, question.inum, question.selected);
  const present = opening && { opening, document: JSON.parse(opening.stored.text) as Members };
  let way: Way = { ...present, from: Infinity, left: [] };
  for (const change of question.selected) way = await without({ stores, question, past, change }, way);
  const { from: _from, left, ...undo } = way;
  return { ...undo, left: left.slice(0, MOST_LEFT) };
}

const MOST_LEFT = 200;

/** What is not kept of a client, so that nobody can bring it back. */
const UNKEPT: ReadonlySet<string> = new Set(['clientSecret', 'registrationAccessToken', 'tokens', 'unused']);
const DECISIONS: ReadonlySet<string> = new Set(['approve-oauth-openid-client', 'reject-oauth-openid-client']);

/** The way after one more change was taken back. */
async function without(step: Step, way: Way): Promise<Way> {
  const { change, past } = step;
  if (DECISIONS.has(change.operation)) return leaving(way, { ...WHY.decision, change: change.id });
  if (change.operation === 'rename') return leaving(way, { ...WHY.renamed, change: change.id });
  const found = await past.find(change);
  if (found === undefined && !change.changed.every((name) => UNKEPT.has(name)))
    return leaving(way, { ...WHY['no-revision'], change: change.id });
  const isWhole = found !== undefined && (found.before === undefined || found.after === undefined);
  const parts = isWhole ? [] : change.changed.flatMap((name) => partLeft(change, name));
  const next = parts.reduce(leaving, way);
  return found === undefined ? next : taken(step, next, found);
}

function partLeft({ id }: ClientChange, name: string): Remainder[] {
  if (UNKEPT.has(name)) return [{ ...WHY['not-kept'], property: name, change: id }];
  return name.startsWith('approval') ? [{ ...WHY.decision, property: 'approval', change: id }] : [];
}

function taken(step: Step, way: Way, found: PastChange): Way | Promise<Way> {
  const { change, past } = step;
  const { number } = found.revision;
  if (found.after === undefined) return unremoved(step, way, found);
  if (way.document !== undefined && past.isAnother(number, way.from))
    return leaving(way, { ...WHY['another-client'], change: change.id });
  return found.before === undefined ? uncreated(step, way, found.after) : unchanged(step, way, found);
}

/** A removal is taken back by what was kept of the client. */
async function unremoved({ stores, question, past, change }: Step, way: Way, { revision }: PastChange): Promise<Way> {
  const { inum, keptSince } = question;
  const taken = leaving(way, { ...WHY['id-taken'], change: change.id });
  if (way.document !== undefined) return past.isAnother(revision.number, way.from) ? taken : way;
  if (way.opening !== undefined) return taken;
  const removed = await stores.removed.find(inum, keptSince, revision.incarnation);
  if (removed === undefined) return leaving(way, { ...WHY['not-restorable'], change: change.id });
  return { ...way, removed, document: JSON.parse(removed.text) as Members, from: revision.number };
}

/** One who was made is removed, unless others have done something to it since. */
function uncreated({ question, past, change }: Step, way: Way, after: Members): Way {
  if (way.document === undefined) return way;
  const later = othersSince(question, past, change).at(-1);
  const isAsMade = later === undefined && isSame(way.document, after);
  if (!isAsMade && !question.force)
    return leaving(way, { ...WHY['changed-again'], change: change.id, ...(later && { later: shown(later) }) });
  const { document: _gone, removed: _kept, left, ...rest } = way;
  // Of what is not there nothing is missing.
  return { ...rest, left: left.filter(({ property }) => property === undefined) };
}

function unchanged({ question, past, change }: Step, way: Way, { before = {}, after = {} }: PastChange): Way {
  const others = othersSince(question, past, change);
  if (way.document === undefined) {
    const later = others.findLast(({ operation }) => /^(delete|remove)-/.test(operation));
    return leaving(way, { ...WHY.removed, change: change.id, ...(later && { later: shown(later) }) });
  }
  const blocked = new Set(way.left.flatMap((one) => (isConflict(one) ? [one.property ?? ''] : [])));
  const revised = { before, after };
  const { document, conflicts, settled } = setBack(way.document, revised, { force: question.force, blocked });
  const remainders = conflicts.map((property) => {
    const later = others.findLast(({ changed }) => changed.some((name) => `${property}.`.startsWith(`${name}.`)));
    return { ...WHY['changed-again'], property, change: change.id, ...(later && { later: shown(later) }) };
  });
  // What looked changed again is what it was before all of these changes.
  const left = way.left.filter((one) => !isConflict(one) || !settled.includes(one.property ?? ''));
  return remainders.reduce<Way>(leaving, { ...way, document, left });
}

const isConflict = ({ reason }: Remainder): boolean => reason === 'changed-again';

/** What was done to the client after a change and is not undone with it. */
function othersSince({ selected }: ClientQuestion, { records }: ClientPast, change: ClientChange): ClientChange[] {
  const ids = new Set(selected.map(({ id }) => id));
  return records.filter(({ id }) => id > change.id && !ids.has(id));
}

/** The way with something left, which is told once: of the newest change that it is about. */
function leaving(way: Way, remainder: Remainder): Way {
  const isTold = way.left.some(
    ({ reason, property }) => reason === remainder.reason && property === remainder.property,
  );
  return isTold ? way : { ...way, left: [...way.left, remainder] };
}

const why = <R extends Remainder['reason']>(reason: R, detail: string): Remainder & { reason: R } => ({
  reason,
  detail,
});

const WHY = {
  'changed-again': why('changed-again', 'it was changed again since; force overwrites that'),
  'not-kept': why('not-kept', 'no value of it is kept'),
  decision: why('decision', 'what waits for approval is decided by approving or rejecting it'),
  'no-revision': why('no-revision', 'history does not have what the client was, or not any more'),
  renamed: why('renamed', 'the client got another id, which is not undone'),
  removed: why('removed', 'the client is not there any more: undo its removal first'),
  'another-client': why('another-client', 'the client that has the id now is another one'),
  'id-taken': why('id-taken', 'another client has the id: restore the removed one under another id'),
  'not-restorable': why('not-restorable', 'what was removed is not kept any more'),
} as const;
