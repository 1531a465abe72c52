import type { Request } from '../connection/exchange.ts';
import type { Operation, Parameter } from '../contract/contract.ts';
import type { Body } from './entry.ts';

/** Values by the names of parameters, wherever the operation has them. */
export type Named = readonly (readonly [name: string, value: string])[];

/** What an operation is asked to do. */
export interface Ask {
  readonly named?: Named;
  readonly body?: unknown;
  /** Of the body; without it the first that the operation takes. */
  readonly mediaType?: string;
  /** The version (ETag) that it has to be still. */
  readonly ifMatch?: string | undefined;
}

/** The request for it. Members that the service does not know are refused, where the operation can. */
export function requestFor(operation: Operation, { named = [], body, mediaType, ifMatch }: Ask): Request {
  const placeOf = (name: string): Parameter['in'] =>
    operation.parameters.find((parameter) => parameter.name === name)?.in ?? 'query';
  const at = (place: Parameter['in']): Named => named.filter(([name]) => placeOf(name) === place);
  const isStrict = operation.method !== 'GET' && operation.parameters.some(({ name }) => name === 'Prefer');
  return {
    operation,
    path: Object.fromEntries(at('path')),
    query: at('query'),
    headers: {
      ...(isStrict && { Prefer: 'handling=strict' }),
      ...Object.fromEntries(at('header')),
      ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
    },
    ...(body !== undefined && { body }),
    ...(mediaType !== undefined && { mediaType }),
  };
}

const MERGE_PATCH = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';

/** The body that sets the members of `changes` and takes away those that are null, in a form that is taken. */
export function patchBody(operation: Operation, changes: Body): Pick<Ask, 'body' | 'mediaType'> {
  if (operation.body[MERGE_PATCH] !== undefined) return { body: changes, mediaType: MERGE_PATCH };
  const body = Object.entries(changes).map(([name, value]) => {
    const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return value === null ? { op: 'remove', path } : { op: 'add', path, value };
  });
  return { body, mediaType: JSON_PATCH };
}
