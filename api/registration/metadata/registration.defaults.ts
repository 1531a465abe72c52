import type { ClientInput, Members } from '../../clients/document/client.document.ts';
import { PROPERTIES, valueOf, type ClientDocument } from '../../clients/document/client.document.ts';
import { grantsOf } from '../../clients/rules/rules.grants.ts';
import { isOnDevice, parseUri } from '../../clients/rules/uri.ts';

type Grant = NonNullable<ClientInput['grantTypes']>[number];

/** The members with a JWE algorithm for the content, each with its one for the key. */
const ENCRYPTION = PROPERTIES.filter(({ name }) => name.endsWith('Enc')).flatMap((enc) => {
  const alg = PROPERTIES.find(({ path }) => path === enc.path.replace(/Enc$/, 'Alg'));
  return alg === undefined ? [] : [{ enc, alg }];
});

/**
 * Completes what a client left out of its registration, as the standards say or by what it did say:
 * `authorization_code` and `code` (RFC 7591 section 2), each of the two lists after the other one where only one is
 * given; RS256 for ID tokens and A128CBC-HS256 beside an encryption of keys (OpenID Connect Dynamic Client
 * Registration section 2); the host of the first redirect URI for a name; and the kind of application by what it
 * redirects to, see `applicationTypeOf`. Changes `draft`.
 */
export function completeRegistration(draft: ClientInput, previous?: ClientDocument): void {
  const { grantTypes, responseTypes } = draft;
  if (grantTypes === undefined) {
    const needed = (responseTypes ?? ['code']).flatMap(grantsOf);
    draft.grantTypes = [...new Set(needed)] as Grant[];
  }
  draft.responseTypes ??= draft.grantTypes?.includes('authorization_code') === true ? ['code'] : [];
  draft.idTokenSignedResponseAlg ??= 'RS256';
  for (const { enc, alg } of ENCRYPTION) {
    const holder = (enc.parent === undefined ? draft : draft.attributes) as Members;
    if (valueOf(draft, alg) !== undefined) holder[enc.name] ??= 'A128CBC-HS256';
  }
  const host = parseUri(draft.redirectUris?.[0] ?? '')?.host;
  if (draft.clientName === undefined && host !== undefined && host !== '') draft.clientName = host;
  const type = applicationTypeOf(draft, previous);
  if (type !== undefined) draft.applicationType ??= type;
}

/**
 * An app on a device often does not say that it is one (RFC 7591 has no such member), and what it redirects to does:
 * `native` where an address is on the device (RFC 8252 section 7); whether it is a good one is for the rules. Not with
 * the implicit grant, which gives tokens to whoever listens there. A client that was something stays it, unless
 * addresses that are new say otherwise.
 */
function applicationTypeOf(
  { redirectUris = [], postLogoutRedirectUris = [], grantTypes = [] }: ClientInput,
  previous: ClientDocument | undefined,
): ClientInput['applicationType'] {
  const known = new Set([...(previous?.redirectUris ?? []), ...(previous?.postLogoutRedirectUris ?? [])]);
  const uris = [...redirectUris, ...postLogoutRedirectUris];
  const isApp = uris.some((uri) => !known.has(uri) && isOnDevice(parseUri(uri))) && !grantTypes.includes('implicit');
  return isApp ? 'native' : previous?.applicationType;
}
