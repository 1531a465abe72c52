import { DRY_RUN } from '../contract/contract.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Reply, Request } from './exchange.ts';

export const isTrial = ({ query = [] }: Request): boolean =>
  query.some(([name, value]) => name === DRY_RUN && value === 'true');

export const asTrial = (request: Request): Request => ({
  ...request,
  query: [...(request.query ?? []), [DRY_RUN, 'true']],
});

/** Where a service has its contract. */
export const SERVED_CONTRACT: Request = {
  operation: {
    ...{ id: 'get-openapi-document', method: 'GET', path: '/openapi.json' },
    ...{ tag: '', summary: '', description: '', parameters: [], body: {}, isPublic: true },
  },
};

/** Refuses to try what the service has no dry run for: it might do it. */
export function requireTriable({ operation: { path, method, id } }: Request, served: Reply, url: string): void {
  if (served.status === 200 && declares(served.body, path, method.toLowerCase())) return;
  throw new Failure(EXIT.refused, `the service at ${url} has no dry run of ${id}: it would do it`, [
    'Nothing was sent.',
  ]);
}

/** Refuses a reply that does not say that nothing was done. */
export function requireTried({ headers }: Reply): void {
  const honoured = (headers.get('preference-applied') ?? '').split(',').map((word) => word.trim());
  if (honoured.includes('dry-run')) return;
  throw new Failure(EXIT.refused, 'the service does not say that this was a dry run: it may be done');
}

/** Whether a contract declares the parameter for an operation, whatever else it holds. */
function declares(contract: unknown, path: string, method: string): boolean {
  const operation = at(contract, 'paths', path, method);
  const parameters = at(operation, 'parameters');
  if (!Array.isArray(parameters)) return false;
  return parameters.some((parameter: unknown) => {
    const reference = at(parameter, '$ref');
    const declared =
      typeof reference === 'string' ? at(contract, ...reference.replace(/^#\//, '').split('/')) : parameter;
    return at(declared, 'name') === DRY_RUN && at(declared, 'in') === 'query';
  });
}

/** What stands at this place of a value that may be anything. */
const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>(
    (place, name) =>
      place !== null && typeof place === 'object' && Object.hasOwn(place, name)
        ? (place as Record<string, unknown>)[name]
        : undefined,
    value,
  );
