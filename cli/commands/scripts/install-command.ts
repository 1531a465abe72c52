import { COLUMNS_OPTION, OUTPUT_OPTION, type Command, type Input } from '../../command.ts';
import type { Operation } from '../../contract/contract.ts';
import { usageFailure } from '../../failure.ts';
import type { Shape } from '../../output/printer.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import { asEntries } from '../../resource/reply.ts';
import { didYouMean } from '../../suggestion.ts';
import { examplesFor } from '../examples.ts';
import { Readable } from '../listing/readable.ts';
import type { ResourceKit } from '../resource/kit.ts';

const columns = ['name', 'description', 'properties'];
const CATALOG: Shape = { id: 'name', columns, wraps: 'description', known: [...columns, 'level', 'page', 'script'] };

/** `catalog`: the scripts that come with the service. */
export function catalogCommand({ resource }: ResourceKit, operation: Operation): Command {
  return {
    words: [resource.noun, 'catalog'],
    summary: 'lists the scripts that come with the service',
    args: [],
    options: [COLUMNS_OPTION, OUTPUT_OPTION],
    examples: examplesFor(`${resource.noun} catalog`),
    run: async (context) => {
      const entries = asEntries(await (await context.service()).of(resource).act(operation, {}));
      const { isTable } = context.printer;
      const shown = isTable ? entries.map((entry) => ({ ...entry, properties: namesOf(entry).join(' ') })) : entries;
      await context.printer.list(only(shown), CATALOG);
    },
  };
}

const namesOf = (entry: Entry): string[] => asEntries(entry['properties']).map(({ name }) => String(name));

/** `install`: creates a script of the catalog, which decides from then on. */
export function installCommand(kit: ResourceKit, operation: Operation): Command {
  const { resource } = kit;
  return {
    words: [resource.noun, 'install'],
    summary: 'turns on a script that comes with the service',
    details: 'What it is configured with is in the catalog. An installed script is changed and removed like any other.',
    args: [{ name: 'name', summary: 'its name in the catalog' }],
    options: [
      { name: 'property', value: 'NAME=VALUE', repeats: true, summary: 'what it is configured with' },
      { name: 'level', value: 'N', summary: 'its place among the scripts, where it is to be another one' },
      { name: 'disabled', summary: 'does not let it run yet' },
      OUTPUT_OPTION,
    ],
    examples: examplesFor(`${resource.noun} install`),
    run: async (context, input) => {
      const service = await context.service();
      const calls = service.of(resource);
      const made = await calls.create(bodyOf(await chosen(calls, operation, input.arg(0)), input));
      await new Readable(context, kit, service).print(made);
    },
  };
}

async function chosen(calls: Calls, operation: Operation, name: string): Promise<Entry> {
  const entries = asEntries(await calls.act(operation, {}));
  const found = entries.find((entry) => entry['name'] === name);
  if (found !== undefined) return found;
  const names = entries.map((entry) => String(entry['name']));
  throw usageFailure(`the catalog has no ${name}${didYouMean(name, names)}`, [`One of: ${names.join(', ')}`]);
}

function bodyOf(entry: Entry, input: Input): Body {
  const { name, description, script, scriptType, programmingLanguage, level } = entry;
  return {
    ...{ name, description, script, scriptType, programmingLanguage },
    level: levelIn(input.value('level')) ?? level,
    enabled: !input.has('disabled'),
    configurationProperties: propertiesIn(entry, input.values('property')),
  };
}

function levelIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw usageFailure(`--level is a number, not ${text}`);
  return Number(text);
}

function propertiesIn(entry: Entry, given: readonly string[]): { value1: string; value2: string }[] {
  const known = asEntries(entry['properties']);
  const names = known.map(({ name }) => String(name));
  const properties = given.map((text) => {
    const [, value1 = '', value2 = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (value1 === '') throw usageFailure(`--property takes NAME=VALUE, and not ${text}`);
    if (names.includes(value1)) return { value1, value2 };
    const lines = names.length === 0 ? [] : [`One of: ${names.join(', ')}`];
    throw usageFailure(`--property: ${String(entry['name'])} has no ${value1}${didYouMean(value1, names)}`, lines);
  });
  const missing = known.find(
    ({ name, required }) => required === true && !properties.some((one) => one.value1 === name),
  );
  if (missing === undefined) return properties;
  const { name, description } = missing;
  throw usageFailure(`--property ${String(name)}=… is needed`, [String(description)]);
}

async function* only(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}
