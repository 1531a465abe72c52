import { setTimeout as wait } from 'node:timers/promises';
import { OUTPUT_OPTION, type Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { Operation } from '../../contract/contract.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Shape } from '../../output/printer.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import { bodyFields, bodyFrom, fieldOptions } from '../body.ts';
import { examplesFor } from '../examples.ts';
import { filterIn, WHERE } from '../listing/list-query.ts';
import type { ResourceKit } from '../resource/kit.ts';

const columns = ['decision', 'clients', 'reason', 'examples'];
const REASONS: Shape = { id: 'reason', columns, wraps: 'reason', known: columns };
const REPLAY: Shape = { id: 'id', columns: ['id', 'state'], known: [] };

/** In milliseconds, between two looks at how far it is. */
const PAUSE = 500;
const GOING_ON: readonly unknown[] = ['waiting', 'running'];

/** `replay`: what a script would do to the clients that there are. It waits for the end. */
export function replayCommand(kit: ResourceKit, start: Operation, read: Operation): Command {
  const { contract, resource, idArgument } = kit;
  const fields = bodyFields(contract, start).filter(({ path }) => path !== 'filter');
  return {
    words: [resource.noun, 'replay'],
    summary: 'tries a script on the clients that there are',
    details: 'Nothing is changed. The service goes on when you leave; --id reads what it has found.',
    args: [idArgument],
    options: [
      ...fieldOptions(fields, undefined),
      { ...WHERE, summary: `only on those: 'disabled eq false and grantTypes eq "implicit"'` },
      { name: 'id', value: 'ID', summary: 'reads a replay that was begun, and begins none' },
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} replay`),
    run: async (context, input) => {
      const calls = (await context.service()).of(resource);
      const script = input.arg(0);
      const body = { ...(await bodyFrom(context, fields, input)), ...filterIn(input, 'clients') };
      const begun = input.value('id') ?? String(asEntry(await calls.actOn(start, script, { body }))['id']);
      await tell(context, await ended(calls, read, [script, begun]));
    },
  };
}

async function ended(calls: Calls, read: Operation, [script, id]: readonly [string, string]): Promise<Entry> {
  for (;;) {
    const replay = asEntry(await calls.actOn(read, script, { named: [['replay', id]] }));
    if (!GOING_ON.includes(replay['state'])) return replay;
    await wait(PAUSE);
  }
}

async function tell({ printer, terminal }: Context, replay: Entry): Promise<void> {
  const { id, state, done, passed, changed, refused, failed } = replay;
  if (printer.isTable) {
    await printer.list(only(asEntries(replay['reasons'])), REASONS, 'It lets all of them pass as they are.');
    const counts = [`${String(passed)} pass`, `${String(changed)} changed`, `${String(refused)} refused`];
    terminal.say(`Of ${String(done)} clients: ${counts.join(', ')}, ${String(failed)} where it fails.`);
  } else await printer.one(replay, REPLAY);
  if (state !== 'done') throw new Failure(EXIT.refused, `the replay ${String(id)} is ${String(state)}`);
}

async function* only(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}
