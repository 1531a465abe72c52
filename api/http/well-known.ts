import type { RequestHandler } from 'express';

const RESOURCE = '/.well-known/oauth-protected-resource';
const SERVER = '/.well-known/oauth-authorization-server';
const BUILT_IN = '/jans-auth/.well-known/openid-configuration';

/**
 * Where the metadata of `resource`, a protected resource, is: between its host and its path (RFC 9728 section 3.1) where it
 * is at the origin of this service, else at the address below `base` that needs no path.
 */
export function resourceMetadataAddress(resource: string, base: string): string {
  const url = new URL(resource);
  const isHere = url.origin === new URL(base).origin;
  return isHere ? `${url.origin}${RESOURCE}${pathOf(url)}` : `${base}${RESOURCE}`;
}

/** Leads the well-known addresses that depend on settings, since they end in the path of what they are about, to the document. */
export function wellKnownPaths(resource: string, base: string): RequestHandler {
  const inserted = [
    [new URL(resourceMetadataAddress(resource, base)).pathname, RESOURCE],
    // RFC 8414 section 3.1.
    [`${SERVER}${pathOf(new URL(base))}`, SERVER],
    [`${SERVER}${pathOf(new URL(`${base}/jans-auth`))}`, BUILT_IN],
  ] as const;
  const leads = new Map<string, string>(inserted);
  return (req, _res, next) => {
    const document = leads.get(req.path.replace(/(.)\/$/, '$1'));
    if (document !== undefined) req.url = req.originalUrl = req.originalUrl.replace(/^[^?]*/, () => document);
    next();
  };
}

const pathOf = ({ pathname }: URL): string => pathname.replace(/\/$/, '');
