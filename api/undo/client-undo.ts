import type { ClientChange } from '../changes/change-log.store.ts';
import { shown } from '../changes/changes.handlers.ts';
import type { Opening } from '../clients/credentials/opening.store.ts';
import type { RemovedClient } from '../clients/removed/removed-client.store.ts';
import type { Members } from '../shared/contract/members.ts';
import { othersTurn } from '../shared/database/others-turn.ts';
import { incarnationOf } from '../shared/incarnation.ts';
import { pastOf, type ClientPast, type PastChange, type UndoStores } from './client-past.ts';
import { isPartOf, laterThan, type Later } from './later.ts';
import { isSame, setBack } from './set-back.ts';
import type { Remainder } from './undone-client.ts';

/** Which changes of a client are undone, the newest first. */
export interface ClientQuestion {
  readonly inum: string;
  readonly selected: readonly ClientChange[];
  readonly force: boolean;
  /** What was committed later than this batch of the feed is overwritten by no force. */
  readonly upToBatch: number;
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
  /** The incarnation that it is of. */
  readonly from: string;
  /** What it was before its making was taken back. */
  readonly made?: Pick<Way, 'from' | 'left' | 'removed'>;
  /** Whether nothing is written, since what was there before cannot be brought back. */
  readonly isStuck?: boolean;
}

interface Step {
  readonly stores: UndoStores;
  readonly later: Later;
  readonly question: ClientQuestion;
  readonly past: ClientPast;
  readonly change: ClientChange;
}

/** Says what a client would be without the changes that are asked for. Nothing is written, and nothing judged. */
export async function clientUndo(stores: UndoStores, question: ClientQuestion): Promise<ClientUndo> {
  const opening = await stores.opening(question.inum);
  const past = await pastOf(stores, question.inum, question.selected);
  const later = await laterThan(stores, question);
  const present = opening && { opening, document: JSON.parse(opening.stored.text) as Members };
  let way: Way = { ...present, from: opening === undefined ? '' : incarnationOf(opening.stored), left: [] };
  const letOthers = othersTurn();
  for (const change of question.selected) {
    await letOthers();
    way = await without({ stores, question, past, later, change }, way);
    if (way.isStuck === true) return { ...present, left: way.left.slice(0, MOST_LEFT) };
  }
  const { from: _from, made: _made, left, ...undo } = way;
  return { ...undo, left: left.slice(0, MOST_LEFT) };
}

const MOST_LEFT = 200;

/** What is not kept of a client, so that nobody can bring it back. */
const UNKEPT: ReadonlySet<string> = new Set(['clientSecret', 'registrationAccessToken', 'tokens', 'unused']);
const SECRET_END = 'clientSecretExpiresAt';
const DECISIONS: ReadonlySet<string> = new Set(['approve-oauth-openid-client', 'reject-oauth-openid-client']);

/** The way after one more change was taken back. */
async function without(step: Step, way: Way): Promise<Way> {
  const { change, past } = step;
  if (DECISIONS.has(change.operation)) return leaving(way, { ...WHY.decision, change: change.id });
  if (change.operation === 'rename') return leaving(way, { ...WHY.renamed, change: change.id });
  const found = await past.find(change);
  if (found === undefined && !change.changed.every((name) => UNKEPT.has(name)))
    return stuck(leaving(way, { ...WHY['no-revision'], change: change.id }));
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
  if (found.after === undefined) return unremoved(step, way, found);
  if (way.document !== undefined && past.isAnother(found.revision.incarnation, way.from))
    return leaving(way, { ...WHY['another-client'], change: change.id });
  return found.before === undefined ? uncreated(step, way, found.after) : unchanged(step, way, found);
}

/** A removal is taken back by what was kept of the client, or by what it was where the restoration was taken back before. */
async function unremoved(step: Step, way: Way, { revision, before }: PastChange): Promise<Way> {
  const { stores, question, past, change } = step;
  const { inum, keptSince } = question;
  const { incarnation } = revision;
  const taken = leaving(way, { ...WHY['id-taken'], change: change.id });
  if (way.document !== undefined) return past.isAnother(incarnation, way.from) ? taken : way;
  const { made, ...rest } = way;
  const present = way.opening?.stored.text ?? made?.removed?.text;
  if (made !== undefined && present !== undefined && before !== undefined && !past.isAnother(incarnation, made.from)) {
    const { left, removed } = made;
    const again = { ...rest, ...(removed && { removed }), document: before, from: incarnation, left };
    return keepingSecretEnd(step, way.left.reduce<Way>(leaving, again), JSON.parse(present) as Members);
  }
  if (way.opening !== undefined) return stuck(taken);
  const removed = await stores.removed.find(inum, keptSince, incarnation);
  if (removed === undefined) return leaving(way, { ...WHY['not-restorable'], change: change.id });
  return { ...way, removed, document: JSON.parse(removed.text) as Members, from: incarnation };
}

