import type { RequestHandler } from 'express';
import type { Log } from '../../shared/log/log.ts';
import type { Meters } from '../../shared/meters.ts';

/** Writes one line for each request, and measures it, when its reply is out or when the caller has gone. */
export const accessLog =
  (log: Log, meters: Meters): RequestHandler =>
  (req, res, next) => {
    const start = performance.now();
    res.once('close', () => {
      const operation = req.openapi?.schema.operationId;
      // A reply to a caller who went away in the middle of the request counts as written, and arrives nowhere.
      const status = res.writableFinished && req.errored === null ? res.statusCode : 499;
      const milliseconds = Math.round((performance.now() - start) * 1_000) / 1_000;
      meters.request(operation, status, milliseconds / 1_000);
      log.info('request', {
        requestId: req.requestId,
        method: req.method,
        operation,
        inum: req.subject,
        status,
        dryRun: req.isDryRun === true ? true : undefined,
        milliseconds,
        caller: req.caller?.clientId ?? req.authenticatedClient,
        subject: req.caller?.subject?.sub,
        subjectName: req.caller?.subject?.name,
        source: req.ip,
      });
    });
    next();
  };
