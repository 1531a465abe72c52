import type { RouteMetadata } from 'express-openapi-validator/dist/framework/openapi.spec.loader.js';
import { httpMethods } from 'express-openapi-validator/dist/middlewares/parsers/schema.preprocessor.js';
import { OpenApiValidator } from 'express-openapi-validator/dist/openapi.validator.js';
import type { Express, Request, RequestHandler, Response } from 'express';
import { rememberingMatch } from './operation-match.ts';
import { requestContract } from './request-contract.ts';
import type { Contract } from '../../shared/contract/contract.ts';

/** The request validator in two halves: what goes before authentication and the body, and what goes after. */
export interface RequestValidation {
  /** Finds the operation; answers 404 and 405. */
  readonly match: readonly RequestHandler[];
  /** Checks parameters and body against the operation. */
  readonly validate: readonly RequestHandler[];
  /** Resolves when the contract is loaded; rejects when it is broken, which the validator itself tells only callers. */
  ready(app: Express): Promise<void>;
}

const built = new WeakMap<Contract, RequestValidation>();

/** The validator of a contract. To build it takes longer than all else at a start, so that services in a process share it. */
export function requestValidation(contract: Contract): RequestValidation {
  const validation = built.get(contract) ?? buildValidation(contract);
  built.set(contract, validation);
  return validation;
}

/**
 * Builds the validator on a copy of what the contract says of requests, which it changes. The generation has checked the
 * contract: the library would compile the schema of all contracts at each start, whether it is to check this one or not.
 */
function buildValidation(contract: Contract): RequestValidation {
  const apiDoc = requestContract(contract.document);
  const validator = new OpenApiValidator({
    apiSpec: apiDoc as never,
    // What is unknown in a query depends on the operation (`checkQuery`).
    validateRequests: { allErrors: true, allowUnknownQueryParameters: true },
    validateResponses: false,
    // Authentication is ours: the validator's would run once for every alternative and lose what it threw.
    validateSecurity: false,
    fileUploader: false,
  });
  const spec = { apiDoc: apiDoc as never, basePaths: [''], routes: routesOf(apiDoc), serial: 1 };
  const handlers = validator.installMiddleware(Promise.resolve(spec)) as unknown as RequestHandler[];
  const at = handlers.findIndex((handler) => handler.name === 'requestMiddleware');
  const [load] = handlers;
  if (at < 1 || load === undefined) throw new Error('the validator has other middleware than expected');
  return {
    match: [rememberingMatch(Object.keys(contract.document.paths), handlers.slice(0, at))],
    validate: handlers.slice(at),
    ready: (app) =>
      new Promise((resolve, reject) => {
        const done = (error?: unknown): void => {
          if (error === undefined) resolve();
          else reject(error instanceof Error ? error : new Error('the contract cannot be loaded'));
        };
        void load({ app } as unknown as Request, {} as Response, done);
      }),
  };
}

/** The operations as the validator finds them: a path without parameters goes before one that it fits into. */
function routesOf({ paths }: Contract['document']): RouteMetadata[] {
  const routes = Object.entries(paths).flatMap(([path, operations]) => {
    const pathParams = [...path.matchAll(PARAMETER)].map(([, name = '']) => name);
    const route = { basePath: '', openApiRoute: path, expressRoute: path.replace(PARAMETER, ':$1'), pathParams };
    const methods = Object.keys(operations).filter((method) => httpMethods.has(method));
    return methods.map((method) => ({ ...route, method: method.toUpperCase() }));
  });
  // A brace comes after every letter.
  return routes.sort((one, other) => (one.openApiRoute < other.openApiRoute ? -1 : 1));
}

const PARAMETER = /\{([^}]+)\}/g;
