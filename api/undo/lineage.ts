import type { ClientChange } from '../changes/change-log.store.ts';
import type { DatedRevision } from '../history/revision.store.ts';
import type { Members } from '../shared/contract/members.ts';
import { isSame } from './set-back.ts';

/** Which of those that have had an inum are one client: by their incarnations. */
export interface Lineages {
  /** Whether two of them are not provably the same client, which was removed in between and restored. */
  isAnother(incarnation: string, other: string): boolean;
}

/** What is known of those that have had an inum. */
export interface Known {
  readonly inum: string;
  /** Their revisions, the first one first. */
  readonly dated: readonly DatedRevision[];
  /** With what a revision was made. */
  operationOf(revision: DatedRevision): ClientChange['operation'] | undefined;
  documentOf(number: number): Promise<Members | undefined>;
  /** Whether what was removed is kept still, so that nothing has restored it. */
  isKept(incarnation: string): Promise<boolean>;
}

/** One that has had the inum, from its first revision to its last document. */
interface Span {
  readonly first: DatedRevision;
  readonly last: number;
}

const [RESTORE, UNDO] = ['restore-oauth-openid-client', 'undo-oauth-openid-changes'];

/**
 * Tells which of those that have had an inum are one client. A restoration may bring any removed client under it, and notes which.
 * One of before that was noted counts as the same one where that is not kept any more and was alike, or where an undo, which
 * never brings another id, had no other choice.
 */
export async function lineagesOf(known: Known): Promise<Lineages> {
  const origins = new Map<string, string>();
  const ends = new Map<string, Span>();
  for (const span of spansOf(known.dated)) {
    const { incarnation } = span.first;
    const { restoredFrom } = span.first;
    const removed = restoredFrom !== undefined && 'inum' in restoredFrom ? restoredFrom : undefined;
    const from = removed?.incarnation ?? '';
    const noted = removed?.inum === known.inum ? (origins.get(from) ?? from) : incarnation;
    const guessed = async (): Promise<string> => (await originOf(known, span, [...ends])) ?? incarnation;
    const origin = origins.get(incarnation) ?? (removed === undefined ? await guessed() : noted);
    origins.set(incarnation, origin);
    ends.set(origin, span);
  }
  const found = (incarnation: string): string => origins.get(incarnation) ?? incarnation;
  return { isAnother: (incarnation, other) => found(incarnation) !== found(other) };
}

function spansOf(dated: readonly DatedRevision[]): Span[] {
  const spans = new Map<string, Span>();
  for (const revision of dated) {
    const { incarnation, number, isRemoval } = revision;
    const { first = revision } = spans.get(incarnation) ?? {};
    spans.set(incarnation, { first, last: isRemoval ? number - 1 : number });
  }
  return [...spans.values()];
}

async function originOf(
  known: Known,
  { first }: Span,
  ends: readonly (readonly [string, Span])[],
): Promise<string | undefined> {
  const operation = known.operationOf(first);
  if (operation !== RESTORE && operation !== UNDO) return undefined;
  const gone: (readonly [string, Span])[] = [];
  for (const end of ends) if (!(await known.isKept(end[1].first.incarnation))) gone.push(end);
  if (operation === UNDO && gone.length === 1) return gone[0]?.[0];
  const document = await known.documentOf(first.number);
  const alike: string[] = [];
  for (const [origin, { last }] of gone) if (isAlike(await known.documentOf(last), document)) alike.push(origin);
  return alike.length === 1 ? alike[0] : undefined;
}

const isAlike = (was: Members | undefined, is: Members | undefined): boolean =>
  was !== undefined && is !== undefined && was['clientIdIssuedAt'] === is['clientIdIssuedAt'] && isSame(was, is);