/** A client whose making was taken back is removed, unless something from before that cannot be brought back. */
const stuck = (way: Way): Way =>
  way.document === undefined && way.opening !== undefined ? { ...way, isStuck: true } : way;

/** The way with the end of the secret that the client has: a restoration may have made another secret. */
function keepingSecretEnd({ change }: Step, way: Way, { [SECRET_END]: end }: Members): Way {
  if (way.document?.[SECRET_END] === end) return way;
  const { [SECRET_END]: _other, ...document } = way.document ?? {};
  const kept = { ...way, document: { ...document, ...(end !== undefined && { [SECRET_END]: end }) } };
  return leaving(kept, { ...WHY['secret-end'], property: SECRET_END, change: change.id });
}

/** One that was made is removed, unless others have done something to it since, or it was used. */
function uncreated({ question, past, later, change }: Step, way: Way, after: Members): Way {
  if (way.document === undefined) return way;
  const last = othersSince(question, past, change).at(-1);
  const isAsMade = last === undefined && isSame(way.document, after);
  if (!isAsMade && (!question.force || later.isSome))
    return leaving(way, { ...whyAgain(later.isSome), change: change.id, ...(last && { later: shown(last) }) });
  if (way.opening?.stored.lastAccessTime !== undefined && !question.force)
    return leaving(way, { ...WHY.used, change: change.id });
  const { document: _gone, removed, left, ...rest } = way;
  const made = { from: way.from, left, ...(removed && { removed }) };
  // Of what is not there nothing is missing.
  return { ...rest, made, left: left.filter(({ property }) => property === undefined) };
}

function unchanged(step: Step, way: Way, { before = {}, after = {} }: PastChange): Way {
  const { question, past, later: afterwards, change } = step;
  const others = othersSince(question, past, change);
  if (way.document === undefined) {
    const later = others.findLast(({ operation }) => /^(delete|remove)-/.test(operation));
    return leaving(way, { ...WHY.removed, change: change.id, ...(later && { later: shown(later) }) });
  }
  const blocked = new Set(way.left.flatMap((one) => (isConflict(one) ? [one.property ?? ''] : [])));
  const revised = { before, after };
  const stays = isOfAnotherSecret(past, change) ? SECRET_END : undefined;
  const isForced = (path: string): boolean => question.force && !afterwards.has(path);
  const { document, conflicts, settled } = setBack(way.document, revised, { isForced, blocked, stays });
  const remainders = conflicts.map((property) => {
    if (property === stays) return { ...WHY['secret-end'], property, change: change.id };
    const later = others.findLast(({ changed }) => changed.some((name) => isPartOf(property, name)));
    const why = whyAgain(afterwards.has(property));
    return { ...why, property, change: change.id, ...(later && { later: shown(later) }) };
  });
  // What looked changed again is what it was before all of these changes.
  const left = way.left.filter((one) => !isConflict(one) || !settled.includes(one.property ?? ''));
  return remainders.reduce<Way>(leaving, { ...way, document, left });
}

/** The end belongs to the secret: it is not set back on one that came with the change, or after it. */
const isOfAnotherSecret = ({ records, isAll }: ClientPast, { id }: ClientChange): boolean =>
  !isAll || records.some((record) => record.id >= id && record.changed.includes('clientSecret'));

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

/** Why something stays that was changed again: also after the plan, or before it. */
const whyAgain = (isAfterwards: boolean): Remainder =>
  isAfterwards ? { ...WHY['changed-again'], detail: AFTERWARDS } : WHY['changed-again'];
const AFTERWARDS = 'it was changed again after that was planned, which is not overwritten: plan it again';

const WHY = {
  'changed-again': why('changed-again', 'it was changed again since; force overwrites that'),
  used: why('used', 'it has been used since it was made; force removes it all the same'),
  'not-kept': why('not-kept', 'no value of it is kept'),
  'secret-end': why('not-kept', 'it was the end of another secret than the present one'),
  decision: why('decision', 'what waits for approval is decided by approving or rejecting it'),
  'no-revision': why('no-revision', 'history does not have what the client was, or not any more'),
  renamed: why('renamed', 'the client got another id, which is not undone'),
  removed: why('removed', 'the client is not there any more: undo its removal first'),
  'another-client': why('another-client', 'the client that has the id now is another one'),
  'id-taken': why('id-taken', 'another client has the id: restore the removed one under another id'),
  'not-restorable': why('not-restorable', 'what was removed is not kept any more'),
} as const;
