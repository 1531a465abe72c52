import { describe, expect, it } from '@jest/globals';
import { planRotation } from '../../api/issuer/keys/key-rotation.ts';
import type { StoredSigningKey } from '../../api/issuer/keys/signing-key.store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Keys that sign from these days on. */
const keysFrom = (...days: number[]): StoredSigningKey[] =>
  days.map((day) => ({
    kid: `from day ${day}`,
    publicJwk: '',
    privateJwk: '',
    activeFrom: new Date(START + day * DAY).toISOString(),
    createdAt: '',
  }));

describe('the plan of rotation', () => {
  it.each<[string, { keys: number[]; today: number; next?: number; retired?: string[] }]>([
    ['no key yet: one that signs at once', { keys: [], today: 5, next: 5 }],
    ['a young key: nothing', { keys: [0], today: 10 }],
    ['a key of 88 days: nothing', { keys: [0], today: 88 }],
    ['a key of 89 days: the next, for its 90th', { keys: [0], today: 89, next: 90 }],
    ['a key of 89 days and its next: nothing', { keys: [0, 90], today: 89.5 }],
    ['the next one has just taken over: nothing', { keys: [0, 90], today: 90.1 }],
    ['a day and an hour later: the old one goes', { keys: [0, 90], today: 91 + 1 / 24, retired: ['from day 0'] }],
    ['a key that was forgotten: the next, in a day', { keys: [0], today: 500, next: 501 }],
    [
      'several that were forgotten: the old go, the next comes',
      { keys: [0, 90, 180], today: 500, next: 501, retired: ['from day 0', 'from day 90'] },
    ],
    ['a clock that goes wrong: nothing', { keys: [10], today: 5 }],
  ])('%s', (_name, { keys, today, next, retired = [] }) => {
    const plan = planRotation(keysFrom(...keys), START + today * DAY);
    expect(plan).toEqual({ retired, ...(next !== undefined && { activeFrom: START + next * DAY }) });
  });
});
