import type { Request, RequestHandler } from 'express';
import type { Contract } from '../shared/contract.ts';
import { Problem } from '../shared/problem.ts';

/** Whether the caller asked that unknown members be refused (RFC 7240 section 4.4). */
export function wantsStrict(req: Request): boolean {
  const preferences = (req.get('prefer') ?? '').toLowerCase().split(/[,;]/);
  return preferences.some((preference) => /^handling\s*=\s*"?strict"?$/.test(preference.trim()));
}

/** Refuses unknown members of a written body where the caller asked for it, each by its name. */
export const refuseUnknownMembers =
  (contract: Contract): RequestHandler =>
  (req, res, next) => {
    const operation = req.openapi?.schema;
    // Metadata that is not understood must be ignored, whatever is preferred (RFC 7591 section 2).
    const isStrict = operation?.['x-body'] !== undefined && operation['x-body'] !== 'registration' && wantsStrict(req);
    if (operation === undefined || !isStrict) {
      next();
      return;
    }
    res.setHeader('Preference-Applied', 'handling=strict');
    const schema = operation.requestBody?.content[req.headers['content-type'] ?? '']?.schema;
    // A patch is checked when it is applied.
    const errors = operation['x-body'] !== 'patch' && schema ? contract.unknownMembers(schema, req.body) : [];
    if (errors.length > 0) throw new Problem('invalid-request', { detail: 'there are unknown members', errors });
    next();
  };
