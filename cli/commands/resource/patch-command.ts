import type { Operation } from '../../contract/contract.ts';
import type { Field } from '../../contract/fields.ts';
import { assignmentOf, stepsOf } from '../../contract/values.ts';
import { usageFailure } from '../../failure.ts';
import { textFrom } from '../../text-source.ts';
import { parseDocument } from '../body.ts';
import { IF_MATCH_OPTION, OUTPUT_OPTION, type Command, type Option } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import { listOptions, listQuery } from '../listing/list-query.ts';
import { Readable } from '../listing/readable.ts';
import { sayOnce, type ResourceKit } from './kit.ts';

/** An operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

const step = (name: string, value: string, summary: string): Option => ({ name, value, repeats: true, summary });

const STEPS: readonly Option[] = [
  step('add', 'PATH=VALUE', 'adds a member, or at /- an entry of a list'),
  step('replace', 'PATH=VALUE', 'replaces a member'),
  step('remove', 'PATH', 'takes a member away'),
  step('test', 'PATH=VALUE', 'goes on only if the member has this value'),
  step('move', 'FROM=PATH', 'moves a member'),
  step('copy', 'FROM=PATH', 'copies a member'),
];

/** `attributes.requirePkce` or `attributes/requirePkce` as a JSON Pointer (RFC 6901). */
const pointerTo = (steps: readonly string[]): string =>
  steps.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The operation that an option of the command line stands for; its value has the type that the contract gives it. */
function patchOperation(fields: readonly Field[], op: string, text: string): PatchOperation {
  const where = `--${op}`;
  if (op === 'remove') return { op, path: pointerTo(stepsOf(fields, text, where)) };
  if (op === 'move' || op === 'copy') {
    const [from = '', path] = text.split('=');
    if (path === undefined) throw usageFailure(`${where} takes from=path, and there is no = in ${text}`);
    return { op, from: pointerTo(stepsOf(fields, from, where)), path: pointerTo(stepsOf(fields, path, where)) };
  }
  const { steps, value } = assignmentOf(fields, text, where);
  return { op, path: pointerTo(steps), value };
}

/** `patch`: a JSON Patch from options, in the order in which they are written, or from a file. */
export function patchCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, fields, idArgument } = kit;
  return {
    words: [resource.noun, 'patch'],
    summary: `applies a JSON Patch to a ${resource.singular}, all of it or nothing`,
    args: [idArgument],
    options: [
      ...STEPS,
      { name: 'file', short: 'f', value: 'FILE', takesPath: true, summary: 'a JSON Patch; - is standard input' },
      ...listOptions(operation),
      IF_MATCH_OPTION,
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} patch`),
    run: async (context, input) => {
      const file = input.value('file');
      const read = file === undefined ? [] : parseDocument(await textFrom(context.terminal, file, '--file'), file);
      if (!Array.isArray(read)) throw usageFailure(`${file ?? ''} holds no list of operations`);
      const written = input.given.filter(({ name }) => STEPS.some((option) => option.name === name));
      const steps = written.map(({ name, value }) => patchOperation(fields, name, value));
      const all = [...(read as unknown[]), ...steps];
      if (all.length === 0) throw usageFailure('nothing says what to change');
      const service = await context.service();
      const more = { named: listQuery(operation, input), ifMatch: input.value(IF_MATCH_OPTION.name) };
      const entry = await service.of(resource).patch(input.arg(0), all, more);
      await new Readable(context, kit, service).print(entry);
      sayOnce(context, entry);
    },
  };
}
