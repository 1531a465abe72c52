import { parseUrl } from '../../openapi/parse-url.ts';
import { join } from 'node:path';
import { lookup } from '../../openapi/lookup.ts';
import { usageFailure } from '../failure.ts';
import { didYouMean } from '../suggestion.ts';
import type { Terminal } from '../terminal.ts';
import { secretFrom } from '../text-source.ts';
import { readPrivateFile } from './private-file.ts';
import { chosenProfile, configFolder, loadProfiles, type Credential, type TokenWishes } from './profiles.ts';

/** Where to connect and as whom; both come from one source, never one from here and one from there. */
export interface Connection {
  /** The source in words: `the command line`, `profile staging`. */
  readonly source: string;
  /** Address of the service, without a slash at the end. */
  readonly url: string;
  readonly credential: Credential;
  readonly wishes?: TokenWishes;
  readonly profile?: string;
}

/** What the command line says about the connection. */
export interface ConnectionFlags {
  readonly url?: string | undefined;
  readonly as?: string | undefined;
  readonly secretFile?: string | undefined;
  /** A secret as an argument, which only the style of jans-cli takes. */
  readonly secret?: string | undefined;
  readonly accessToken?: string | undefined;
  readonly profile?: string | undefined;
}

/** The names that the flags have in the style that is used, for what is said about them. */
export interface FlagNames {
  readonly url: string;
  readonly as: string;
  readonly secret: string;
}

/** Finds the first source that says anything, and takes all of it: flags, environment, profile, first-start file. */
export async function findConnection(
  terminal: Terminal,
  flags: ConnectionFlags,
  names: FlagNames,
): Promise<Connection> {
  const found =
    (await fromFlags(terminal, flags, names)) ??
    (flags.profile === undefined ? fromEnvironment(terminal) : undefined) ??
    (await fromProfile(terminal, flags.profile)) ??
    (await fromFirstStart(terminal));
  if (found !== undefined) return found;
  throw usageFailure('nothing says where to connect', [
    'In the folder of a service that was started there, its credentials are found in data/admin-client.json.',
    'Elsewhere: clientele login --url https://id.example.com --as ID',
    'Or set CLIENTELE_URL with CLIENTELE_CLIENT_ID and CLIENTELE_CLIENT_SECRET, or with CLIENTELE_ACCESS_TOKEN.',
  ]);
}

async function fromFlags(
  terminal: Terminal,
  flags: ConnectionFlags,
  names: FlagNames,
): Promise<Connection | undefined> {
  const { url, as, secretFile, secret, accessToken, profile } = flags;
  if ([url, as, secretFile, secret, accessToken].every((value) => value === undefined)) return undefined;
  if (profile !== undefined) throw usageFailure('--profile says where to connect; leave the other flags out');
  if (url === undefined) throw usageFailure(`${names.url} is missing: address and credential come from one source`);
  const source = 'the command line';
  const address = checkedUrl(url, names.url);
  if (accessToken !== undefined) {
    const token = await tokenFrom(terminal, accessToken);
    return { source, url: address, credential: { kind: 'token', token } };
  }
  const clear = secretFile === undefined ? secret : await secretFrom(terminal, secretFile, names.secret);
  if (as === undefined || clear === undefined) {
    throw usageFailure(`${names.url} needs ${names.as} with ${names.secret}, or --access-token`);
  }
  return { source, url: address, credential: { kind: 'client', id: as, secret: clear } };
}

/** A token begins as every JWT does; anything else is the name of a file. */
async function tokenFrom(terminal: Terminal, text: string): Promise<string> {
  if (!/^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(text)) return secretFrom(terminal, text, '--access-token');
  terminal.say('Warning: other users of this machine can see a token in the arguments; give a file, or - for input.');
  return text;
}

function fromEnvironment({ env }: Terminal): Connection | undefined {
  const [url, id, secret, token] = ['URL', 'CLIENT_ID', 'CLIENT_SECRET', 'ACCESS_TOKEN'].map(
    (name) => env[`CLIENTELE_${name}`] || undefined,
  );
  if (url === undefined && id === undefined && secret === undefined && token === undefined) return undefined;
  if (url === undefined) throw usageFailure('CLIENTELE_URL is missing: address and credential come from one source');
  const source = 'the environment';
  const address = checkedUrl(url, 'CLIENTELE_URL');
  if (token !== undefined && id === undefined) return { source, url: address, credential: { kind: 'token', token } };
  if (id !== undefined && secret !== undefined && token === undefined) {
    const [issuer, scope, resource] = ['ISSUER', 'SCOPE', 'RESOURCE'].map(
      (name) => env[`CLIENTELE_${name}`] || undefined,
    );
    return { source, url: address, credential: { kind: 'client', id, secret }, wishes: { issuer, scope, resource } };
  }
  throw usageFailure(
    'CLIENTELE_URL needs CLIENTELE_CLIENT_ID and CLIENTELE_CLIENT_SECRET, or CLIENTELE_ACCESS_TOKEN alone',
  );
}

async function fromProfile(terminal: Terminal, name: string | undefined): Promise<Connection | undefined> {
  const folder = configFolder(terminal);
  const profiles = await loadProfiles(folder);
  const used = name ?? (await chosenProfile(folder));
  const profile = lookup(profiles, used);
  if (profile === undefined) {
    if (name === undefined) return undefined;
    throw usageFailure(`there is no profile ${name}${didYouMean(name, Object.keys(profiles))}; login makes one`);
  }
  return {
    source: `profile ${used}`,
    profile: used,
    url: checkedUrl(profile.url, 'its url'),
    credential: profile.credential,
    ...(profile.wishes && { wishes: profile.wishes }),
  };
}

/** The file that the first start of a service writes, in the folder where it was started. */
async function fromFirstStart({ cwd, env }: Terminal): Promise<Connection | undefined> {
  const path = join(env['DATA_DIR'] ?? join(cwd, 'data'), 'admin-client.json');
  const text = await readPrivateFile(path);
  if (text === undefined) return undefined;
  const { client_id: id, client_secret: secret, token_endpoint: endpoint } = parseFirstStart(path, text);
  if (id === undefined || secret === undefined || endpoint === undefined) {
    throw usageFailure(`${path} is not what a first start writes`);
  }
  const url = checkedUrl(endpoint.replace(/\/jans-auth\/restv1\/token$/, ''), `token_endpoint in ${path}`);
  // The secret is for the issuer that made it, not for another one that the service trusts by now.
  return { source: path, url, credential: { kind: 'client', id, secret }, wishes: { issuer: url } };
}

function parseFirstStart(path: string, text: string): Record<string, string | undefined> {
  try {
    return JSON.parse(text) as Record<string, string | undefined>;
  } catch {
    throw usageFailure(`${path} is not JSON`);
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether an address leads to this machine only, where http is safe. */
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

/** The address without a slash at its end; throws unless it is https, or http to this machine. */
export function checkedUrl(text: string, name: string): string {
  const url = parseUrl(text);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw usageFailure(`${name} is not an address: ${text}; it looks like https://id.example.com`);
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw usageFailure(`${name} has more than an address in it`);
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw usageFailure(`${name} is http, which everybody on the way can read; only localhost may be reached so`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
