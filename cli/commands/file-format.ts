import { EXIT, Failure } from '../failure.ts';

/**
 * What `format` is in files of clients. Files from before it have none; `transfer/former-references.ts` reads them.
 */
const FILE_FORMAT = 2;

const MEMBER = 'format';

/** The document with the mark of its format. */
export const withFormat = <D extends object>(document: D): D & { readonly format: number } => ({
  [MEMBER]: FILE_FORMAT,
  ...document,
});

/** The document of a file without the mark of its format, and whether it had one. Throws a failure when it is unknown. */
export function withoutFormat<D extends Record<string, unknown>>(document: D): { document: D; isMarked: boolean } {
  if (!Object.hasOwn(document, MEMBER)) return { document, isMarked: false };
  const { [MEMBER]: format, ...rest } = document;
  if (format === FILE_FORMAT) return { document: rest as D, isMarked: true };
  const detail = `has the format ${JSON.stringify(format)}; this version of the program reads ${FILE_FORMAT}`;
  throw new Failure(EXIT.refused, detail);
}
