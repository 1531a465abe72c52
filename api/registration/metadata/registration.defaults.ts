import type { ClientInput, Members } from '../../clients/document/client.document.ts';
import { PROPERTIES, valueOf } from '../../clients/document/client.document.ts';
import { parseUri } from '../../clients/rules/uri.ts';

type Grant = NonNullable<ClientInput['grantTypes']>[number];
type ResponseType = NonNullable<ClientInput['responseTypes']>[number];

const GRANT_OF: Readonly<Record<ResponseType, Grant>> = {
  code: 'authorization_code',
  token: 'implicit',
  id_token: 'implicit',
};

/** The members with a JWE algorithm for the content, each with its one for the key. */
const ENCRYPTION = PROPERTIES.filter(({ name }) => name.endsWith('Enc')).flatMap((enc) => {
  const alg = PROPERTIES.find(({ path }) => path === enc.path.replace(/Enc$/, 'Alg'));
  return alg === undefined ? [] : [{ enc, alg }];
});

/**
 * Completes what a client left out of its registration, as the standards say or by what it did say:
 * `authorization_code` and `code` (RFC 7591 section 2), each of the two lists after the other one where only one is
 * given; RS256 for ID tokens and A128CBC-HS256 beside an encryption of keys (OpenID Connect Dynamic Client
 * Registration section 2); and the host of the first redirect URI for a name. Changes `draft`.
 */
export function completeRegistration(draft: ClientInput): void {
  const { grantTypes, responseTypes } = draft;
  if (grantTypes === undefined) {
    const needed = (responseTypes ?? ['code']).map((type) => GRANT_OF[type]);
    draft.grantTypes = [...new Set(needed)];
  }
  draft.responseTypes ??= draft.grantTypes?.includes('authorization_code') === true ? ['code'] : [];
  draft.idTokenSignedResponseAlg ??= 'RS256';
  for (const { enc, alg } of ENCRYPTION) {
    const holder = (enc.parent === undefined ? draft : draft.attributes) as Members;
    if (valueOf(draft, alg) !== undefined) holder[enc.name] ??= 'A128CBC-HS256';
  }
  const host = parseUri(draft.redirectUris?.[0] ?? '')?.host;
  if (draft.clientName === undefined && host !== undefined && host !== '') draft.clientName = host;
}
