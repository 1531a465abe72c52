import type { ErrorRequestHandler, Request, Response } from 'express';
import { PROBLEMS } from '../../openapi/operations.gen.ts';
import type { Schemas } from '../shared/operation.ts';
import { OAuthProblem, Problem, problemBody, summary } from '../shared/problem.ts';
import { errorFields, type Log } from '../shared/log.ts';
import { sendText } from './dispatch.ts';
import { problemOfValidator } from './validator-problem.ts';

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
    if (req.openapi?.schema['x-errors'] === 'oauth') sendOAuth(res, problem);
    else sendProblem(req, res, problem instanceof Problem ? problem : new Problem('internal-error'));
  };

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
}

function sendProblem(req: Request, res: Response, { problem, content }: Problem): void {
  const body = problemBody({ name: problem, ...PROBLEMS[problem] }, content, req.requestId);
  for (const [name, value] of Object.entries(content.headers ?? {})) res.setHeader(name, value);
  res.status(body.status);
  sendText(res, JSON.stringify(body), 'application/problem+json');
}

const OAUTH_ERRORS: Readonly<Record<number, string>> = { 500: 'server_error', 503: 'temporarily_unavailable' };

function sendOAuth(res: Response, problem: Problem | OAuthProblem): void {
  const refusal = problem instanceof OAuthProblem ? problem : oauthOf(problem);
  for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value);
  res.status(refusal.status);
  const body: Schemas['OAuthError'] = { error: refusal.error, error_description: refusal.description };
  sendText(res, JSON.stringify(body), 'application/json');
}

function oauthOf({ problem, content }: Problem): {
  status: number;
  error: string;
  description: string;
  headers: Readonly<Record<string, string>>;
} {
  const { status, title } = PROBLEMS[problem];
  const description = status < 500 ? (content.detail ?? summary(content.errors ?? []) ?? title) : title;
  return { status, error: OAUTH_ERRORS[status] ?? 'invalid_request', description, headers: content.headers ?? {} };
}
