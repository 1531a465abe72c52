import { lookup } from '../../../openapi/lookup.ts';
import {
  chooseProfile,
  chosenProfile,
  configFolder,
  loadProfiles,
  type Credential,
} from '../../connection/profiles.ts';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import type { Entry } from '../../resource/entry.ts';
import { didYouMean } from '../../suggestion.ts';
import type { Input } from '../../command.ts';

const COLUMNS = ['profile', 'url', 'as', 'used'];

/** `profiles`: what login has kept, or which of them is used. */
export async function profiles({ terminal, printer }: Context, input: Input): Promise<void> {
  const folder = configFolder(terminal);
  const kept = await loadProfiles(folder);
  const [name] = input.args;
  if (name !== undefined) {
    const profile = lookup(kept, name);
    if (profile === undefined) {
      throw usageFailure(`there is no profile ${name}${didYouMean(name, Object.keys(kept))}; login makes one`);
    }
    await chooseProfile(folder, name);
    terminal.say(`Commands use profile ${name} from now on: ${profile.url}`);
    if (isElsewhere(terminal.env)) terminal.say('The environment goes before it: CLIENTELE_URL is set.');
    return;
  }
  const used = await chosenProfile(folder);
  const entries = Object.entries(kept)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([profile, { url, credential }]) => ({ profile, url, as: nameOf(credential), used: profile === used }));
  const none = 'There are no profiles; clientele login makes one.';
  await printer.list(only(entries), { id: 'profile', columns: COLUMNS, known: COLUMNS }, none);
}

const isElsewhere = (env: Context['terminal']['env']): boolean => (env['CLIENTELE_URL'] ?? '') !== '';

const nameOf = (credential: Credential): string => (credential.kind === 'token' ? '(a token)' : credential.id);

async function* only(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}
