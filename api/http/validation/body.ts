import type { IncomingMessage } from 'node:http';
import { decodeJwt } from 'jose';
import express, { type Request, type RequestHandler } from 'express';
import { checkHygiene } from '../../shared/log/hygiene.ts';
import type { Normalise } from '../../shared/contract/normalise.ts';
import { Problem } from '../../shared/problem.ts';
import { isTextInBytes, isTextInJwt, isTextInPercents } from '../../shared/contract/text.ts';
import { wantsStrict } from './strict.ts';

const LIMIT = '256kb';
const JSON_TYPES = ['application/json', 'application/*+json'];
const json = express.json({ type: JSON_TYPES, limit: LIMIT, verify: checkBytes });
const jwt = express.text({ type: 'application/jwt', limit: LIMIT, verify: checkBytes });
const form = express.urlencoded({ extended: false, limit: '64kb', verify: checkFormBytes });

/** Reads the body of operations that have one. It comes after authentication: strangers cannot make us read. */
export const readBody: RequestHandler = (req, res, next) => {
  const content = req.openapi?.schema.requestBody?.content;
  if (content === undefined) next();
  else if ('application/x-www-form-urlencoded' in content) form(req, res, next);
  else if (signedType(req) !== undefined && req.is('application/jwt') !== false) jwt(req, res, next);
  else json(req, res, next);
};

const signedType = ({ openapi }: Request): string | undefined => openapi?.schema['x-signed-body'];

/** The validator leaves `null` where there is no body. */
const takesBody = ({ openapi }: Request): boolean => openapi?.schema.requestBody?.content !== undefined;

/** Refuses what the parsers would read as something else than was sent: other charsets, and bytes that are no text. */
function checkBytes(req: IncomingMessage, _res: unknown, bytes: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw new Problem('unsupported-media-type', { detail: CHARSET });
  // The parsers make an empty object of it.
  if (bytes.length === 0) refuseMissing(req as Request);
  if (!isTextInBytes(bytes)) throw new Problem('invalid-request', { detail: 'the body is not UTF-8' });
}

export const CHARSET = 'the charset of the body must be UTF-8';

function checkFormBytes(req: IncomingMessage, res: unknown, bytes: Buffer, charset: string): void {
  checkBytes(req, res, bytes, charset);
  const isText = isTextInPercents(bytes.toString('latin1'));
  if (!isText) throw new Problem('invalid-request', { detail: 'the body is not UTF-8 where it is percent-encoded' });
}

/** Refuses a request without a body where the contract requires one, and one with a body that no parser has taken. */
export const requireBody: RequestHandler = (req, _res, next) => {
  if (takesBody(req) && req.body === undefined) {
    const { 'transfer-encoding': coding, 'content-length': length = '0' } = req.headers;
    if (coding !== undefined || Number(length) > 0) throw unsupportedMediaType(req);
    refuseMissing(req);
  }
  next();
};

/** The body is of none of the media types that the operation takes, which are named. */
export function unsupportedMediaType({ method, openapi }: Request): Problem {
  const { requestBody, 'x-signed-body': signed = [] } = openapi?.schema ?? {};
  const accepted = [...Object.keys(requestBody?.content ?? {}), ...[signed].flat()].join(', ');
  const header = method === 'PATCH' ? 'Accept-Patch' : 'Accept';
  const detail = `the body must be one of: ${accepted}`;
  return new Problem('unsupported-media-type', { detail, headers: { [header]: accepted } });
}

function refuseMissing({ openapi }: Request): void {
  if (openapi?.schema.requestBody?.required !== true) return;
  throw new Problem('invalid-request', { detail: 'the body is missing' });
}

/**
 * Leaves only the media type of `Content-Type`. The validator compiles and keeps a validator for every spelling
 * that it sees, parameters included, so that callers could fill the memory with spellings.
 */
export const reduceContentType: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'];
  if (!takesBody(req)) delete req.headers['content-type'];
  else if (type !== undefined) req.headers['content-type'] = type.split(';', 1)[0]?.trim().toLowerCase();
  next();
};

/** Claims about a JWT itself. */
const ABOUT_JWT = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];

/**
 * Has the claims of a signed body as the body; from here on it is one like others, and whoever handles it verifies the
 * signature of `signedBody`.
 */
export const openSignedBody: RequestHandler = (req, _res, next) => {
  if (req.headers['content-type'] === signedType(req) && typeof req.body === 'string') {
    const claims = claimsIn(req.body);
    if (claims === undefined)
      throw new Problem('invalid-request', { detail: 'the body is no JWT with an object in it' });
    req.signedBody = req.body;
    req.body = Object.fromEntries(Object.entries(claims).filter(([name]) => !ABOUT_JWT.includes(name)));
    req.headers['content-type'] = 'application/json';
  }
  next();
};

function claimsIn(text: string): object | undefined {
  if (!isTextInJwt(text)) return undefined;
  try {
    return decodeJwt(text);
  } catch {
    return undefined;
  }
}

/** Checks the body for hygiene and normalises it where the operation says so (`x-body`). */
export const prepareBody =
  (normalisers: Readonly<Record<string, Normalise>>): RequestHandler =>
  (req, _res, next) => {
    checkHygiene(req.body);
    const normalise = normalisers[req.openapi?.schema['x-body'] ?? ''];
    if (normalise !== undefined && req.body !== undefined) req.body = normalise(req.body, wantsStrict(req));
    next();
  };
