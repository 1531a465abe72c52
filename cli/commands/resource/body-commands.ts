import type { Operation } from '../../contract/contract.ts';
import { usageFailure } from '../../failure.ts';
import { bodyFrom, fieldOptions, FILE_OPTION, SET_OPTION, UNSET_OPTION } from '../body.ts';
import { IF_MATCH_OPTION, OUTPUT_OPTION, type Command } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import { listOptions, listQuery } from '../listing/list-query.ts';
import { Readable } from '../listing/readable.ts';
import { documentOf } from '../../transfer/document.ts';
import { isAdvised, NO_ADVICE, sayAdvice, wantsAdvice } from './advice.ts';
import { sayOnce, type ResourceKit } from './kit.ts';
import { sayStatement } from './statement-note.ts';

export function createCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, fields } = kit;
  return {
    words: [resource.noun, 'create'],
    summary: `makes a ${resource.singular}`,
    args: [],
    options: [
      ...fieldOptions(fields, operation),
      FILE_OPTION,
      { ...SET_OPTION, rare: true },
      ...(isAdvised(kit) ? [NO_ADVICE] : []),
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} create`),
    run: async (context, input) => {
      const body = await bodyFrom(context, fields, input);
      if (Object.keys(body).length === 0) {
        const [example] = examplesFor(`${resource.noun} create`);
        throw usageFailure(`nothing says what ${resource.singular} to make`, [
          ...(example === undefined ? [] : [`For example: ${example.line}`]),
          'Or --file FILE, in JSON or YAML.',
        ]);
      }
      const service = await context.service();
      const calls = service.of(resource);
      const entry = await calls.create(body);
      await new Readable(context, kit, service).print(entry);
      sayOnce(context, entry);
      sayStatement(context, { operation, body, entry });
      if (wantsAdvice(kit, input)) await sayAdvice(context, calls, body);
    },
  };
}

export function updateCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, fields, idArgument } = kit;
  const writable = fields.filter(({ path }) => path !== resource.id);
  const { create } = resource.operations;
  return {
    words: [resource.noun, 'update'],
    summary: `changes members of a ${resource.singular}, and leaves the others`,
    args: [idArgument],
    options: [
      ...fieldOptions(writable, create),
      FILE_OPTION,
      SET_OPTION,
      UNSET_OPTION,
      ...listOptions(operation),
      IF_MATCH_OPTION,
      ...(isAdvised(kit) ? [{ ...NO_ADVICE, rare: true }] : []),
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} update`),
    run: async (context, input) => {
      const changes = await bodyFrom(context, writable, input);
      if (Object.keys(changes).length === 0) throw usageFailure('nothing says what to change');
      const service = await context.service();
      const more = { named: listQuery(operation, input), ifMatch: input.value(IF_MATCH_OPTION.name) };
      const calls = service.of(resource);
      const entry = await calls.change(input.arg(0), changes, more);
      await new Readable(context, kit, service).print(entry);
      if (wantsAdvice(kit, input))
        await sayAdvice(
          context,
          calls,
          documentOf(entry, fields, (reference) => reference),
        );
    },
  };
}
