import { lookup } from '../../../openapi/lookup.ts';
import { cellOf } from '../../output/entry.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Service } from '../../resource/service.ts';
import type { Choice } from '../state/call.ts';

/** Where what is referred to is listed. */
const NOUNS: Readonly<Record<string, string>> = { scope: 'scopes', claim: 'claims', script: 'scripts' };

/** What a member can refer to: `scope`, `claim` or `script:<type>`. */
export async function choicesFor(service: Service, refs: string): Promise<Choice[]> {
  const [kind = '', type] = refs.split(':');
  const noun = lookup(NOUNS, kind);
  const calls = noun === undefined ? undefined : service.ofNoun(noun);
  if (calls === undefined) return [];
  const { id, name = id } = calls.resource;
  const found: Entry[] = [];
  for await (const { entries } of calls.pages()) found.push(...entries);
  const fitting = found.filter(({ scriptType }) => type === undefined || scriptType === type);
  return fitting.map((entry) => {
    const label = cellOf(entry[name] ?? entry[id], '');
    // Scripts are written by their DN, scopes and claims by name as well.
    const value = type === undefined ? label : cellOf(entry['dn'], '');
    const note = [entry['displayName'], entry['description']].find(
      (text) => typeof text === 'string' && text !== label,
    );
    return { label, value, ...(typeof note === 'string' && { note }) };
  });
}
