import { distance } from 'fastest-levenshtein';

/** ` (did you mean x?)` when a known word is close to `word`, else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const wanted = word.toLowerCase();
  let best: { name: string; cost: number } | undefined;
  for (const name of known) {
    const candidate = name.toLowerCase();
    // The last part counts as well: requirePkce for attributes.requirePkce.
    const last = candidate.split('.').at(-1) ?? '';
    const cost = candidate.startsWith(wanted)
      ? 1 - 1 / (candidate.length + 1)
      : Math.min(distance(wanted, candidate), 1 + distance(wanted, last));
    if (cost <= Math.max(1, Math.floor(word.length / 3)) && (best === undefined || cost < best.cost)) {
      best = { name, cost };
    }
  }
  return best === undefined ? '' : ` (did you mean ${best.name}?)`;
}
