import { DRY_RUN_OPTION, Input, OUTPUT_OPTION, type Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { isTriable, type Operation } from '../../contract/contract.ts';
import { EXIT, Failure, Planned } from '../../failure.ts';
import { asEntry } from '../../resource/reply.ts';
import { planLines } from './plan-lines.ts';

/** The command with `--dry-run`, where its operation can be tried: what it would do, for each of the things named. */
export function withDryRun(command: Command, operation: Operation): Command {
  if (!isTriable(operation)) return command;
  const options = command.options.includes(OUTPUT_OPTION) ? command.options : [...command.options, OUTPUT_OPTION];
  return {
    ...command,
    options: [...options.slice(0, -1), DRY_RUN_OPTION, ...options.slice(-1)],
    run: async (context, input) => {
      if (!input.has(DRY_RUN_OPTION.name)) return command.run(context, input);
      const each = command.args.some(({ many }) => many === true);
      const inputs = each ? input.args.map((arg) => new Input(input.command, [arg], input.given)) : [input];
      let refused = 0;
      for (const one of inputs) if (await isRefused(context, () => command.run(context, one))) refused += 1;
      if (refused > 0)
        throw new Failure(EXIT.refused, refused === 1 ? 'it would be refused' : `${refused} would be refused`);
    },
  };
}

/** Tries it and tells what it would do. Whether it would be refused. */
async function isRefused({ printer, terminal }: Context, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return false;
  } catch (error) {
    if (!(error instanceof Planned)) throw error;
    const plan = asEntry(error.plan);
    if (printer.isTable) {
      await printer.lines(planLines(plan, printer.paint));
      terminal.say('This is a plan: nothing was done.');
    } else await printer.one(plan, { id: 'status', columns: ['status'], known: [] });
    return Number(plan['status']) >= 400;
  }
}
