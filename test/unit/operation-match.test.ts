import type { Request, RequestHandler, Response } from 'express';
import { describe, expect, it } from '@jest/globals';
import { rememberingMatch } from '../../api/http/validation/operation-match.ts';

const PATHS = ['/things/{id}', '/things/search', '/things/{id}/parts/{part}', '/a.b'];

/** Asks for a path; tells what was found, or the error, and how often the slow match was asked until then. */
function matcher(): (method: string, path: string) => Promise<{ found: unknown; asked: number; error?: unknown }> {
  let asked = 0;
  const slow: RequestHandler = (req, _res, next) => {
    asked += 1;
    if (req.method === 'PUT') {
      next(new Error('not allowed'));
      return;
    }
    const schema = { operationId: `${req.method} ${req.originalUrl}` };
    req.openapi = { schema, pathParams: {} };
    next();
  };
  const match = rememberingMatch(PATHS, [slow]);
  return async (method, path) => {
    const req = { method, originalUrl: path, url: path } as Request;
    const error = await new Promise<unknown>((resolve) => void match(req, {} as Response, resolve)).catch(
      (thrown: unknown) => thrown,
    );
    return { found: req.openapi, asked, ...(error !== undefined && { error }) };
  };
}

describe('finding an operation', () => {
  it('asks once for each path and method, and reads the parameters each time', async () => {
    const ask = matcher();
    expect(await ask('GET', '/things/one?x=1')).toMatchObject({ asked: 1 });
    expect(await ask('GET', '/things/a%20b')).toMatchObject({ asked: 1, found: { pathParams: { id: 'a b' } } });
    expect(await ask('GET', '/things/a/parts/b')).toMatchObject({ asked: 2 });
    expect(await ask('GET', '/things/x/parts/y')).toMatchObject({
      asked: 2,
      found: { pathParams: { id: 'x', part: 'y' } },
    });
    expect(await ask('DELETE', '/things/one')).toMatchObject({ asked: 3 });
  });

  it('takes a path without parameters before one that it fits into', async () => {
    const ask = matcher();
    await ask('GET', '/things/one');
    expect(await ask('GET', '/things/search')).toMatchObject({
      found: { schema: { operationId: 'GET /things/search' } },
    });
    expect(await ask('GET', '/things/search')).toMatchObject({
      found: { schema: { operationId: 'GET /things/search' } },
    });
  });

  it('asks each time about a method that is not there, and about parameters that are not encoded', async () => {
    const ask = matcher();
    expect(await ask('PUT', '/things/one')).toMatchObject({ asked: 1, error: new Error('not allowed') });
    expect(await ask('PUT', '/things/one')).toMatchObject({ asked: 2 });
    await ask('GET', '/things/one');
    expect(await ask('GET', '/things/%zz')).toMatchObject({ asked: 4 });
  });

  it.each(['/things/one/', '/things', '/Things/one', '/axb', '/things/a/parts/b/c'])(
    'finds nothing at %s',
    async (path) => {
      expect(await matcher()('GET', path)).toMatchObject({ asked: 0, error: new Error('not-found') });
    },
  );
});
