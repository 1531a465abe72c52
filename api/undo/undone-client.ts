import { PROBLEMS } from '../../openapi/operations.gen.ts';
import type { Written } from '../clients/corridor/client.corridor.ts';
import { changedProperties, PROPERTIES, valueOf, type ClientDocument } from '../clients/document/client.document.ts';
import { needsSecret } from '../clients/secrets/secret.policy.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { Overtaken } from '../shared/database/proposals.ts';
import { inOneLine, Problem } from '../shared/problem.ts';

export type UndoneClient = Schemas['UndoneClient'];
export type Remainder = Schemas['UndoRemainder'];

/** With the name of the client, for those who may change it. */
export const named = (undone: UndoneClient, { clientName }: ClientDocument): UndoneClient =>
  clientName === undefined ? undone : { ...undone, clientName };

/** With what is another value now than before. No secret is shown: where one had to be made, that is left to be done. */
export function withDifferences(
  undone: UndoneClient,
  outcome: 'changed' | 'restored',
  [before, after]: readonly [ClientDocument, ClientDocument],
  { secret }: Pick<Written, 'secret'>,
): UndoneClient {
  const changed = new Set(changedProperties(before, after));
  const differing = PROPERTIES.filter(({ path, setBy }) => setBy !== 'server' && changed.has(path));
  const isGone = outcome === 'changed' && needsSecret(before) && !needsSecret(after);
  const properties = [
    ...differing.map((property) => {
      const [was, is] = [valueOf(before, property), valueOf(after, property)];
      return {
        property: property.path,
        ...(was !== undefined && { before: was }),
        ...(is !== undefined && { after: is }),
      };
    }),
    ...(secret === undefined ? [] : [{ property: 'clientSecret', after: 'set' }]),
    ...(isGone ? [{ property: 'clientSecret', before: 'set' }] : []),
  ];
  return {
    ...undone,
    outcome: properties.length === 0 && outcome === 'changed' ? 'unchanged' : outcome,
    properties,
    left: secret === undefined ? undone.left : [...undone.left, LOST_SECRET],
  };
}

const LOST_SECRET: Remainder = {
  reason: 'not-kept',
  property: 'clientSecret',
  detail: 'the secret that it had is gone, and nobody has seen the one that was made: give it another',
};

/** What is refused by the write itself, and not by what is looked at before: something may have been written already. */
class Interrupted extends Error {
  constructor(readonly problem: Problem) {
    super('a write was refused in the middle');
  }
}

/** Writes a client of which all was looked at. What is thrown ends the transaction. */
export async function written(write: () => Promise<UndoneClient>): Promise<UndoneClient> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Others were first to restore it, or to take its id.
    if (error.problem === 'client-not-found' || error.problem === 'client-exists') throw new Overtaken();
    throw new Interrupted(error);
  }
}

/** The client as it is left, where a rule, a right or the present state is in the way. Throws everything else on. */
export function leftBy(undone: UndoneClient, error: unknown): UndoneClient {
  if (error instanceof Interrupted) throw error.problem;
  const reason = error instanceof Problem ? reasonOf(error) : undefined;
  if (!(error instanceof Problem) || reason === undefined) throw error;
  return { ...undone, left: [...undone.left, { reason, detail: detailOf(error) }] };
}

const OWN = ['approval-needed', 'last-administrator', 'insufficient-scope'] as const;

function reasonOf({ problem, content }: Problem): Remainder['reason'] | undefined {
  const own = OWN.find((reason) => reason === problem);
  const isLasting = PROBLEMS[problem].status < 500 && content.headers?.['Retry-After'] === undefined;
  return own ?? (isLasting ? 'refused' : undefined);
}

const MOST_DETAIL = 1_000;

const detailOf = ({ problem, content: { detail, errors = [] } }: Problem): string =>
  (detail ?? (errors.map(inOneLine).join('; ') || PROBLEMS[problem].title)).slice(0, MOST_DETAIL);
