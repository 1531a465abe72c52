import type { RequestHandler } from 'express';
import { isTextInPercents } from '../shared/contract/text.ts';
import { Problem } from '../shared/problem.ts';

/** A host and a port (RFC 9110 section 7.2), or nothing, which a client sends that has no host to name. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+,;=%-]+)?(?::\d*)?$/i;
/** A request target in absolute form; what follows the host is the origin form of it. */
const ABSOLUTE = /^https?:\/\/[^/?#]+/i;

/**
 * Checks the Host header and brings the request target into origin form (RFC 9112 section 3.2): proxies, and programs
 * that think that they talk to one, send the whole address. Which host it names does not matter here.
 */
export const originForm: RequestHandler = (req, _res, next) => {
  const hosts = req.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  const isHost = HOST.test(req.headers.host ?? '');
  if (hosts.length > 1 || !isHost)
    throw new Problem('invalid-request', { detail: 'there must be one Host header, with a host in it' });
  const rest = ABSOLUTE.test(req.url) ? req.url.replace(ABSOLUTE, '') : undefined;
  if (rest !== undefined) req.url = req.originalUrl = rest.startsWith('/') ? rest : `/${rest}`;
  next();
};

/** Refuses a path that is not text. */
export const checkPath: RequestHandler = ({ path }, _res, next) => {
  if (isTextInPercents(path)) next();
  else throw new Problem('invalid-request', { detail: 'the path is not UTF-8 where it is percent-encoded' });
};

/** Takes one slash away from the end of a path: with it and without it a path leads to the same thing. */
export const withoutTrailingSlash: RequestHandler = (req, _res, next) => {
  req.url = req.originalUrl = req.originalUrl.replace(/(?<=[^/])\/(?=\?|$)/, '');
  next();
};
