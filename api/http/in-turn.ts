import type { NextFunction, RequestHandler } from 'express';

/**
 * One handler that runs others one after the other, as Express does with those that stand at every path: it looks before
 * each whether it fits the path of the request, and makes parameters, which took as long as all of them.
 */
export const inTurn =
  (...handlers: readonly RequestHandler[]): RequestHandler =>
  (req, res, done) => {
    const step =
      (at: number): NextFunction =>
      (error?: unknown) => {
        const handler = handlers[at];
        if (handler === undefined || (error !== undefined && error !== null)) {
          done(error);
          return;
        }
        try {
          const returned: unknown = handler(req, res, step(at + 1));
          if (returned instanceof Promise) returned.catch(done);
        } catch (thrown) {
          done(thrown);
        }
      };
    step(0)();
  };
