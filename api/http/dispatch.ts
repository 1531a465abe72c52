import type { Request, RequestHandler, Response } from 'express';
import { JsonText, type Handlers } from '../shared/operation.ts';
import { wantsStrict } from './strict.ts';

interface AnyReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
type AnyHandler = (input: object) => Promise<AnyReply>;

/** Calls the handler of the operation and sends what it answers. */
export const dispatch = (handlers: Handlers): RequestHandler => {
  const table = new Map(Object.entries(handlers) as unknown as [string, AnyHandler][]);
  return async (req, res) => {
    const handle = table.get(req.openapi?.schema.operationId ?? '');
    if (handle === undefined) throw new Error(`no handler for ${req.method} ${req.path}`);
    send(req, res, await handle(inputOf(req)));
  };
};

function inputOf(req: Request): object {
  return {
    path: req.openapi?.pathParams ?? {},
    query: req.query,
    headers: req.headers,
    body: req.body as unknown,
    mediaType: req.headers['content-type'],
    strict: wantsStrict(req),
    source: req.ip ?? '',
    context: { caller: req.caller, operation: req.openapi?.schema.operationId, requestId: req.requestId },
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
  if (body === undefined) res.end();
  else sendJson(res, body instanceof JsonText ? body.text : JSON.stringify(body), 'application/json');
}

/** Sends JSON text under exactly this media type: Janssen's tools do not take a charset. */
export function sendJson(res: Response, text: string, mediaType: string): void {
  res.setHeader('Content-Type', mediaType);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}
