import type { ErrorRequestHandler, Request, Response } from 'express';
import { lookup } from '../../openapi/lookup.ts';
import { OPERATIONS, PROBLEMS, type ProblemName } from '../../openapi/operations.gen.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { inOneLine, OAuthProblem, Problem, problemBody, reported, type Fault } from '../shared/problem.ts';
import { errorFields, type Log } from '../shared/log/log.ts';
import { sendText } from './dispatch.ts';
import { problemOfValidator } from './validation/validator-problem.ts';

/** Turns whatever was thrown into the one error body of the operation: problem details, or OAuth's shape. */
export const problemHandler =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    const problem = error instanceof OAuthProblem ? error : problemOf(error, req);
    logFault(log, error, problem, req);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    res.setHeader('Cache-Control', 'no-store');
    if (hasOAuthErrors(req)) sendOAuth(req, res, problem);
    else sendProblem(req, res, problem instanceof Problem ? problem : new Problem('internal-error'));
  };

const OAUTH_PATHS: ReadonlySet<string> = new Set(
  OPERATIONS.flatMap(({ path, errors }) => (errors === 'oauth' ? [path] : [])),
);

/** As the operation says; a method that the path does not have is answered as the path's own errors are. */
const hasOAuthErrors = ({ openapi, path }: Request): boolean =>
  openapi === undefined ? OAUTH_PATHS.has(path) : openapi.schema['x-errors'] === 'oauth';

function problemOf(error: unknown, req: Request): Problem {
  if (error instanceof Problem) return error;
  return problemOfValidator(error, req) ?? new Problem('internal-error', {}, { cause: error });
}

/** Only faults of ours are errors in the log; refusals are told to the caller, and their reason is a detail. */
function logFault(log: Log, error: unknown, problem: Problem | OAuthProblem, req: Request): void {
  const about = { requestId: req.requestId, operation: req.openapi?.schema.operationId };
  const status = problem instanceof Problem ? PROBLEMS[problem.problem].status : problem.status;
  if (status >= 500) log.error('failed', { ...about, ...errorFields(error) });
  else if (problem instanceof OAuthProblem)
    log.info('refused', { ...about, reason: problem.more.reason ?? problem.description });
  else if (problem.content.reason !== undefined) log.info('refused', { ...about, reason: problem.content.reason });
}

function sendProblem(req: Request, res: Response, { problem, content }: Problem): void {
  const body = problemBody({ name: problem, ...PROBLEMS[problem] }, content, req.requestId);
  for (const [name, value] of Object.entries(content.headers ?? {})) res.setHeader(name, value);
  res.status(body.status);
  sendText(res, JSON.stringify(body), 'application/problem+json');
}

const OAUTH_ERRORS: Readonly<Record<number, string>> = {
  401: 'invalid_token',
  403: 'insufficient_scope',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

function sendOAuth(req: Request, res: Response, problem: Problem | OAuthProblem): void {
  const refusal = problem instanceof OAuthProblem ? problem : oauthOf(problem, req);
  for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value);
  res.status(refusal.status);
  const body: Schemas['OAuthError'] = { error: refusal.error, error_description: inAscii(refusal.description) };
  sendText(res, JSON.stringify(body), 'application/json');
}

/** The characters of an `error_description` (RFC 6749 section 5.2): ASCII without `"` and backslash. */
const inAscii = (text: string): string =>
  text
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replaceAll('…', '...')
    .replace(/[^\x20-\x7E]/g, '?');

function oauthOf(
  { problem, content }: Problem,
  req: Request,
): {
  status: number;
  error: string;
  description: string;
  headers: Readonly<Record<string, string>>;
} {
  const { status, title } = PROBLEMS[problem];
  const faults = reported(content.errors ?? []);
  const description = status < 500 ? (content.detail ?? enumeration(faults) ?? title) : title;
  const error = bodyError(req, problem, faults) ?? OAUTH_ERRORS[status] ?? 'invalid_request';
  return { status, error, description, headers: content.headers ?? {} };
}

/** The error that the contract has for what is wrong with the body, by the first fault: RFC 7591 section 3.2.2. */
function bodyError(req: Request, problem: ProblemName, [first]: readonly Fault[]): string | undefined {
  const errors = req.openapi?.schema['x-body-errors'];
  if (errors === undefined || problem !== 'invalid-request' || first?.parameter !== undefined) return undefined;
  const isAbout = (place: string): boolean =>
    first?.pointer === place || first?.pointer?.startsWith(`${place}/`) === true;
  return lookup(errors, Object.keys(errors).find((place) => place !== '' && isAbout(place)) ?? '');
}

const MOST_ENUMERATED = 5;

/** Several faults in words, where there is nothing but a description to put them in. */
function enumeration(faults: readonly Fault[]): string | undefined {
  if (faults.length === 0) return undefined;
  const words = faults.slice(0, MOST_ENUMERATED).map(inOneLine);
  const more = faults.length > MOST_ENUMERATED ? [`and ${faults.length - MOST_ENUMERATED} more`] : [];
  return [...words, ...more].join('; ');
}
