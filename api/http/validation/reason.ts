import type { RequestHandler } from 'express';
import { OPERATIONS } from '../../../openapi/operations.gen.ts';
import { isTextInBytes } from '../../shared/contract/text.ts';
import { Problem } from '../../shared/problem.ts';

/** Operations that keep why they were called. */
const KEEPING = new Set<string>(OPERATIONS.filter((row) => 'reasoned' in row).map(({ id }) => id));

/** Reads why something is done, as text; refuses who does not say so where that is required. */
export const readReason =
  (isRequired: boolean): RequestHandler =>
  (req, _res, next) => {
    if (!KEEPING.has(req.openapi?.schema.operationId ?? '')) {
      next();
      return;
    }
    const reason = textOf(req.get('x-reason') ?? '');
    if (reason === '' && isRequired) throw refusal('is needed: say in it why this is done');
    if (reason === '') delete req.headers['x-reason'];
    else req.reason = req.headers['x-reason'] = reason;
    next();
  };

/** Node reads headers as Latin-1, byte by byte. */
function textOf(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  if (!isTextInBytes(bytes)) throw refusal('is not UTF-8');
  return bytes.toString('utf8').trim();
}

const refusal = (detail: string): Problem =>
  new Problem('invalid-request', { errors: [{ parameter: 'header:X-Reason', detail }] });
