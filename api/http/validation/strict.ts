import type { Request, RequestHandler } from 'express';
import type { KnownMembers } from '../../shared/contract/known-members.ts';
import { preferencesOf } from '../../shared/contract/preferences.ts';
import { Problem } from '../../shared/problem.ts';

/** Whether the caller asked that unknown members be refused (RFC 7240 section 4.4). */
export function wantsStrict(req: Request): boolean {
  return preferencesOf(req.get('prefer')).some((preference) => /^handling\s*=\s*"?strict"?$/.test(preference));
}

/** Refuses unknown members of a written body where the caller asked for it, each by its name. */
export const refuseUnknownMembers =
  (known: Readonly<Record<string, KnownMembers>>): RequestHandler =>
  (req, res, next) => {
    const body = req.openapi?.schema['x-body'];
    // Metadata that is not understood must be ignored, whatever is preferred (RFC 7591 section 2).
    if (body === undefined || body === 'registration' || !wantsStrict(req)) {
      next();
      return;
    }
    res.setHeader('Preference-Applied', 'handling=strict');
    // A patch is checked when it is applied.
    const errors = known[body]?.unknown(req.body) ?? [];
    if (errors.length > 0) throw new Problem('invalid-request', { errors });
    next();
  };
