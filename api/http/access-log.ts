import type { RequestHandler } from 'express';
import type { Log } from '../shared/log.ts';

/** Writes one line for each request when its reply is out, or when the caller has gone. */
export const accessLog =
  (log: Log): RequestHandler =>
  (req, res, next) => {
    const start = process.hrtime.bigint();
    res.once('close', () => {
      log.info('request', {
        requestId: req.requestId,
        method: req.method,
        operation: req.openapi?.schema.operationId,
        status: res.writableFinished ? res.statusCode : 499,
        milliseconds: Number((process.hrtime.bigint() - start) / 1_000n) / 1_000,
        caller: req.caller?.clientId,
      });
    });
    next();
  };
