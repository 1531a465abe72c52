import { timestamp, type Clock } from '../../shared/clock.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { SecretStore } from '../secrets/secret.store.ts';

/** Enabled clients whose last secret ends within so many days; 0 for those whose secrets have ended. */
export type SecretEnds = Readonly<Record<'0' | '7' | '30', number>>;

export interface SecretEndsNeeds {
  readonly work: Pick<UnitOfWork<{ readonly secrets: SecretStore }>, 'read'>;
  readonly clock: Clock;
}

const DAY = 86_400_000;
const PAGE = 1_000;
/** How old an answer may be, in milliseconds: whoever asks for metrics does so often. */
const KEPT = 5 * 60_000;

/** Counts the clients whose secrets end, in steps, and remembers that for a while. */
export function secretEnds({ work, clock }: SecretEndsNeeds): () => Promise<SecretEnds> {
  let known: { readonly at: number; readonly counted: Promise<SecretEnds> } | undefined;
  const count = async (): Promise<SecretEnds> => {
    const now = clock.now();
    const before = (days: number): string => timestamp(now + days * DAY);
    const ends = { '0': 0, '7': 0, '30': 0 };
    for (let last: string | undefined = ''; last !== undefined;) {
      const after: string = last;
      const page = await work.read(({ secrets }) => secrets.endingAfter(after, before(30), PAGE));
      for (const { ends: end, isDisabled } of page)
        for (const days of [0, 7, 30] as const)
          if (isDisabled === 0 && end !== null && end <= before(days)) ends[`${days}`] += 1;
      last = page.length < PAGE ? undefined : page.at(-1)?.inum;
    }
    return ends;
  };
  return () => {
    const at = clock.elapsed();
    if (known === undefined || at - known.at > KEPT) {
      const counted = count();
      known = { at, counted };
      counted.catch(() => (known = undefined));
    }
    return known.counted;
  };
}
