import { Input } from '../../command.ts';

const DAY = 86_400_000;
const DAYS: readonly (readonly [word: string, ago: number])[] = [
  ['today', 0],
  ['yesterday', 1],
];
const MOMENTS: readonly string[] = ['since', 'until'];

/** The command line with dates in the place of `today` and `yesterday`, which are days of UTC as all dates are. */
export const withDays = ({ command, args, given }: Input, now: number): Input =>
  new Input(
    command,
    args,
    given.map(({ name, value }) => {
      const ago = MOMENTS.includes(name) ? DAYS.find(([word]) => word === value)?.[1] : undefined;
      return { name, value: ago === undefined ? value : new Date(now - ago * DAY).toISOString().slice(0, 10) };
    }),
  );
