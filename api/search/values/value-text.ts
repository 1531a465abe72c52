import { parseUrl } from '../../../openapi/parse-url.ts';
import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { firstCharacters } from '../text/fold.ts';

/** Up to so many bytes a value is kept as it is. */
const MOST_BYTES = 100;
/** Of a longer one so many characters, before its digest. */
const FIRST = 40;
/** Stands before a digest. A value that has it, or anything else that a database may not keep, is kept as a digest. */
export const BEFORE_DIGEST = '\u0001';
const UNUSUAL = /\p{Cc}|\p{Cs}/gu;

/**
 * A text as `client_values` keeps it, at most 204 bytes of UTF-8: equal texts, and no others, are kept alike. What is
 * long or unusual is its beginning and the SHA-256 of all of it.
 */
export function valueText(text: string): string {
  if (Buffer.byteLength(text) <= MOST_BYTES && text.search(UNUSUAL) < 0) return text;
  const digest = createHash('sha256').update(text, 'utf16le').digest('base64url');
  return `${firstCharacters(text.replace(UNUSUAL, ' '), FIRST)}${BEFORE_DIGEST}${digest}`;
}

/** A custom attribute with one of its values, as one text. */
export const customText = (name: string, value: unknown): string => JSON.stringify([name, String(value)]);

/** The host of an address as names of hosts are compared, if it has one. */
export function hostsOf(address: string): string[] {
  const host = parseUrl(address)?.hostname.toLowerCase() ?? '';
  return host === '' ? [] : [host];
}

/** What is kept of a host that somebody writes. */
export const hostText = (host: string): string => domainToASCII(host) || host.toLowerCase();

/** The same of a part of a host, which need not be a host itself. */
export const hostPart = (part: string): string =>
  /^\p{ASCII}*$/u.test(part) ? part.toLowerCase() : domainToASCII(part) || part.toLowerCase();
