import { setTimeout as wait } from 'node:timers/promises';
import type { Contract } from '../../contract/contract.ts';
import { resourcesOf, type Resource } from '../../contract/resources.ts';
import { cellOf } from '../../output/entry.ts';
import type { Terminal } from '../../terminal.ts';
import { hasPages } from '../../resource/paging.ts';
import type { Named } from '../../resource/request.ts';
import type { Service } from '../../resource/service.ts';

/** The word by which the scripts of `completion` ask for ids: noun, what is written of the id, the line so far. */
export const COMPLETE_IDS = '__complete-ids';

/** Whoever presses a key does not wait longer. */
const PATIENCE = 2_000;
const MOST = 100;
/** What stands in a command line without quotes: ids that a stranger has chosen get there. */
const PLAIN = /^[\w.:/@+-]+$/;

/** The service that a profile is about, or without one the surroundings. */
export type Open = (terminal: Terminal, profile: string | undefined) => Promise<Service>;

/** Writes the ids that begin so, or nothing when they cannot be had at once: a completion has no errors to show. */
export async function completeIds(
  argv: readonly string[],
  terminal: Terminal,
  { contract, open }: { contract: Contract; open: Open },
): Promise<void> {
  const [, noun = '', word = '', ...line] = argv;
  const resource = resourcesOf(contract).find((candidate) => candidate.noun === noun);
  // Another service than the one that the rest of the line is about has other ids.
  if (resource === undefined || line.some((token) => /^--(url|as|access-token)(=|$)/.test(token))) return;
  const quiet: Terminal = { ...terminal, canAsk: false, say: () => undefined };
  const profile = line[line.indexOf('--profile') + 1];
  const found = await Promise.race([
    open(quiet, line.includes('--profile') ? profile : undefined)
      .then((service) => idsFrom(service, resource, word))
      .catch(() => []),
    wait(PATIENCE, []),
  ]);
  await terminal.write(found.map((id) => `${id}\n`).join(''));
}

async function idsFrom(service: Service, resource: Resource, word: string): Promise<string[]> {
  const { list } = resource.operations;
  if (list === undefined) return [];
  const member = resource.sharesNames === true ? resource.id : (resource.name ?? resource.id);
  const isSearched = list.parameters.some(({ name }) => name === 'fieldValuePair');
  const from = `${member}>=${word.replace(/[\\,]/g, String.raw`\$&`)}`;
  const named: Named = [
    ...(isSearched ? [['sortBy', member] as const, ...(word === '' ? [] : [['fieldValuePair', from] as const])] : []),
    ...(hasPages(list) ? [['limit', String(MOST)] as const] : []),
  ];
  const { entries } = await service.of(resource).list(named);
  return entries
    .map((entry) => cellOf(entry[member], ''))
    .filter((id) => id.startsWith(word) && PLAIN.test(id))
    .slice(0, MOST);
}
