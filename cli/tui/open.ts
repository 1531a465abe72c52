import { Ended, type ExitCode } from '../failure.ts';
import type { Context } from '../context.ts';
import type { Window } from '../terminal.ts';
import { Program, type After } from './edge/program.ts';
import { readKeys } from './edge/keys.ts';
import { plainOn, screenOn } from './edge/screen.ts';
import { Asker } from './edge/service.ts';
import { begunState } from './state/begin.ts';
import { kindsOf } from './state/kind.ts';

export interface Wishes {
  readonly isPlain: boolean;
  readonly hasColours: boolean;
}

/** Runs the terminal UI in a window until it is left; throws `Ended` when that was not by its own key. */
export async function openTui(context: Context, window: Window, { isPlain, hasColours }: Wishes): Promise<void> {
  const { input, output, signals } = window;
  const [service, { url }] = await Promise.all([context.service(), context.connection()]);
  const kinds = kindsOf(context.contract);
  const asker = new Asker(service, context.contract, { kinds, cwd: context.terminal.cwd });
  const display = isPlain ? plainOn(output) : screenOn(output, hasColours);
  // Also where something breaks that nobody thought of, the shell gets its screen back.
  const restore = (): void => display.close();
  signals.once('exit', restore);
  let stopKeys: (() => void) | undefined;
  const listeners: [string, () => void][] = [];
  try {
    const { columns: width, rows: height } = output;
    const program = new Program(begunState({ isPlain, kinds, place: url, width, height }), {
      display,
      answer: (call, reason) => asker.answer(call, reason),
      after,
      rhythm: isPlain ? 2_000 : 250,
    });
    stopKeys = readKeys(input, (key) => program.act({ type: 'key', key }));
    for (const [signal, code] of SIGNALS) listeners.push([signal, () => program.act({ type: 'signal', code })]);
    for (const [signal, listener] of listeners) signals.on(signal, listener);
    output.on('resize', () => program.resized(output.columns, output.rows));
    const code = await program.ended;
    if (code !== 0) throw new Ended(code as ExitCode);
  } finally {
    stopKeys?.();
    for (const [signal, listener] of listeners) signals.off(signal, listener);
    signals.off('exit', restore);
    restore();
  }
}

const SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const;

const after: After = (milliseconds, call) => {
  if (milliseconds === 0) {
    const immediate = setImmediate(call);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
};
