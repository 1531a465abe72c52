import { Router, type Request, type RequestHandler } from 'express';
import { Problem } from '../../shared/problem.ts';

type Found = NonNullable<Request['openapi']>;

interface Template {
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/**
 * Finds the operation of a request as `match` does, which compiles every path of the contract anew for each request:
 * what it has found for a path and method is remembered, and it is asked again for what is not known, such as a method
 * that leads to 405. A path that is none of the contract, also one with a slash too many, is 404 at once.
 */
export function rememberingMatch(paths: readonly string[], match: readonly RequestHandler[]): RequestHandler {
  const asking = Router().use(...match);
  const templates = paths.map(templateOf);
  // A path without parameters goes before one that it fits into.
  const fixed = new Map(paths.map((path, at) => [path, templates[at]]));
  // A parameter has no slash in it.
  const byDepth = new Map<number, Template[]>();
  for (const [at, path] of paths.entries()) {
    const depth = depthOf(path);
    byDepth.set(depth, [...(byDepth.get(depth) ?? []), ...templates.slice(at, at + 1)]);
  }
  const fittingOf = (path: string): Template[] =>
    byDepth.get(depthOf(path))?.filter(({ pattern }) => pattern.test(path)) ?? [];
  const known = new Map<Template, Map<string, Found>>(templates.map((template) => [template, new Map()]));

  return (req, res, next) => {
    const path = req.originalUrl.split('?')[0] ?? '';
    const exact = fixed.get(path);
    const fitting = exact === undefined ? fittingOf(path) : [exact];
    if (fitting.length === 0) throw new Problem('not-found');
    const template = only(fitting);
    const methods = template && known.get(template);
    const found = methods?.get(req.method);
    const parameters = template && parametersOf(template, path);
    if (found !== undefined && parameters !== undefined) {
      req.openapi = { ...found, pathParams: parameters };
      req.params = parameters;
      next();
      return;
    }
    asking(req, res, (error?: unknown) => {
      if (error === undefined && req.openapi !== undefined) methods?.set(req.method, req.openapi);
      next(error);
    });
  };
}

const depthOf = (path: string): number => path.split('/').length;

const only = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

function templateOf(path: string): Template {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
  const literal = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { pattern: new RegExp(`^${literal.join('([^/]+)')}$`), names };
}

/** The parameters of a path, or undefined when they are not encoded as they must be. */
function parametersOf({ pattern, names }: Template, path: string): Record<string, string> | undefined {
  const values = pattern.exec(path)?.slice(1) ?? [];
  try {
    return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(values[at] ?? '')]));
  } catch {
    return undefined;
  }
}
