import { HISTORICAL_NAMES } from '../../openapi/properties.gen.ts';
import { isObject } from '../shared/members.ts';
import { memberNormaliser } from '../shared/normalise.ts';
import { PROPERTIES } from './client.document.ts';

const normaliseMembers = memberNormaliser(PROPERTIES, HISTORICAL_NAMES);

/** Brings the body of a written client into the form that the contract describes; see `memberNormaliser`. */
export function normaliseClient(body: unknown): unknown {
  const client = normaliseMembers(body);
  if (isObject(client) && Array.isArray(client['customAttributes']))
    client['customAttributes'] = client['customAttributes'].map(withoutDerived);
  return client;
}

/** Both say in other words what `values` says. */
function withoutDerived(attribute: unknown): unknown {
  if (!isObject(attribute)) return attribute;
  const { displayValue: _displayed, multiValued: _several, ...rest } = attribute;
  return rest;
}
