import type { Command } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { examplesFor } from '../commands/examples.ts';

/** `tui`: what is behind it is loaded when it is called. */
export const TUI: Command = {
  words: ['tui'],
  summary: 'manages clients in the terminal, with forms and lists',
  details:
    'Keys stand in the last line, F1 says more. --plain is for screen readers: what changes is a line of text, ' +
    'without colours and escapes.',
  args: [],
  options: [{ name: 'plain', summary: 'text line by line, for screen readers' }],
  examples: examplesFor('tui'),
  run: async (context, input) => {
    const { window, env } = context.terminal;
    if (window === undefined) {
      throw usageFailure('tui needs a terminal, and this is a pipe or a file', [
        'clientele --help has commands for those',
      ]);
    }
    const { openTui } = await import('./open.ts');
    const isWithout = (env['NO_COLOR'] ?? '') !== '' || input.has('no-color');
    const isPlain = input.has('plain') || env['TERM'] === 'dumb';
    await openTui(context, window, { isPlain, hasColours: input.has('color') || !isWithout });
  },
};
