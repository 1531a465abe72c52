import { createHash, X509Certificate } from 'node:crypto';
import { lookup } from '../../../openapi/lookup.ts';
import type { PolicyRequest } from '../../registration/policy/registration.policy.ts';
import { Problem } from '../../shared/problem.ts';

/** The certificate of a caller, as a script sees it. */
export interface CertificateMatter {
  readonly pem: string;
  /** The parts of the subject by their short names; a part that is there several times is a list. */
  readonly subject: Readonly<Record<string, unknown>>;
  readonly issuer: object;
  readonly serialNumber: string;
  /** When it begins and ends to be valid, as in ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  /** The SHA-256 thumbprint, as tokens are bound to it (RFC 8705 section 3.1). */
  readonly thumbprint: string;
}

/** One certificate as PEM, and nothing beside it. */
const PEM = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

/** A certificate as PEM. Throws where it is none, or more than one. */
export function certificateOf(pem: string): CertificateMatter {
  if (!PEM.test(pem)) throw new Error('it is not one certificate as PEM');
  return matterOf(new X509Certificate(pem));
}

/**
 * The certificate in a header of a proxy: as a byte sequence (RFC 9440 section 2), or as PEM in percents, as nginx has
 * it. Undefined where there is none. Throws `invalid-request` that names the header where something else is in it: nobody
 * knows who calls then, which is not the same as a caller without a certificate.
 */
export function certificateIn(headers: PolicyRequest['headers'], name: string): CertificateMatter | undefined {
  const text = [lookup(headers, name) ?? ''].flat().join(', ');
  if (text === '') return undefined;
  try {
    const bytes = /^:([A-Za-z0-9+/=]+):$/.exec(text.trim())?.[1];
    if (bytes === undefined) return certificateOf(decodeURIComponent(text));
    return matterOf(new X509Certificate(Buffer.from(bytes, 'base64')));
  } catch {
    const detail = 'holds no certificate that can be read: PEM in percents, or as in RFC 9440, and one alone';
    throw new Problem('invalid-request', { errors: [{ parameter: `header:${name}`, detail, rule: 'certificate' }] });
  }
}

function matterOf(certificate: X509Certificate): CertificateMatter {
  const { subject, issuer } = certificate.toLegacyObject();
  return {
    pem: certificate.toString(),
    subject: { ...subject },
    issuer: { ...issuer },
    serialNumber: certificate.serialNumber,
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
  };
}
