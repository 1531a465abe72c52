import { isIPv6 } from 'node:net';
import { parseUrl } from '../../openapi/parse-url.ts';

/** Schemes that lead somewhere else than to an app of one's own. */
const SCHEMES_OF_OTHERS = new Set([
  'http',
  'https',
  'ftp',
  'ws',
  'wss',
  'file',
  'javascript',
  'data',
  'blob',
  'about',
  'mailto',
  'tel',
  'sms',
  'vbscript',
]);

export const SCHEMES_HELD =
  'schemes of apps (cursor) and redirect URIs with one (vscode://vscode.microsoft-authentication)';
export const HOSTS_HELD = 'hosts (app.example, *.app.example)';

/** Whether a text is the scheme of an app, in lower case as schemes are compared, or a whole address with one. */
export function isRedirectScheme(entry: string): boolean {
  const [scheme = ''] = entry.toLowerCase().split(':');
  const isPrivate = /^[a-z][a-z\d+.-]*$/.test(scheme) && !SCHEMES_OF_OTHERS.has(scheme);
  return isPrivate && (entry === scheme || (entry.includes(':') && parseUrl(entry) !== undefined));
}

/** A host, or `*.` and a host for its subdomains, in the spelling of `URL`; undefined for another text. */
export function redirectHost(entry: string): string | undefined {
  const [, wildcard = '', rest = ''] = /^(\*\.)?(.*)$/.exec(entry) ?? [];
  const host = rest.includes(':') ? undefined : hostIn(rest);
  return host === undefined ? undefined : wildcard + host;
}

/** The host in a text that is a host, or a host with a port, and nothing else; in the spelling of `URL`. */
export function hostIn(text: string): string | undefined {
  const [, name = '', port = ''] =
    /^(\[[^\]]*\]|[^:[\]/?#@\\*]+)(:\d{1,5})?$/.exec(isIPv6(text) ? `[${text}]` : text) ?? [];
  const url = name === '' ? undefined : parseUrl(`https://${name}`);
  return url && url.hostname + port;
}
