import { createHash, X509Certificate } from 'node:crypto';

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

/**
 * The certificate in a header of a proxy: as a byte sequence (RFC 9440 section 2), or as PEM in percents, as nginx has
 * it. Undefined where there is none that can be read.
 */
export function certificateIn(header: string | string[] | undefined): CertificateMatter | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  try {
    const bytes = /^:([A-Za-z0-9+/=]+):$/.exec(header.trim())?.[1];
    const certificate = new X509Certificate(
      bytes === undefined ? decodeURIComponent(header) : Buffer.from(bytes, 'base64'),
    );
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
  } catch {
    return undefined;
  }
}
