/** The token of an Authorization header (RFC 6750 section 2.1), or undefined when it is not "Bearer <token>". */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^bearer +([^ ]+)$/i.exec((authorization ?? '').trim())?.[1];
