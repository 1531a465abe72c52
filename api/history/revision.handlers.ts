import type { Schemas } from '../shared/contract/operation.ts';
import type { Revisions } from './revisions.ts';

interface Answer<T> {
  readonly status: 200;
  readonly body: T;
}

type Reader<M extends 'page' | 'one'> = Pick<Revisions<never>, M>;

/** Answers what asks for the revisions of a resource, of whatever kind. */
export async function revisionPage(
  revisions: Reader<'page'>,
  { inum }: { readonly inum: string },
  { startIndex = 0, limit = 50 }: { readonly startIndex?: number; readonly limit?: number },
): Promise<Answer<Schemas['RevisionPagedResult']>> {
  return { status: 200, body: await revisions.page({ inum, offset: startIndex, limit }) };
}

/** Answers what asks for one revision, or for its differences from another one. */
export async function oneRevision(
  revisions: Reader<'one'>,
  { inum, number }: { readonly inum: string; readonly number: string },
  compared: { readonly compare?: number },
): Promise<Answer<Schemas['Revision']>> {
  return { status: 200, body: await revisions.one({ inum, number: Number(number), ...compared }) };
}
