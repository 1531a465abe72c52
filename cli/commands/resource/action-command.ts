import type { Operation } from '../../contract/contract.ts';
import type { Resource } from '../../contract/resources.ts';
import type { Entry } from '../../resource/entry.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import { bodyFields, bodyFrom, fieldOptions, FILE_OPTION } from '../body.ts';
import { COLUMNS_OPTION, IF_MATCH_OPTION, OUTPUT_OPTION, type Command } from '../../command.ts';
import { examplesFor } from '../examples.ts';
import { listOptions, listQuery } from '../listing/list-query.ts';
import { Readable } from '../listing/readable.ts';
import { sayOnce, shapeOfReply, type ResourceKit } from './kit.ts';
import { actionSummary, matchOption, placeArgument, placed, placesOf } from './places.ts';

/** What else can be done: with one of the things where the first argument is its id, or with all of them. */
export function actionCommand(kit: ResourceKit, verb: string, operation: Operation): Command {
  const { contract, resource, shape } = kit;
  const fields = bodyFields(contract, operation);
  const places = placesOf(operation);
  const isAboutOne = places[0]?.name === resource.id;
  const isList = contract.resolve(operation.reply ?? {}).type === 'array';
  return {
    words: [resource.noun, verb],
    summary: actionSummary(operation),
    args: places.map((place) => placeArgument(resource, place)),
    options: [
      ...fieldOptions(fields, undefined),
      ...(fields.length > 0 ? [FILE_OPTION] : []),
      ...matchOption(operation),
      ...listOptions(operation),
      ...(isList ? [COLUMNS_OPTION] : []),
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} ${verb}`),
    run: async (context, input) => {
      const body = fields.length === 0 ? undefined : await bodyFrom(context, fields, input);
      const given = placed(places, input);
      const named = [...(isAboutOne ? given.slice(1) : given), ...listQuery(operation, input)];
      const ask = { named, body, ifMatch: input.value(IF_MATCH_OPTION.name) };
      const service = await context.service();
      const calls = service.of(resource);
      const reply = isAboutOne ? await calls.actOn(operation, input.arg(0), ask) : await calls.act(operation, ask);
      if (isList) {
        const entries = asEntries(reply);
        if (context.printer.isTable) entries.sort(byName(resource));
        return context.printer.list(only(entries), shape, `There are no ${resource.singular}s like that.`);
      }
      if (reply === undefined) {
        context.terminal.say('Done.');
        return;
      }
      await new Readable(context, { ...kit, shape: shapeOfReply(kit, operation) }, service).print(asEntry(reply));
      sayOnce(context, asEntry(reply));
    },
  };
}

/** As a table for people is sorted. */
const byName =
  ({ id, name = id }: Resource) =>
  (left: Entry, right: Entry): number =>
    String(left[name]) < String(right[name]) ? -1 : 1;

async function* only(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}
