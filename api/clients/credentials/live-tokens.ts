import type { Schemas } from '../../shared/contract/operation.ts';
import type { LiveTokens } from './issued-tokens.store.ts';

/** So many sets of scopes are told. */
const MOST_SETS = 100;

/** How many tokens that is. */
export const countOf = (live: readonly LiveTokens[]): number => live.reduce((sum, { atMost }) => sum + atMost, 0);

/** The tokens of a client that may live, as they are answered. */
export function tokensShown(inum: string, live: readonly LiveTokens[]): Schemas['ClientTokens'] {
  const byScopes = live.slice(0, MOST_SETS).map(({ scopes, ...tokens }) => ({
    ...(scopes !== null && { scopes: scopes.split(' ').filter((scope) => scope !== '') }),
    ...{ atMost: tokens.atMost, ...momentsOf([tokens]) },
  }));
  return { inum, atMost: countOf(live), ...(live.length > 0 && momentsOf(live)), byScopes };
}

function momentsOf(live: readonly Omit<LiveTokens, 'scopes'>[]) {
  const sorted = (name: 'firstAt' | 'lastAt' | 'endsAt'): string[] => live.map((tokens) => tokens[name]).sort();
  const [first = ''] = sorted('firstAt');
  const [last = '', ends = ''] = [sorted('lastAt').at(-1), sorted('endsAt').at(-1)];
  return { firstIssued: first.slice(0, 19), lastIssued: last.slice(0, 19), expire: ends.slice(0, 19) };
}
