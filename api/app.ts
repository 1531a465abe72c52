import { OPERATIONS } from '../openapi/operations.gen.ts';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { accessLog } from './http/observed/access-log.ts';
import { checkPath, originForm, withoutTrailingSlash } from './http/address.ts';
import { authenticate, type VerifyToken } from './http/authenticate.ts';
import { openSignedBody, prepareBody, readBody, reduceContentType, requireBody } from './http/validation/body.ts';
import { crossOrigin, type CorsOrigins } from './http/headers/cors.ts';
import { dispatch, type PlanOf } from './http/dispatch.ts';
import { bareForwardedFor, certificateFromProxies } from './http/headers/forwarded-for.ts';
import { inTurn } from './http/in-turn.ts';
import { resourceMetadataAddress, wellKnownPaths } from './http/well-known.ts';
import { problemHandler } from './http/problem.ts';
import { traceRequests } from './http/observed/trace-requests.ts';
import { readReason } from './http/validation/reason.ts';
import { checkQuery } from './http/validation/query.ts';
import { requestId } from './http/headers/request-id.ts';
import { refuseUnknownMembers } from './http/validation/strict.ts';
import { requestValidation } from './http/validation/validator.ts';
import type { Dpop } from './shared/dpop/proof.ts';
import type { Contract } from './shared/contract/contract.ts';
import type { Idempotency } from './shared/idempotency/idempotency.ts';
import type { Log } from './shared/log/log.ts';
import type { KnownMembers } from './shared/contract/known-members.ts';
import type { Meters } from './shared/meters.ts';
import type { Normalise } from './shared/contract/normalise.ts';
import type { Handlers } from './shared/contract/operation.ts';

export interface AppNeeds {
  readonly contract: Contract;
  readonly handlers: Handlers;
  readonly idempotency: Idempotency;
  readonly normalisers: Readonly<Record<string, Normalise>>;
  /** The members of what is written, for those who ask that unknown ones be refused. */
  readonly known: Readonly<Record<string, KnownMembers>>;
  readonly verifyToken: VerifyToken;
  readonly dpop: Dpop;
  /** The identifier of this API as a protected resource. */
  readonly audience: string;
  /** The public base URL. */
  readonly issuer: string;
  readonly corsOrigins: CorsOrigins;
  readonly trustProxy: readonly string[];
  /** Whether nothing is changed by those who do not say why. */
  readonly requireReason: boolean;
  /** The header with the certificate of a caller, in lower case. */
  readonly certHeader?: string;
  readonly planOf: PlanOf;
  readonly docs?: RequestHandler;
  /** Whether each request is a span. */
  readonly tracing: boolean;
  readonly log: Log;
  readonly meters: Meters;
}

export type App = Express;

/** Builds the Express app; rejects when the contract is broken. It does not listen. */
export async function buildApp(needs: AppNeeds): Promise<App> {
  const validation = requestValidation(needs.contract);
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', 'simple').set('trust proxy', [...needs.trustProxy]);
  const proxied = [
    ...(needs.trustProxy.length > 0 ? [bareForwardedFor] : []),
    ...(needs.certHeader === undefined ? [] : [certificateFromProxies(needs.certHeader)]),
  ];
  const docs = needs.docs === undefined ? [] : [needs.docs];
  app.use(
    inTurn(
      ...proxied,
      ...(needs.tracing ? [traceRequests] : []),
      ...[requestId, accessLog(needs.log, needs.meters), securityHeaders(), originForm],
      ...[wellKnownPaths(needs.audience, needs.issuer), crossOrigin(needs.corsOrigins), ...docs],
      ...[checkPath, withoutTrailingSlash, headAsGet, ...validation.match],
      authenticate({
        verify: needs.verifyToken,
        dpop: needs.dpop,
        resourceMetadata: resourceMetadataAddress(needs.audience, needs.issuer),
      }),
      ...[checkQuery, readReason(needs.requireReason)],
      ...[readBody, requireBody, reduceContentType, openSignedBody],
      ...[prepareBody(needs.normalisers), ...validation.validate],
      refuseUnknownMembers(needs.known),
      dispatch(needs.handlers, needs.idempotency, needs.planOf, needs.issuer),
    ),
    problemHandler(needs.log),
  );
  await validation.ready(app);
  return app;
}

/** Reading a registration may replace its token, which a reply without a body tells nobody. */
const REGISTRATION = OPERATIONS.find(({ id }) => id === 'get-register')?.path;

/** Node leaves the body of a reply to HEAD out by itself; the contract has GET only. */
const headAsGet: RequestHandler = (req, _res, next) => {
  if (req.method === 'HEAD' && req.path !== REGISTRATION) req.method = 'GET';
  next();
};

function securityHeaders(): RequestHandler {
  // The host may have other services, and names below it, which are not ours to bind.
  const onlyTls = headersBy(helmet.strictTransportSecurity({ includeSubDomains: false }));
  const options = {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    strictTransportSecurity: false,
  };
  const always = headersBy(helmet(options));
  return (req, res, next) => {
    for (const [name, value] of always) res.setHeader(name, value);
    // A browser ignores it without TLS, and whoever ends TLS in front is to have said so (RFC 6797 section 7.2).
    if (req.secure) for (const [name, value] of onlyTls) res.setHeader(name, value);
    next();
  };
}

/** The headers that a handler gives every reply alike. */
function headersBy(handler: (req: Request, res: Response, next: () => void) => void): readonly [string, string][] {
  const headers: [string, string][] = [];
  const setHeader = (name: string, value: string): unknown => headers.push([name, value]);
  handler({} as Request, { setHeader, removeHeader: () => undefined } as unknown as Response, () => undefined);
  return headers;
}
