import { types } from 'node:util';
import type { Request } from 'express';
import { lookup } from '../../../openapi/lookup.ts';
import type { ProblemName } from '../../../openapi/operations.gen.ts';
import { oneForEachFault, type ShapeError } from '../../shared/contract/alternatives.ts';
import { hintOn } from '../../shared/contract/hints.ts';
import { CHARSET, unsupportedMediaType } from './body.ts';
import { inWords, missingAttribute, Problem, type Fault, type ProblemContent } from '../../shared/problem.ts';

/** An error of the validator, of a body parser or of a file that is served: they mark theirs with a status. */
interface MarkedError {
  readonly status: number;
  readonly type?: string;
  /** In bytes, where a body has more. */
  readonly limit?: number;
  readonly path?: string;
  readonly message?: string;
  readonly headers?: Record<string, string>;
  readonly errors?: readonly { readonly path: string; readonly message: string; readonly errorCode?: string }[];
}

const BY_STATUS: Readonly<Record<number, ProblemName>> = {
  400: 'invalid-request',
  404: 'not-found',
  405: 'method-not-allowed',
  412: 'precondition-failed',
  413: 'content-too-large',
  415: 'unsupported-media-type',
};

/** The problem that such an error stands for, or undefined for any other error. */
export function problemOfValidator(error: unknown, req: Request): Problem | undefined {
  if (!types.isNativeError(error) || !('status' in error)) return undefined;
  const marked = error as unknown as MarkedError;
  const name = BY_STATUS[marked.status];
  if (name === undefined) return undefined;
  return new Problem(
    name,
    { ...contentOf(name, marked, req), ...(marked.headers && { headers: marked.headers }) },
    { cause: error },
  );
}

function contentOf(
  name: ProblemName,
  error: MarkedError,
  req: Request,
): ProblemContent & { headers?: Record<string, string> } {
  if (name === 'unsupported-media-type') {
    if (error.type === 'charset.unsupported') return { detail: CHARSET };
    if (error.type === 'encoding.unsupported') return { detail: 'the Content-Encoding must be gzip, deflate or br' };
    return unsupportedMediaType(req).content;
  }
  if (error.limit !== undefined) return { detail: `the body has more than ${error.limit} bytes` };
  if (name !== 'invalid-request') return {};
  if (error.type !== undefined) return { detail: lookup(PARSER_DETAILS, error.type) ?? 'the body cannot be read' };
  const errors = oneForEachFault((error.errors ?? []).map(shapeError)).map(faultOf);
  return { errors, ...janssenContent(errors) };
}

const PARSER_DETAILS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'the body is not JSON of an object or an array',
  'request.aborted': 'the body ended early',
  'request.size.invalid': 'the body is not as long as Content-Length says',
};

const PLACES: Readonly<Record<string, string>> = { params: 'path', headers: 'header' };

/** The validator's code is `<keyword>.openapi.validation`. */
const shapeError = ({ path, message, errorCode = '' }: NonNullable<MarkedError['errors']>[number]): ShapeError => ({
  place: path,
  keyword: errorCode.split('.', 1)[0] ?? '',
  message,
});

function faultOf({ place, message, keyword }: ShapeError): Fault {
  const detail = keyword === 'required' ? 'is required' : inWords(message) + hintOn(place, keyword);
  const [, part = '', ...rest] = place.split('/');
  if (part === 'body') return { pointer: place.slice('/body'.length), detail };
  return { parameter: `${lookup(PLACES, part) ?? part}:${rest.join('/')}`, detail };
}

/** What Janssen says about the faults that its tools know. */
function janssenContent(errors: readonly Fault[]): ProblemContent {
  const missing = ['/inum', '/id', '/name'].find((pointer) =>
    errors.some((error) => error.pointer === pointer && error.detail === 'is required'),
  );
  if (missing !== undefined) return missingAttribute(missing.slice(1));
  const tooMany = errors.some((error) => error.parameter === 'query:limit' && error.detail.includes('<= 200'));
  return tooMany ? { message: 'Maximum number of results per page is 200' } : {};
}
