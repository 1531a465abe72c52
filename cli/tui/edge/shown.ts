import { EXIT, Failure } from '../../failure.ts';
import { oneLine } from '../../output/text.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { differences } from '../../transfer/differences.ts';

/** Members that change by use, and a secret, which no list has. */
const OF_USE: ReadonlySet<string> = new Set([
  'lastAccessTime',
  'lastLogonTime',
  'lastUsed',
  'usesLeft',
  'scriptError',
  'clientSecret',
]);

/**
 * The version (ETag) of an entry that is still as it was shown to who agreed to something about it. Throws where it was
 * changed since, or is gone: a list may be as old as one likes.
 */
export async function versionShown(calls: Calls, id: string, shown: Entry): Promise<string | undefined> {
  const found = await calls.find(id);
  if (found === undefined) throw new Failure(EXIT.refused, `${oneLine(id)} is not there any more`);
  const members = differences(shown, found.entry)
    .map(({ path }) => path)
    .filter((path) => !OF_USE.has(path.split('.')[0] ?? ''));
  if (members.length === 0) return found.etag;
  throw new Failure(EXIT.refused, `${oneLine(id)} was changed since it was shown; F5 in the list reads it again`, [
    `Changed: ${oneLine(members.join(', '))}`,
  ]);
}
