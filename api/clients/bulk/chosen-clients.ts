import type { Cursors } from '../../search/cursor.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { Problem } from '../../shared/problem.ts';
import { searchClients, type ClientPage } from '../client.search.ts';
import { BULK, type BulkStores, type Question } from './bulk.ts';

export interface ChoiceNeeds {
  readonly work: Pick<UnitOfWork<BulkStores>, 'read'>;
  readonly cursors: Cursors;
}

/** A page of clients; `at` is what relative dates are counted from, in epoch milliseconds. */
interface Asked {
  readonly at: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Whether a page that ends where the time was over will do. */
  readonly partial?: boolean;
}

/** The clients that a question finds, in the order of their inums. Throws `invalid-request` with pointers into the body. */
export async function chosenClients(
  { work, cursors }: ChoiceNeeds,
  question: Question,
  { at, limit, cursor, partial = false }: Asked,
): Promise<ClientPage> {
  const request = { ...question, limit, partial, caller: BULK, ...(cursor !== undefined && { cursor }) };
  try {
    return await work.read((stores) => searchClients(stores, request, { cursors, now: at }));
  } catch (error) {
    throw error instanceof Problem ? inBody(error) : error;
  }
}

/** The version of a client that a question finds; undefined when it does not. */
export async function versionChosen(
  needs: ChoiceNeeds,
  question: Question,
  { inum, at }: { readonly inum: string; readonly at: number },
): Promise<number | undefined> {
  const { filter, fieldValuePair } = question;
  const one =
    filter === undefined
      ? { filter: `inum eq ${JSON.stringify(inum)}` }
      : { fieldValuePair: [...(fieldValuePair === undefined ? [] : [fieldValuePair]), `inum=${inum}`].join(',') };
  const { entries } = await chosenClients(needs, { ...question, ...one }, { at, limit: 1 });
  return entries[0]?.version;
}

/** Of the parameters of a list, the body has members. */
function inBody(problem: Problem): Problem {
  const { errors } = problem.content;
  if (errors === undefined) return problem;
  const moved = errors.map(({ parameter, ...fault }) => ({
    ...fault,
    ...(parameter !== undefined && { pointer: parameter.replace(/^query:/, '/') }),
  }));
  return new Problem(problem.problem, { ...problem.content, errors: moved }, { cause: problem });
}
