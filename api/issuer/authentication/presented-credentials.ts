import { decodeJwt } from 'jose';
import { isTextInBytes, isTextInJwt } from '../../shared/contract/text.ts';
import { invalidRequest, type FormParameters } from '../form.ts';

/** What a request brings to authenticate its client; nothing about it is verified. */
export type PresentedCredentials =
  | {
      readonly kind: 'secret';
      readonly clientId: string;
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly secret: string;
    }
  | { readonly kind: 'assertion'; readonly clientId: string; readonly assertion: string }
  | { readonly kind: 'none'; readonly clientId: string }
  | { readonly kind: 'unsupported'; readonly clientId: '' };

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Finds the credentials in a request (RFC 6749 section 2.3, RFC 7521 section 4.2).
 * Throws `invalid_request` when they are malformed, contradict each other or use more than one mechanism.
 */
export function presentedCredentials(authorization: string | undefined, form: FormParameters): PresentedCredentials {
  const clientId = form.one('client_id');
  const secret = form.one('client_secret');
  const assertion = form.one('client_assertion');
  const mechanisms = [authorization, secret, assertion].filter((mechanism) => mechanism !== undefined);
  if (mechanisms.length > 1) throw invalidRequest('the client must authenticate in one way only');
  if (authorization !== undefined) return sameClient(basicCredentials(authorization), clientId);
  if (assertion !== undefined) return assertionCredentials(assertion, form, clientId);
  if (clientId === undefined) throw invalidRequest('there is no client authentication');
  return secret === undefined
    ? { kind: 'none', clientId }
    : { kind: 'secret', method: 'client_secret_post', clientId, secret };
}

function sameClient(presented: PresentedCredentials, clientId: string | undefined): PresentedCredentials {
  if (clientId !== undefined && clientId !== presented.clientId && presented.kind !== 'unsupported') {
    throw invalidRequest('client_id is not the client that authenticates');
  }
  return presented;
}

function basicCredentials(authorization: string): PresentedCredentials {
  if (!/^basic\b/i.test(authorization)) return { kind: 'unsupported', clientId: '' };
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1] ?? '';
  const bytes = Buffer.from(encoded, 'base64');
  if (!isTextInBytes(bytes)) throw invalidRequest('the Authorization header is not UTF-8');
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw invalidRequest('the Authorization header is malformed');
  const clientId = formDecoded(text.slice(0, colon));
  return { kind: 'secret', method: 'client_secret_basic', clientId, secret: formDecoded(text.slice(colon + 1)) };
}

/** Both parts of Basic are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    throw invalidRequest('the parts of the Authorization header are not form-encoded');
  }
}

function assertionCredentials(
  assertion: string,
  form: FormParameters,
  clientId: string | undefined,
): PresentedCredentials {
  if (form.one('client_assertion_type') !== JWT_BEARER)
    throw invalidRequest(`client_assertion_type is not ${JWT_BEARER}`);
  if (!isTextInJwt(assertion)) throw invalidRequest('client_assertion is not Unicode text');
  return sameClient({ kind: 'assertion', clientId: subjectOf(assertion) ?? clientId ?? '', assertion }, clientId);
}

/** Whose assertion it claims to be; undefined when it is no JWT, which verification refuses later. */
function subjectOf(assertion: string): string | undefined {
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}
