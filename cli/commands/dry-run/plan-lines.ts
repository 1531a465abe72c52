import type { Entry } from '../../resource/entry.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import { differenceLine } from '../../transfer/differences.ts';
import { oneLine, type Paint } from '../../output/text.ts';

/** A plan for a person: what would change, why it would be refused or what is advised, and whom it reaches. */
export function planLines(plan: Entry, paint: Paint): string {
  const more = Number(plan['moreChanges'] ?? 0);
  const lines = [
    ...asEntries(plan['changes'] ?? []).map((change) => changeLine(change, paint)),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...asEntries(plan['findings'] ?? []).map((finding) => findingLine(finding, paint)),
    ...reachLines(asEntry(plan['reach'] ?? {})),
  ];
  const none = Number(plan['status']) < 400 ? ['nothing would change'] : [];
  return (lines.length > 0 ? lines : none).map((line) => `${line}\n`).join('');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? oneLine(value) : '');

const placeOf = (pointer: unknown): string => textOf(pointer).replace(/^\//, '').replaceAll('/', '.');

function changeLine({ kind, inum, pointer, before, after }: Entry, paint: Paint): string {
  const what = `${textOf(kind)} ${textOf(inum)}`;
  if (pointer === '') return `${what}  ${paint('red', 'removed')}`;
  return `${what}  ${differenceLine({ path: placeOf(pointer), before, after }, paint)}`;
}

function findingLine({ severity, pointer, detail, rule, section }: Entry, paint: Paint): string {
  const place = placeOf(pointer ?? '');
  const source = [rule, section].map(textOf).filter((text) => text !== '');
  const about = source.length > 0 ? ` (${source.join(', ')})` : '';
  const isError = severity === 'error';
  const text = `${place === '' ? '' : `${place}: `}${textOf(detail)}${about}`;
  return `${paint(isError ? 'red' : 'yellow', isError ? 'refused' : 'advice')}  ${text}`;
}

/** What is told of whom it reaches, in this order. */
const REACH: readonly (readonly [name: string, words: string])[] = [
  ['lastAccessTime', 'used last'],
  ['liveTokens', 'tokens that may live'],
  ['scopesGained', 'scopes gained'],
  ['scopesLost', 'scopes lost'],
  ['sharesKeys', 'shares its keys with'],
  ['sharesRedirectHosts', 'shares redirect hosts with'],
  ['clients', 'clients that have it'],
];

function reachLines(reach: Entry): string[] {
  const told = REACH.flatMap(([name, words]) => {
    const value = reach[name];
    const text = Array.isArray(value)
      ? value.map(textOf).join(', ')
      : oneLine(typeof value === 'number' ? String(value) : textOf(value));
    return text === '' ? [] : [`reach  ${words}: ${text}`];
  });
  return [...told, ...(reach['locksOutAdministrators'] === true ? ['reach  administrators would be locked out'] : [])];
}
