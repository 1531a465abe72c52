import type { Document, Operation, Parameter, Schema } from './document.ts';

/** What an operation takes in its query. */
export interface QueryRow {
  /** The type of each parameter. */
  query: Record<string, string>;
  /** The words of each parameter that has a list of them. */
  words: Record<string, string[]>;
  /** The parameters that are ignored although it does not have them: any, or these. */
  ignoredQuery: 'any' | string[];
}

const REFERENCE = /^#\/components\/(parameters|schemas)\/(.+)$/;

/** What an operation takes in its query, from the contract. */
export function queryRow(
  document: Document,
  { path, method, operation }: { path: string; method: string; operation: Operation },
): QueryRow {
  const onPath = (document.paths[path] as { parameters?: Parameter[] } | undefined)?.parameters ?? [];
  const declared = [...onPath, ...(operation.parameters ?? [])].map((parameter) => resolved(document, parameter));
  const query = declared.filter((parameter) => parameter.in === 'query');
  return {
    query: Object.fromEntries(query.map(({ name = '', schema }) => [name, String(schema?.type)])),
    words: Object.fromEntries(query.flatMap(({ name = '', schema }) => (schema?.enum ? [[name, schema.enum]] : []))),
    ignoredQuery: ignored(document, { path, method, operation }),
  };
}

/** A list would show what was not asked for; what reads one thing, or is public, shows the same whatever is asked. */
function ignored(
  document: Document,
  { path, method, operation }: { path: string; method: string; operation: Operation },
): QueryRow['ignoredQuery'] {
  if (method === 'get') return operation['x-public'] === undefined && isList(document, operation) ? [] : 'any';
  if (method !== 'patch' && method !== 'delete') return [];
  return [...document['x-query-noise'], ...[...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '')];
}

/** Whether an operation answers an array, or a page with entries. */
function isList(document: Document, { responses }: Operation): boolean {
  const schema = responses['200']?.content?.['application/json']?.schema;
  return (
    schema !== undefined &&
    partsOf(document, schema).some(({ type, properties }) => type === 'array' || properties?.['entries'])
  );
}

/** The schemas that a schema is made of. */
function partsOf(document: Document, schema: Schema): Schema[] {
  const { allOf = [], ...own } = resolved(document, schema);
  return [own, ...allOf.flatMap((part) => partsOf(document, part))];
}

function resolved<T extends Parameter | Schema>(document: Document, value: T): T {
  const [, kind, name = ''] = REFERENCE.exec(value.$ref ?? '') ?? [];
  if (kind === undefined) return value;
  return (kind === 'schemas' ? document.components.schemas[name] : document.components.parameters[name]) as T;
}
