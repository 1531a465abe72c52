import type { Operation } from '../../contract/contract.ts';
import type { Context } from '../../context.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { COLUMNS_OPTION, OUTPUT_OPTION, type Command, type Input, type Option } from '../../command.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import type { Service } from '../../resource/service.ts';
import type { Named } from '../../resource/request.ts';
import { examplesFor } from '../examples.ts';
import { filterIn, WHERE } from '../listing/list-query.ts';
import type { ResourceKit } from '../resource/kit.ts';
import { lintFiles } from './lint-files.ts';
import { blocksOf, FOUND_SHAPE, headline, isFinding, RULES_SHAPE } from './lint-output.ts';

/** From the worst on. */
const LEVELS = ['error', 'warning'] as const;

/** `lint`: what the stored clients, or those in files, break of a security profile; it fails where that is bad enough. */
export function lintCommand(kit: ResourceKit, operation: Operation): Command {
  const profiles = operation.parameters.find(({ name }) => name === 'profile')?.schema.enum?.map(String) ?? [];
  return {
    words: ['lint'],
    summary: 'says what clients break of a security profile',
    details:
      'Of all stored clients or, with files or folders, of the clients in them before they are imported. The exit code is ' +
      '0 when nothing is found at --level or above, and 1 when something is.',
    args: [
      {
        name: 'path',
        summary: 'files or folders instead, as export writes them',
        optional: true,
        many: true,
        is: 'path',
      },
    ],
    options: [
      { ...AGAINST, choices: profiles, summary: `${profiles.join(', ')}; rfc9700 unless given` },
      {
        name: 'level',
        value: 'LEVEL',
        choices: LEVELS,
        summary: 'error or warning: what it fails for; error unless given',
      },
      { name: 'rule', value: 'RULE', summary: 'only this rule, and every stored client that breaks it' },
      { ...WHERE, summary: `only the stored clients that it finds: 'disabled eq false'` },
      COLUMNS_OPTION,
      OUTPUT_OPTION,
    ],
    examples: examplesFor('lint'),
    run: async (context, input) => {
      const level = levelOf(input);
      const profile = against(input, profiles);
      const stored = ['rule', WHERE.name].find((name) => input.has(name));
      if (input.args.length > 0 && stored !== undefined) throw usageFailure(`--${stored} is about stored clients`);
      const filter = Object.entries(filterIn(input, 'clients'));
      const clients = (await serviceFor(context, input, profiles)).of(kit.resource);
      const found =
        input.args.length > 0
          ? await lintFiles(context, clients, { paths: input.args, profile })
          : await lintStored(context, clients, { operation, profile, rule: input.value('rule'), filter });
      const bad = found.filter(({ severity }) => LEVELS.indexOf(severity as 'error') <= LEVELS.indexOf(level));
      if (bad.length > 0)
        throw new Failure(
          EXIT.refused,
          `${bad.length} ${bad.length === 1 ? 'finding' : 'findings'} of level ${level}${level === 'error' ? '' : ' or worse'}`,
        );
    },
  };
}

const AGAINST: Option = { name: 'against', value: 'PROFILE', summary: '' };

function levelOf(input: Input): (typeof LEVELS)[number] {
  const written = input.value('level') ?? 'error';
  const level = LEVELS.find((known) => known === written);
  if (level === undefined) throw usageFailure(`--level takes ${LEVELS.join(' or ')}, not ${written}`);
  return level;
}

function against(input: Input, profiles: readonly string[]): string {
  const profile = input.value(AGAINST.name) ?? profiles[0] ?? '';
  if (profiles.includes(profile)) return profile;
  throw usageFailure(`--against does not take ${profile}`, [`One of: ${profiles.join(', ')}`]);
}

/** The service; who means a security profile by `--profile` is told what that is, unless there is a connection called so. */
function serviceFor(context: Context, input: Input, profiles: readonly string[]): Promise<Service> {
  const written = input.value('profile') ?? '';
  return context.service().catch((error: unknown) => {
    if (!profiles.includes(written) || !(error instanceof Failure)) throw error;
    throw usageFailure(`--profile names a connection; the security profile is --against ${written}`);
  });
}

interface Asked {
  readonly operation: Operation;
  readonly profile: string;
  readonly rule: string | undefined;
  readonly filter: Named;
}

/** Prints the report, and returns the rules that clients break. */
async function lintStored(context: Context, clients: Calls, asked: Asked): Promise<Entry[]> {
  const { operation, profile, rule, filter } = asked;
  const named: Named = [['profile', profile], ...(rule === undefined ? [] : [['rule', rule] as const]), ...filter];
  const report = asEntry(await clients.act(operation, { named: [...named, ['limit', '0']] }));
  const rules = asEntries(report['rules']).filter(isFinding);
  const { printer, terminal } = context;
  if (report['complete'] !== true)
    terminal.say('Not every client has been judged since the last upgrade: there may be more. Ask again later.');
  const isForPeople = printer.isCard;
  if (isForPeople) await printer.text(`${headline(report)}\n${blocksOf(rules, terminal)}`);
  if (rule !== undefined) await printer.list(entriesOf(clients, operation, named), FOUND_SHAPE, 'No client breaks it.');
  else if (!isForPeople) await printer.list(once(rules), RULES_SHAPE, 'No client breaks a rule.');
  else if (rules.length > 0)
    terminal.say(`clientele lint --against ${profile} --rule ${String(rules[0]?.['rule'])} lists the clients.`);
  return rules;
}

async function* entriesOf(clients: Calls, operation: Operation, named: Named): AsyncGenerator<readonly Entry[]> {
  for await (const { entries } of clients.pagesOf(operation, named))
    yield entries.map((entry) => ({
      ...entry,
      where: asEntries(entry['findings']).map(({ pointer }) => String(pointer)),
    }));
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
