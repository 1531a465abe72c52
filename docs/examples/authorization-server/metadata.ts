import { randomBytes } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import { CLIENT_PROPERTIES } from '../../../openapi/properties.gen.ts';
import type { ClientProperty, RegistrationForm } from '../../../openapi/property.ts';
import type { Client } from '../node/registry.ts';

/** What this authorization server offers to clients. */
export interface Offer {
  readonly grantTypes: readonly string[];
  /** Its scopes, by the DNs under which the registry has them. */
  readonly scopes: ReadonlyMap<string, string>;
}

type Convert = (value: unknown, offer: Offer) => unknown;

const asIs: Convert = (value) => value;
/** From the form that a property has in the registry to the one that it has in registration metadata (RFC 7591). */
const CONVERSIONS: Readonly<Record<RegistrationForm, Convert>> = {
  text: asIs,
  list: asIs,
  boolean: asIs,
  integer: asIs,
  localized: asIs,
  json: (text) => JSON.parse(String(text)) as unknown,
  epoch: (date) => epochOf(String(date)),
  single: (list) => (list as string[])[0],
  'scope-string': (dns, { scopes }) =>
    (dns as string[])
      .map((dn) => scopes.get(dn))
      .filter((name) => name !== undefined)
      .join(' '),
};

/** Seconds since the epoch of a date of the registry, which is in UTC without saying so. */
export const epochOf = (date: string): number => Date.parse(`${date}Z`) / 1_000;

const PROPERTIES: readonly ClientProperty[] = CLIENT_PROPERTIES;
const SECRET_METHODS = ['client_secret_basic', 'client_secret_post'];
/** oidc-provider wants a secret where one is compared. Ours are compared by the registry, so that this one is nobody's. */
const NO_SECRET = randomBytes(32).toString('base64url');

// region: mapping
/**
 * A client of the registry as oidc-provider knows clients: its registration metadata, by the names that the contract
 * gives for every property. oidc-provider takes what it knows of them, and refuses a client that wants what it does
 * not offer, such as another signature algorithm.
 */
export function metadataOf(client: Client, offer: Offer): AdapterPayload {
  const { claims: _claims, contacts: _contacts, default_acr_values: _acr, ...metadata } = registrationOf(client, offer);
  const method = String(metadata['token_endpoint_auth_method']);
  const signsAssertions = method.endsWith('_jwt');
  return {
    ...metadata,
    grant_types: client.grantTypes.filter((grant) => offer.grantTypes.includes(grant)),
    // The registry may have others, and combinations. This server has one.
    response_types: client.responseTypes?.includes('code') === true ? ['code'] : [],
    require_pushed_authorization_requests: client.attributes.requirePar,
    ...(!signsAssertions && { token_endpoint_auth_signing_alg: undefined }),
    client_secret: SECRET_METHODS.includes(method) ? NO_SECRET : undefined,
  };
}

function registrationOf(client: Client, offer: Offer): Record<string, unknown> {
  const metadata: Record<string, unknown> = {};
  for (const { name, parent, dcr } of PROPERTIES) {
    const holder = (parent === undefined ? client : client[parent]) as Record<string, unknown> | undefined;
    if (dcr !== undefined && holder?.[name] !== undefined)
      metadata[dcr.name] = CONVERSIONS[dcr.as](holder[name], offer);
  }
  return metadata;
}
// endregion
