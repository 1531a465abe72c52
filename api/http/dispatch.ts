import type { Request, RequestHandler, Response } from 'express';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { bearerToken } from '../shared/keys/bearer-token.ts';
import { senderOf, type Idempotency, type RepeatableRequest } from '../shared/idempotency/idempotency.ts';
import { sha256 } from '../shared/ids.ts';
import {
  FixedJson,
  JsonText,
  PlainText,
  type AnyReply,
  type Caller,
  type Handlers,
  type KeepReply,
  type Kept,
  type Perform,
  type Schemas,
} from '../shared/contract/operation.ts';
import { Problem } from '../shared/problem.ts';
import { wantsStrict } from './validation/strict.ts';

/** Makes the plan of a request: does it as `run` does, and takes all of it back. */
export type PlanOf = (request: {
  readonly operation: string;
  readonly caller: Caller | undefined;
  readonly path: Readonly<Record<string, string>>;
  readonly run: () => Promise<AnyReply>;
}) => Promise<Schemas['ChangePlan']>;

type AnyHandler = (input: object) => Promise<AnyReply | Perform<AnyReply>>;

/** Operations that are done once for each idempotency key. */
const IDEMPOTENT = new Set<string>(OPERATIONS.filter((row) => 'idempotent' in row).map((row) => row.id));
/** Those of them that decide themselves who may call. */
const ADMITTING = new Set<string>(
  OPERATIONS.filter((row) => 'idempotent' in row && 'public' in row).map(({ id }) => id),
);

/** Operations that can be tried. */
const TRIABLE = new Set<string>(OPERATIONS.filter(({ query }) => 'dryRun' in query).map(({ id }) => id));

/**
 * Calls the handler of the operation, where its request was not answered before, and sends what it answers. `issuer` is
 * the public base URL, whose path is in front of addresses in headers.
 */
export const dispatch = (handlers: Handlers, { once }: Idempotency, planOf: PlanOf, issuer: string): RequestHandler => {
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  const table = new Map(Object.entries(handlers) as unknown as [string, AnyHandler][]);
  return async (req, res) => {
    const operation = req.openapi?.schema.operationId ?? '';
    const handle = table.get(operation);
    if (handle === undefined) throw new Error(`no handler for ${req.method} ${req.path}`);
    const { inum, id = inum } = req.openapi?.pathParams ?? {};
    if (id !== undefined) req.subject = id;
    const perform = ADMITTING.has(operation)
      ? ((await handle(inputOf(req))) as Perform<AnyReply>)
      : (keep: KeepReply<AnyReply>) => handle({ ...inputOf(req), keep }) as Promise<Kept<AnyReply>>;
    const request = repeatable(req);
    if (isDryRun(req)) {
      const path = req.openapi?.pathParams ?? {};
      sendPlan(req, res, await planOf({ operation, caller: req.caller, path, run: () => perform(keepNothing) }));
      return;
    }
    const reply = await (request === undefined ? perform(keepNothing) : once(request, perform));
    if (reply.client !== undefined) req.authenticatedClient = reply.client;
    if (reply.inum !== undefined) req.subject = reply.inum;
    send(req, res, { ...reply, headers: placed(reply.headers ?? {}, base) });
  };
};

/** As it was sent, or as the validator has made it. */
const DRY_RUN: ReadonlySet<unknown> = new Set(['true', true]);

/** Whether the request is only to be tried: an operation that does not declare `dryRun` has refused it, or ignores it. */
function isDryRun(req: Request): boolean {
  const { operationId = '' } = req.openapi?.schema ?? {};
  if (!TRIABLE.has(operationId) || !DRY_RUN.has((req.query as { dryRun?: unknown }).dryRun)) return false;
  if (req.get('idempotency-key') === undefined) return true;
  const detail = 'does not go together with dryRun: a plan is made anew each time, and nothing is written';
  throw new Problem('invalid-request', { errors: [{ parameter: 'header:idempotency-key', detail }] });
}

function sendPlan(req: Request, res: Response, body: Schemas['ChangePlan']): void {
  req.isDryRun = true;
  const honoured = [res.getHeader('preference-applied') ?? [], 'dry-run'].flat().join(', ');
  send(req, res, { status: 200, body, headers: { 'Preference-Applied': honoured } });
}

/** Headers with addresses, which the features write as the contract has them. */
const ADDRESSES = ['Location', 'Link'];

const placed = (headers: Readonly<Record<string, string>>, base: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      ADDRESSES.includes(name) ? value.replace(/^<?(?=\/)/, `$&${base}`) : value,
    ]),
  );

const keepNothing: KeepReply<AnyReply> = (_stores, reply) => Promise.resolve(reply as Kept<AnyReply>);

/** The request as one that may be sent again, where its operation and its headers say so. */
function repeatable(req: Request): RepeatableRequest | undefined {
  const [header, operation = ''] = [req.get('idempotency-key'), req.openapi?.schema.operationId];
  if (header === undefined || !IDEMPOTENT.has(operation)) return undefined;
  // Where the operation itself authenticates, who sends it is known by what is presented.
  const sender = req.caller === undefined ? sha256(bearerToken(req.get('authorization')) ?? '') : senderOf(req.caller);
  const { pathParams } = req.openapi ?? {};
  const content = [pathParams, req.query, req.headers['content-type'], req.signedBody ?? (req.body as unknown)];
  return { header, operation, sender, content };
}

function inputOf(req: Request): object {
  return {
    path: req.openapi?.pathParams ?? {},
    query: req.query,
    headers: req.headers,
    body: req.body as unknown,
    mediaType: req.headers['content-type'],
    ...(req.signedBody !== undefined && { signed: req.signedBody }),
    strict: wantsStrict(req),
    context: {
      caller: req.caller,
      operation: req.openapi?.schema.operationId,
      source: req.ip ?? '',
      requestId: req.requestId,
      ...(req.reason !== undefined && { reason: req.reason }),
      headers: req.headers,
    },
  };
}

function send(req: Request, res: Response, { status, body, headers = {} }: AnyReply): void {
  res.status(status);
  // A copy may be kept, for comparing its ETag; nothing else is to be stored anywhere.
  res.setHeader(
    'Cache-Control',
    headers['ETag'] !== undefined && req.method === 'GET' ? 'private, no-cache' : 'no-store',
  );
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (body === undefined) {
    res.end();
    return;
  }
  if (body instanceof PlainText) sendText(res, body.text, body.mediaType);
  else sendText(res, body instanceof FixedJson ? body.bytes : jsonOf(body), 'application/json');
}

const jsonOf = (body: unknown): string => (body instanceof JsonText ? body.text : JSON.stringify(body));

/** Sends text under exactly this media type: Janssen's tools do not take a charset for JSON. */
export function sendText(res: Response, text: string | Buffer, mediaType: string): void {
  res.setHeader('Content-Type', mediaType);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  if (Buffer.isBuffer(text)) sendInParts(res, text);
  else res.end(text);
}

const PART = 65_536;

/** One after the other, as they are taken: under TLS all of it would be encrypted, and kept, for who does not read. */
function sendInParts(res: Response, bytes: Buffer, start = 0): void {
  let at = start;
  for (; at + PART < bytes.length; at += PART) {
    if (res.write(bytes.subarray(at, at + PART))) continue;
    res.once('drain', () => sendInParts(res, bytes, at + PART));
    return;
  }
  res.end(bytes.subarray(at));
}
