import { context, propagation, SpanStatusCode, trace, type Attributes, type Context } from '@opentelemetry/api';

const tracer = () => trace.getTracer('clientele');

/** Runs a task as a span of what is under way, where that is recorded; elsewhere it costs a look. */
export const traced = <T>(name: string, attributes: Attributes, task: () => Promise<T>): Promise<T> =>
  trace.getActiveSpan()?.isRecording() === true ? spanned(name, attributes, context.active(), task) : task();

/** Runs a task that nobody waits for as a span of its own. */
export const tracedAlone = <T>(name: string, attributes: Attributes, task: () => Promise<T>): Promise<T> =>
  spanned(name, attributes, trace.deleteSpan(context.active()), task);

/** The errors themselves are for the log: what is in them is not for whoever has the traces. */
function spanned<T>(name: string, attributes: Attributes, parent: Context, task: () => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, parent, async (span) => {
    try {
      return await task();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (error instanceof Error) span.setAttribute('error.type', error.name);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The headers that tell another service which trace a request belongs to (W3C Trace Context); none without one. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}
