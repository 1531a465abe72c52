import { isIP } from 'node:net';
import type { RequestHandler } from 'express';

const HEADER = 'x-forwarded-for';

/**
 * Leaves of `X-Forwarded-For` what the nearest proxies have said, as bare addresses: everything that Express takes for
 * the source of a request is counted and logged, so that an entry that is no address, and what stands before it, would
 * let a caller be another source with each request.
 */
export const bareForwardedFor: RequestHandler = (req, _res, next) => {
  const header = req.get(HEADER);
  if (header !== undefined) {
    const addresses = header.split(',').map(addressIn);
    req.headers[HEADER] = addresses.slice(addresses.lastIndexOf(undefined) + 1).join(', ');
  }
  next();
};

/**
 * The address in an entry: bare, with a port, or in brackets as RFC 7239 section 6 has those of IPv6; without the zone,
 * which means something to one machine only. Undefined when it is none, such as `unknown`.
 */
function addressIn(entry: string): string | undefined {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const bare = /^\[(.*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
  const [address = ''] = bare.split('%');
  return isIP(address) === 0 ? undefined : address;
}

/** Takes the header in which a proxy says whose certificate it has seen away from everybody who is no trusted proxy. */
export const certificateFromProxies =
  (header: string): RequestHandler =>
  (req, _res, next) => {
    const trusts = req.app.get('trust proxy fn') as (address: string, hop: number) => boolean;
    if (!trusts(req.socket.remoteAddress ?? '', 0)) delete req.headers[header];
    next();
  };
