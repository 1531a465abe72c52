import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import { ADVICE, pointerOf, REGISTRATION_ONLY, valueAt, when, type Rule } from './rule.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const YEAR = 366 * DAY;

/** The longest lifetimes, in seconds. */
const LONGEST: readonly { readonly path: ClientPropertyPath; readonly seconds: number }[] = [
  { path: 'accessTokenLifetime', seconds: DAY },
  { path: 'refreshTokenLifetime', seconds: YEAR },
  { path: 'attributes.idTokenLifetime', seconds: DAY },
  { path: 'attributes.txTokenLifetime', seconds: HOUR },
  { path: 'attributes.parLifetime', seconds: HOUR },
];

/** How long things are valid. Zero, and absence where there is no default, stand for the default of the authorization server. */
export const LIFETIME_RULES: readonly Rule[] = [
  {
    id: 'longest-lifetimes',
    reference: 'RFC 6819 section 5.1.5.3',
    properties: [
      'accessTokenLifetime',
      'refreshTokenLifetime',
      'attributes.idTokenLifetime',
      'attributes.txTokenLifetime',
      'attributes.parLifetime',
    ],
    doors: REGISTRATION_ONLY,
    sentence: 'must be at most a day for access and ID tokens, a year for refresh tokens, an hour for all else',
    find: (client) =>
      LONGEST.flatMap(({ path, seconds }) =>
        Number(valueAt(client, path) ?? 0) > seconds ? [{ pointer: pointerOf(path), concerns: [path] }] : [],
      ),
  },
  {
    id: 'short-access-tokens',
    reference: 'RFC 6750 section 5.3',
    properties: ['accessTokenLifetime', 'attributes.dpopBoundAccessToken'],
    doors: ADVICE,
    sentence: 'should not be more than an hour for tokens that anyone can use who has them',
    find: (client) => when((client.accessTokenLifetime ?? 0) > HOUR && !client.attributes.dpopBoundAccessToken),
  },
];
