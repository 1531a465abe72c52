import { CLIENT_NOISE } from '../../../openapi/properties.gen.ts';
import { MemberNames } from '../../shared/contract/member-names.ts';
import { isObject } from '../../shared/contract/members.ts';
import { memberNormaliser, typedText } from '../../shared/contract/normalise.ts';
import { PROPERTIES } from './client.document.ts';

/** What the members of a client are called, and were called. */
export const CLIENT_NAMES = new MemberNames('client', PROPERTIES, CLIENT_NOISE);

const normaliseMembers = memberNormaliser(CLIENT_NAMES);

/** Brings the body of a written client into the form that the contract describes; see `memberNormaliser`. */
export function normaliseClient(body: unknown, strict: boolean): unknown {
  const client = normaliseMembers(body, strict);
  if (!strict && isObject(client) && Array.isArray(client['customAttributes']))
    client['customAttributes'] = client['customAttributes'].map(withTypedMultiValued);
  return client;
}

const withTypedMultiValued = (attribute: unknown): unknown =>
  isObject(attribute) && 'multiValued' in attribute
    ? { ...attribute, multiValued: typedText(attribute['multiValued'], 'boolean') }
    : attribute;
