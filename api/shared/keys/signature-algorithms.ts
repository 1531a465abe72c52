/** Signatures with a key pair (RFC 7518) that every JOSE library here verifies. HMAC and `none` are never among them. */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;
