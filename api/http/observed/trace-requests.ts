import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';

/**
 * Makes a span of each request, named by its operation. It belongs to the trace that the request names (W3C Trace
 * Context) where it comes from a proxy that is trusted or from this machine: others could have everything recorded.
 */
export const traceRequests: RequestHandler = (req, res, next) => {
  const parent = parentOf(req);
  const attributes = { 'http.request.method': req.method };
  const span = trace.getTracer('clientele').startSpan('request', { kind: SpanKind.SERVER, attributes }, parent);
  res.once('close', () => {
    if (span.isRecording()) {
      const operation = req.openapi?.schema.operationId ?? 'unmatched';
      span.updateName(operation);
      const status = res.statusCode;
      const request = { 'http.response.status_code': status, 'clientele.request_id': req.requestId };
      span.setAttributes({ 'clientele.operation': operation, ...request });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  });
  context.with(trace.setSpan(parent, span), next);
};

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

function parentOf(req: Request): Context {
  if (req.headers['traceparent'] === undefined) return ROOT_CONTEXT;
  const peer = req.socket.remoteAddress ?? '';
  const isTrusted = req.app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  return LOOPBACK.test(peer) || isTrusted(peer, 0) ? propagation.extract(ROOT_CONTEXT, req.headers) : ROOT_CONTEXT;
}
