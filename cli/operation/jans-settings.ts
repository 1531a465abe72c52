import { parseUrl } from '../../openapi/parse-url.ts';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readPrivateFile } from '../connection/private-file.ts';
import { checkedUrl, isLoopback, type Connection } from '../connection/source.ts';
import { usageFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** The address behind a host as jans-cli names it: https, unless it says otherwise or is this machine. */
export function urlOfHost(host: string, name: string): string {
  if (/^https?:\/\//.test(host)) return checkedUrl(host, name);
  const url = parseUrl(`http://${host}`);
  return checkedUrl(url !== undefined && isLoopback(url) ? url.href : `https://${host}`, name);
}

/** The connection that the environment describes in the words of jans-cli, when all three are there. */
export function jansEnvironment({ env }: Terminal): Connection | undefined {
  const { jans_host: host, jca_client_id: id, jca_client_secret: secret } = env;
  if (!host || !id || !secret) return undefined;
  const url = urlOfHost(host, 'jans_host');
  return { source: 'the environment (jans_host)', url, credential: { kind: 'client', id, secret } };
}

/** The connection in the settings of jans-cli, `~/.config/jans-cli.ini`. */
export async function jansIni({ env }: Terminal): Promise<Connection | undefined> {
  const path = join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'jans-cli.ini');
  const text = await readPrivateFile(path);
  if (text === undefined) return undefined;
  const lines = text.matchAll(/^\s*(\w+)\s*[=:]\s*(.*?)\s*$/gm);
  const settings = new Map([...lines].map(([, name = '', value = '']) => [name, value]));
  const [host, id, secret] = ['jans_host', 'jca_client_id', 'jca_client_secret'].map((name) => settings.get(name));
  if (!host || !id) return undefined;
  if (!secret)
    throw usageFailure(`${path} has no jca_client_secret in the clear; clientele login keeps one of its own`);
  return { source: path, url: urlOfHost(host, 'jans_host'), credential: { kind: 'client', id, secret } };
}
