import { lookup } from '../../../openapi/lookup.ts';
import type { Contract } from '../../shared/contract/contract.ts';

type Document = Contract['document'];
type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const REFERENCE = /^#\/components\/([^/]+)\/([^/]+)$/;
/** OpenAPI 3.0 wants responses of every operation. */
const NO_RESPONSES = { default: { description: 'see the contract' } };

/**
 * The part of the contract that requests are checked against, as a copy: without responses, and with components in the
 * places that refer to them. The validator walks all that it is given several times before it serves, and compiles a
 * component at each reference only to look at it.
 */
export function requestContract(document: Document): Document {
  const components = document.components as Components;
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = Object.entries(item).map(([method, operation]): [string, unknown] => {
      const asked = 'responses' in operation ? { ...operation, responses: NO_RESPONSES } : operation;
      return [method, inlined(asked, components)];
    });
    return [path, Object.fromEntries(operations) as Record<string, object>] as const;
  });
  const { securitySchemes } = components;
  const kept = { schemas: {}, ...(securitySchemes && { securitySchemes }) };
  return { ...document, paths: Object.fromEntries(paths), components: kept };
}

/** A copy of a value with what it refers to in the place of references. No component of the contract has itself in it. */
function inlined(value: unknown, components: Components): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((entry: unknown) => inlined(entry, components));
  const { $ref } = value as { $ref?: unknown };
  const [, kind = '', name = ''] = (typeof $ref === 'string' && REFERENCE.exec($ref)) || [];
  const component = lookup(lookup(components, kind) ?? {}, name);
  if (component !== undefined) return inlined(component, components);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inlined(member, components)]));
}
