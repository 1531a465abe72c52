import { parseUrl } from '../../../openapi/parse-url.ts';
import { isIPv6 } from 'node:net';

/**
 * A URI in its parts, as it is written. Nothing is repaired or decoded: what one parser repairs, another one refuses
 * or takes for something else, and that difference is what attackers look for.
 */
export interface Uri {
  /** In lower case, as schemes are compared. */
  readonly scheme: string;
  readonly userinfo?: string;
  /** In lower case; empty when the URI has an authority without one, undefined when it has no authority. */
  readonly host?: string;
  readonly port?: string;
  readonly fragment?: string;
}

/** RFC 3986 appendix B, with a scheme. */
const URI = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?[^?#]*(?:\?[^#]*)?(?:#(.*))?$/is;
const AUTHORITY = /^(?:(.*)@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/s;

/** The parts of an absolute URI, or undefined for a text that has no scheme. */
export function parseUri(text: string): Uri | undefined {
  const [, scheme, authority, fragment] = URI.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  const [, userinfo, host, port] = authority === undefined ? [] : (AUTHORITY.exec(authority) ?? []);
  return {
    scheme: scheme.toLowerCase(),
    ...(userinfo !== undefined && { userinfo }),
    ...(authority !== undefined && { host: (host ?? '').toLowerCase() }),
    ...(port !== undefined && { port }),
    ...(fragment !== undefined && { fragment }),
  };
}

const WEB = ['http', 'https'];
/** RFC 8252 section 7.3, and the name that OpenID Connect registration allows for it. */
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

export const isWeb = (uri: Uri | undefined): boolean => uri !== undefined && WEB.includes(uri.scheme);
export const isHttps = (uri: Uri | undefined): boolean => uri?.scheme === 'https' && (uri.host ?? '') !== '';
export const isLoopback = (uri: Uri | undefined): boolean => LOOPBACK.includes(uri?.host ?? '');
/** Whether an address leads to an app on the device: http on a loopback address, or a scheme of the app's own (RFC 8252 section 7). */
export const isOnDevice = (uri: Uri | undefined): boolean =>
  uri !== undefined && (!isWeb(uri) || (uri.scheme === 'http' && isLoopback(uri)));
/** Whether a host leads to the device that asks, under any name that it has there. */
export const isThisDevice = (uri: Uri | undefined): boolean =>
  isLoopback(uri) || /^(127\.[\d.]+|0\.0\.0\.0|([^.]+\.)*localhost)\.?$/.test(uri?.host ?? '');
/** https, or plain http that does not leave the device. */
export const isHttpsOrLoopback = (uri: Uri | undefined): boolean => isHttps(uri) || (isWeb(uri) && isLoopback(uri));

/** Characters of a URI (RFC 3986 section 2), with `%` only before two hexadecimal digits. */
const CHARACTERS = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})*$/i;
const NAME = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** What about the syntax of a URI is wrong, or undefined. */
export function syntaxFault(text: string): string | undefined {
  const uri = parseUri(text);
  if (uri === undefined) return 'it has no scheme';
  if (!CHARACTERS.test(text)) return 'it has a character that has to be percent-encoded';
  if (uri.fragment?.includes('#') === true) return 'it has two fragments';
  if (!isWeb(uri)) return undefined;
  if (uri.userinfo !== undefined) return 'it has a user name';
  if (uri.port !== undefined && !isPort(uri.port)) return 'the port is not a number up to 65535';
  return isHost(uri.host ?? '', text) ? undefined : 'the host is not a host name or an IP address';
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

/** Whether the host is one that browsers take as it is written, and not for an IP address in disguise. */
function isHost(host: string, text: string): boolean {
  if (host.startsWith('[')) return isIPv6(host.slice(1, -1));
  const labels = host.replace(/\.$/, '').split('.');
  return host.length <= 253 && labels.every((label) => NAME.test(label)) && parseUrl(text)?.hostname === host;
}

/** Invisible and private-use characters, spaces, and the backslash, which browsers take for a slash. */
export const UNSAFE_CHARACTER = /[\p{C}\p{Z}\\]/u;
const ALL_UNSAFE_CHARACTERS = new RegExp(UNSAFE_CHARACTER, 'gu');

/**
 * The scheme that a text could be taken for by a parser that drops characters or decodes percent signs, in lower
 * case; undefined when there is none.
 */
export function disguisedScheme(text: string): string | undefined {
  let bare = text;
  // Twice: a link is decoded once where it is stored and once where it is followed.
  for (let round = 0; round < 2; round += 1) bare = percentDecoded(bare);
  bare = bare.replace(ALL_UNSAFE_CHARACTERS, '');
  return /^([a-z][a-z0-9+.-]*):/i.exec(bare)?.[1]?.toLowerCase();
}

const percentDecoded = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_match, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
