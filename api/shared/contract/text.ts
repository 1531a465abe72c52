import { isUtf8 } from 'node:buffer';

/**
 * What counts as text, at every door: Unicode. A lone surrogate, which JSON can spell and UTF-8 cannot, is none, and
 * neither are bytes that are not UTF-8: a database or a caller would get something else than what was sent.
 */
export const isText = (text: string): boolean => text.isWellFormed();

/** Whether bytes are text. */
export const isTextInBytes = (bytes: Uint8Array): boolean => isUtf8(bytes);

/** Whether the percent-encoded bytes of a form or a query are text. */
export function isTextInPercents(encoded: string): boolean {
  const runs = encoded.match(/(?:%[0-9a-f]{2})+/gi) ?? [];
  return runs.every((run) => isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex')));
}

/** A pair of escapes for one character, half of such a pair, or any other escape. */
const ESCAPE = /\\(?:ud[89ab]..\\ud[c-f]..|(ud[89a-f])|.)/gis;

/** Whether JSON, which may be nested deeply and is not parsed here, has no other than text in it. */
export function isTextInJson(json: string): boolean {
  return isText(json) && [...json.matchAll(ESCAPE)].every(([, half]) => half === undefined);
}

/** Whether header and payload of a JWT are text. Whether it is a JWT at all is for its reader to tell. */
export function isTextInJwt(jwt: string): boolean {
  const [header = '', payload] = jwt.split('.');
  if (payload === undefined) return true;
  const parts = [header, payload].map((part) => Buffer.from(part, 'base64url'));
  return parts.every((bytes) => isTextInBytes(bytes) && isTextInJson(bytes.toString('utf8')));
}
