import type { Operation } from '../../contract/contract.ts';
import { usageFailure } from '../../failure.ts';
import type { Shape } from '../../output/printer.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Calls } from '../../resource/calls.ts';
import { COLUMNS_OPTION, IF_MATCH_OPTION, OUTPUT_OPTION, type Command } from '../../command.ts';
import { bodyFields, bodyFrom, fieldOptions } from '../body.ts';
import { examplesFor } from '../examples.ts';
import { Readable } from '../listing/readable.ts';
import { sayOnce, type ResourceKit } from './kit.ts';

/** The actions on revisions, as the contract has them. */
export const READ_REVISION = 'get-revision';
export const RESTORE_REVISION = 'restore-revision';
/** Those on what was removed. */
export const RESTORE = 'restore';
export const PURGE = 'purge';

const columns = ['pointer', 'before', 'after'];
const DIFFERENCES: Shape = { id: 'pointer', columns, wraps: 'after', known: columns };

/**
 * `restore`: makes something what it was in a revision or, where what was removed can be restored, makes it again when there
 * is no number of one.
 */
export function restoreCommand(kit: ResourceKit, ofRevision: Operation): Command {
  const { contract, resource, idArgument } = kit;
  const ofRemoved = resource.actions.get(RESTORE);
  const fields = ofRemoved === undefined ? [] : bodyFields(contract, ofRemoved);
  return {
    words: [resource.noun, 'restore'],
    summary: `makes a ${resource.singular} what it was${ofRemoved ? ', or one again that was removed' : ''}`,
    ...(ofRemoved && { details: 'With the number of a revision what it was then; without one it was removed.' }),
    args: [
      idArgument,
      { name: 'revision', summary: 'the number of the revision', ...(ofRemoved && { optional: true }) },
    ],
    options: [...fieldOptions(fields, undefined), IF_MATCH_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} restore`),
    run: async (context, input) => {
      const [id = '', number] = input.args;
      const service = await context.service();
      const calls = service.of(resource);
      const ask = { ifMatch: input.value(IF_MATCH_OPTION.name) };
      const isRemoved = ofRemoved !== undefined && number === undefined;
      if (isRemoved && ask.ifMatch !== undefined) throw usageFailure('--if-match goes with the number of a revision');
      const body = isRemoved ? await bodyFrom(context, fields, input) : undefined;
      if (!isRemoved && fields.some(({ flag }) => input.has(flag)))
        throw usageFailure('what was removed is restored without the number of a revision');
      const reply = isRemoved
        ? await calls.act(ofRemoved, { named: [[resource.id, id]], body })
        : await calls.actOn(ofRevision, id, { ...ask, named: [['number', number ?? '']] });
      await new Readable(context, kit, service).print(asEntry(reply));
      sayOnce(context, asEntry(reply));
    },
  };
}

/** `compare`: what has changed from one revision to another. */
export function compareCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource, idArgument } = kit;
  return {
    words: [resource.noun, 'compare'],
    summary: `shows what has changed in a ${resource.singular} from one revision to another`,
    details: 'From the one before the last to the last, unless there are numbers; of one number from that to the last.',
    args: [
      idArgument,
      { name: 'from', summary: 'the number of the earlier revision', optional: true },
      { name: 'to', summary: 'the number of the later one', optional: true },
    ],
    options: [COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} compare`),
    run: async (context, input) => {
      const calls = (await context.service()).of(resource);
      const [, from, to] = input.args;
      const [last, previous] = from === undefined || to === undefined ? await newest(kit, calls, input.arg(0)) : [];
      const [number, compare] = [to ?? last, from ?? previous];
      if (number === undefined || compare === undefined)
        throw usageFailure(`there is only one revision of this ${resource.singular}, and nothing to compare it with`);
      const named = [['number', number] as const, ['compare', compare] as const];
      const { differences } = asEntry(await calls.actOn(operation, input.arg(0), { named }));
      await context.printer.list(only(asEntries(differences)), DIFFERENCES, 'Nothing is different.');
    },
  };
}

/** The numbers of the last two revisions, the last one first. */
async function newest({ resource }: ResourceKit, calls: Calls, text: string): Promise<string[]> {
  const list = resource.actions.get('revisions');
  if (list === undefined) return [];
  const reply = asEntry(await calls.actOn(list, text, { named: [['limit', '2']] }));
  return asEntries(reply['entries']).map(({ revision }) => String(revision));
}

async function* only(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}
