import { lookup } from '../../../openapi/lookup.ts';
import type { Contract } from '../../shared/contract/contract.ts';

type Document = Contract['document'];
type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const REFERENCE = /^#\/components\/([^/]+)\/([^/]+)$/;
/** OpenAPI 3.0 wants responses of every operation. */
const NO_RESPONSES = { default: { description: 'see the contract' } };

/**
 * The part of the contract that requests are checked against, as a copy: without responses, and without the components
 * that only responses refer to. The validator walks all that it is given several times before it serves, also where it
 * is told not to look at replies.
 */
export function requestContract(document: Document): Document {
  const paths = structuredClone(document.paths);
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) if ('responses' in operation) operation.responses = NO_RESPONSES;
  }
  const components = document.components as Components;
  const kept: Record<string, Record<string, unknown>> = {};
  const keep = (value: unknown): void => {
    for (const [kind, name] of referencesIn(value)) {
      if (lookup(lookup(kept, kind) ?? {}, name) !== undefined) continue;
      const component = lookup(lookup(components, kind) ?? {}, name);
      (kept[kind] ??= {})[name] = structuredClone(component);
      keep(component);
    }
  };
  keep(paths);
  const { securitySchemes } = components;
  return { ...document, paths, components: { schemas: {}, ...kept, ...(securitySchemes && { securitySchemes }) } };
}

/** Which components a value refers to, as kind and name. */
function referencesIn(value: unknown): [string, string][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    if (name !== '$ref' || typeof member !== 'string') return referencesIn(member);
    const [, kind, component] = REFERENCE.exec(member) ?? [];
    return kind === undefined || component === undefined ? [] : [[kind, component]];
  });
}
