import { setTimeout as wait } from 'node:timers/promises';
import { Api } from '../../connection/api.ts';
import { EVERYDAY_FLAGS } from '../../connection/flags.ts';
import { Session } from '../../connection/session.ts';
import { findConnection } from '../../connection/source.ts';
import type { Contract } from '../../contract/contract.ts';
import { resourcesOf, type Resource } from '../../contract/resources.ts';
import { cellOf } from '../../output/entry.ts';
import type { Terminal } from '../../terminal.ts';
import { hasPages, page, type Query } from '../listing/paging.ts';

/** The word by which the scripts of `completion` ask for ids: noun, what is written of the id, the line so far. */
export const COMPLETE_IDS = '__complete-ids';

/** Whoever presses a key does not wait longer. */
const PATIENCE = 2_000;
const MOST = 100;
/** What stands in a command line without quotes: ids that a stranger has chosen get there. */
const PLAIN = /^[\w.:/@+-]+$/;

/** Writes the ids that begin so, or nothing when they cannot be had at once: a completion has no errors to show. */
export async function completeIds(argv: readonly string[], terminal: Terminal, contract: Contract): Promise<void> {
  const [, noun = '', word = '', ...line] = argv;
  const resource = resourcesOf(contract).find((candidate) => candidate.noun === noun);
  // Another service than the one that the rest of the line is about has other ids.
  if (resource === undefined || line.some((token) => /^--(url|as|access-token)(=|$)/.test(token))) return;
  const quiet: Terminal = { ...terminal, canAsk: false, say: () => undefined };
  const profile = line[line.indexOf('--profile') + 1];
  const found = await Promise.race([
    idsFrom(quiet, { resource, word, profile: line.includes('--profile') ? profile : undefined }).catch(() => []),
    wait(PATIENCE, []),
  ]);
  await terminal.write(found.map((id) => `${id}\n`).join(''));
}

interface Wanted {
  readonly resource: Resource;
  readonly word: string;
  readonly profile: string | undefined;
}

async function idsFrom(terminal: Terminal, { resource, word, profile }: Wanted): Promise<string[]> {
  const { list } = resource.operations;
  if (list === undefined) return [];
  const member = resource.name ?? resource.id;
  const isSearched = list.parameters.some(({ name }) => name === 'fieldValuePair');
  const from = `${member}>=${word.replace(/[\\,]/g, String.raw`\$&`)}`;
  const query: Query = [
    ...(isSearched ? [['sortBy', member] as const, ...(word === '' ? [] : [['fieldValuePair', from] as const])] : []),
    ...(hasPages(list) ? [['limit', String(MOST)] as const] : []),
  ];
  const connection = await findConnection(terminal, { profile }, EVERYDAY_FLAGS);
  const { entries } = await page(new Api(new Session(terminal, connection)), list, query);
  return entries
    .map((entry) => cellOf(entry[member], ''))
    .filter((id) => id.startsWith(word) && PLAIN.test(id))
    .slice(0, MOST);
}
