import { homedir } from 'node:os';
import { join } from 'node:path';
import { usageFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export const DEFAULT_PROFILE = 'default';

/** What proves who calls. */
export type Credential =
  | { readonly kind: 'client'; readonly id: string; readonly secret: string }
  | { readonly kind: 'token'; readonly token: string }
  /** From the device flow: the token is renewed with it. */
  | { readonly kind: 'refresh'; readonly id: string; readonly secret?: string; readonly refreshToken?: string };

/** What the metadata of a service leaves to whoever asks for a token. */
export interface TokenWishes {
  /** The authorization server, of those that the service names (RFC 9728). */
  readonly issuer?: string | undefined;
  /** Separated by blanks. */
  readonly scope?: string | undefined;
  /** What the token is for (RFC 8707). */
  readonly resource?: string | undefined;
}

export interface Profile {
  readonly url: string;
  readonly credential: Credential;
  readonly wishes?: TokenWishes;
}

type Profiles = Readonly<Record<string, Profile>>;

/** The folder for what the program keeps for its user. */
export function configFolder({ env }: Terminal): string {
  const base = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(base, 'clientele');
}

const profilesPath = (folder: string): string => join(folder, 'profiles.json');

/** The connections that `login` has kept, by name. */
export async function loadProfiles(folder: string): Promise<Profiles> {
  const text = await readPrivateFile(profilesPath(folder));
  if (text === undefined) return {};
  try {
    return { ...(JSON.parse(text) as Profiles) };
  } catch {
    throw usageFailure(`${profilesPath(folder)} is not JSON`);
  }
}

const chosenPath = (folder: string): string => join(folder, 'chosen-profile');

/** The profile that commands use unless one is named. */
export async function chosenProfile(folder: string): Promise<string> {
  const name = (await readPrivateFile(chosenPath(folder)))?.trim();
  return name === undefined || name === '' ? DEFAULT_PROFILE : name;
}

export const chooseProfile = (folder: string, name: string): Promise<void> =>
  writePrivateFile(chosenPath(folder), `${name}\n`);

/** Keeps a profile under this name, or with undefined forgets it. */
export async function saveProfile(folder: string, name: string, profile: Profile | undefined): Promise<void> {
  const { [name]: _replaced, ...others } = await loadProfiles(folder);
  const profiles = profile === undefined ? others : { ...others, [name]: profile };
  await writePrivateFile(profilesPath(folder), `${JSON.stringify(profiles, null, 2)}\n`);
  const isGone = profile === undefined && (await chosenProfile(folder)) === name;
  if (isGone) await chooseProfile(folder, DEFAULT_PROFILE);
}
