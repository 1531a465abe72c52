import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';
import { request, response, type Express } from 'express';

/** The classes that node makes requests and replies of. */
export type MessageClasses = Required<Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>>;

/**
 * Classes whose instances are what Express wants them to be from the start. Express changes the prototype of every
 * request and reply to its own, after which V8 treats both as dictionaries in all that node does with them: with
 * these classes the change is one from a prototype to itself (docs/performance.md has the measurement). It gives
 * `app` prototypes of its own; what a request and a reply can do stays the same, and a test compares the two.
 */
export function messageClasses(app: Express): MessageClasses {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse<Request> {}
  for (const [own, express] of [
    [Request.prototype, request],
    [Response.prototype, response],
  ] as const) {
    Object.setPrototypeOf(own, express);
    Object.defineProperty(own, 'app', { value: app, writable: true, enumerable: true, configurable: true });
  }
  Object.assign(app, { request: Request.prototype, response: Response.prototype });
  return { IncomingMessage: Request, ServerResponse: Response as MessageClasses['ServerResponse'] };
}
