import express, { type RequestHandler } from 'express';
import { checkHygiene } from '../shared/hygiene.ts';

const LIMIT = '256kb';
const json = express.json({ type: ['application/json', 'application/*+json'], limit: LIMIT });
const form = express.urlencoded({ extended: false, limit: '64kb' });

/** Brings a body into the form that the contract describes, before it is validated. */
export type Normalise = (body: unknown) => unknown;

/** Reads the body of operations that have one. It comes after authentication: strangers cannot make us read. */
export const readBody: RequestHandler = (req, res, next) => {
  const content = req.openapi?.schema.requestBody?.content;
  if (content === undefined) next();
  else if ('application/x-www-form-urlencoded' in content) form(req, res, next);
  else json(req, res, next);
};

/**
 * Leaves only the media type of `Content-Type`. The validator compiles and keeps a validator for every spelling
 * that it sees, parameters included, so that callers could fill the memory with spellings.
 */
export const reduceContentType: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'];
  if (req.openapi?.schema.requestBody === undefined) delete req.headers['content-type'];
  else if (type !== undefined) req.headers['content-type'] = type.split(';', 1)[0]?.trim().toLowerCase();
  next();
};

/** Checks the body for hygiene and normalises it where the operation says so (`x-body`). */
export const prepareBody =
  (normalisers: Readonly<Record<string, Normalise>>): RequestHandler =>
  (req, _res, next) => {
    checkHygiene(req.body);
    const normalise = normalisers[req.openapi?.schema['x-body'] ?? ''];
    if (normalise !== undefined && req.body !== undefined) req.body = normalise(req.body);
    next();
  };
