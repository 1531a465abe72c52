import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { CallFailure, EXIT, Failure, Planned } from '../../failure.ts';
import type { Body } from '../../resource/entry.ts';
import { differenceLine, differences, mergePatch } from '../../transfer/differences.ts';
import { documentOf, fileText, sorted } from '../../transfer/document.ts';
import { readNaming } from '../../transfer/naming.ts';
import { parseDocument } from '../body.ts';
import { YES_OPTION, type Command, type Input } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import type { ResourceKit } from './kit.ts';

/** `edit`: the writable members in an editor, and a patch of what was changed there. */
export function editCommand(kit: ResourceKit): Command {
  const { resource, idArgument } = kit;
  return {
    words: [resource.noun, 'edit'],
    summary: `opens a ${resource.singular} in your editor, and sends what you change`,
    details: 'The editor is $VISUAL or $EDITOR. Nothing is sent before you have seen the differences.',
    args: [idArgument],
    options: [YES_OPTION],
    examples: examplesFor(`${resource.noun} edit`),
    run: async (context, input) => {
      const service = await context.service();
      const calls = service.of(resource);
      const { entry, etag } = await calls.read(input.arg(0));
      const naming = await readNaming(service, (text) => context.terminal.say(text));
      const before = documentOf(entry, kit.fields, naming);
      const folder = await mkdtemp(join(tmpdir(), 'clientele-'));
      const file = join(folder, `${resource.singular.replaceAll(' ', '-')}.yaml`);
      await writeFile(file, `${HEAD}${fileText(before, 'yaml')}`, { mode: 0o600 });
      const send = (changes: Body) => calls.change(String(entry[resource.id]), changes, { ifMatch: etag });
      const edit: Edit = { context, input, before, file, send };
      try {
        if (await isSettled(edit)) await rm(folder, { recursive: true });
      } catch (error) {
        if (error instanceof Planned) await rm(folder, { recursive: true });
        throw error;
      }
    },
  };
}

const HEAD =
  '# Change what is to change, save, and leave the editor. A member that you take out is removed.\n' +
  '# Leave everything as it is to send nothing.\n';

interface Edit {
  readonly context: Context;
  readonly input: Input;
  readonly before: Body;
  readonly file: string;
  readonly send: (changes: Body) => Promise<unknown>;
}

/** Edits until something is sent or given up. True when the file is not needed any more. */
async function isSettled(edit: Edit): Promise<boolean> {
  const { context, file } = edit;
  const { terminal } = context;
  for (;;) {
    await terminal.edit(file);
    try {
      return await sent(edit);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const kept = [`What you wrote is kept in ${file}`];
      // Another version is there: the editor would not help.
      if (!terminal.canAsk || (error instanceof CallFailure && error.status === 412)) {
        throw new Failure(error.exitCode, error.message, [...error.lines, ...kept]);
      }
      terminal.say([error.message, ...error.lines].join('\n'));
      if (!/^(y|yes|)$/i.test(await terminal.ask('Back to the editor? [Y/n] '))) {
        throw new Failure(EXIT.refused, 'nothing was changed', kept);
      }
    }
  }
}

async function sent({ context, input, before, file, send }: Edit): Promise<boolean> {
  const { terminal, printer } = context;
  const after = sorted(parseDocument(await readFile(file, 'utf8'), file)) as Body;
  const changed = differences(before, after);
  if (changed.length === 0) {
    terminal.say('Nothing was changed.');
    return true;
  }
  terminal.sayLines(changed.map((difference) => differenceLine(difference, printer.talkPaint)).join('\n'));
  if (terminal.canAsk && !input.has(YES_OPTION.name)) {
    const answer = await terminal.ask('Send this? [Y/n] ');
    if (!/^(y|yes|)$/i.test(answer)) throw new Failure(EXIT.refused, 'nothing was sent');
  }
  await send(mergePatch(before, after));
  terminal.say('Changed.');
  return true;
}
