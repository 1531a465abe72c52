import { describe, expect, it } from '@jest/globals';
import {
  heard,
  isUnused,
  mostOf,
  watchedSince,
  type Evidence,
  type Life,
  type Watch,
} from '../../api/clients/unused/judgement.ts';
import { sweepDetail } from '../../api/clients/unused/sweep-detail.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];
const RULES = {
  neverUsed: 7 * DAY,
  notSince: 90 * DAY,
  reportedFor: DAY,
  disabledFor: DAY,
  methods: ['open'],
} as const;
const NOW = 1_000 * DAY;
const ago = (days: number): number => NOW - days * DAY;
const told = (days: number): Evidence => ({ since: ago(days), heardAt: NOW });

describe('a client', () => {
  it.each<[string, Life, number, boolean]>([
    ['that is young', { createdAt: ago(6.9) }, ago(500), false],
    ['that was never used for a week', { createdAt: ago(7) }, ago(500), true],
    ['that was never used, while nobody looked', { createdAt: ago(400) }, ago(6.9), false],
    ['that was never used, and is to stay', { createdAt: ago(400), keptAt: ago(3) }, ago(500), false],
    ['that was used lately', { createdAt: ago(400), usedAt: ago(89) }, ago(500), false],
    ['that was used long ago', { createdAt: ago(400), usedAt: ago(90) }, ago(500), true],
    ['that was used long ago, while nobody looked', { createdAt: ago(400), usedAt: ago(300) }, ago(89), false],
    [
      'whose use is in the future, by a clock that was wrong',
      { createdAt: ago(400), usedAt: ago(-400) },
      ago(500),
      false,
    ],
    ['that is made in the future', { createdAt: ago(-400) }, ago(500), false],
  ])('%s', (_what, life, since, unused) => {
    expect(isUnused(life, since, RULES, NOW)).toBe(unused);
  });

  it.each<[string, string[], Partial<Watch>, number | undefined]>([
    ['of client_credentials is seen here', ['client_credentials'], {}, ago(50)],
    [
      'of client_credentials is not seen where there is no issuer',
      ['client_credentials'],
      { isIssuer: false },
      undefined,
    ],
    ['of users is seen by nobody', ['authorization_code'], {}, undefined],
    ['of both is seen in part, which is not enough', ['client_credentials', 'refresh_token'], {}, undefined],
    [
      'of users is seen by all reporters together',
      ['authorization_code'],
      { reporters: [told(40), told(20)] },
      ago(20),
    ],
    ['of users is seen by a reporter', ['authorization_code'], { reporters: [told(30)] }, ago(30)],
    [
      'of devices is seen by a reporter, from when this is switched on',
      ['urn:ietf:params:oauth:grant-type:device_code'],
      { reporters: [told(300)] },
      ago(50),
    ],
    ['of client_credentials needs no reporter', ['client_credentials'], { reporters: [told(30)] }, ago(50)],
  ])('%s', (_what, grants, others, since) => {
    expect(watchedSince(grants, { service: told(50), reporters: [], isIssuer: true, ...others })).toBe(since);
  });
});

it.each([
  [0, 100],
  [10_099, 100],
  [10_100, 101],
  [1_400_000, 14_000],
])('of %i clients a run goes on with %i', (clients, most) => {
  expect(mostOf(clients)).toBe(most);
});

describe('evidence', () => {
  it.each<[string, Evidence | undefined, Evidence]>([
    ['begins when somebody is heard of', undefined, { since: NOW, heardAt: NOW }],
    ['goes on for a day and two hours', { since: ago(9), heardAt: NOW - 26 * HOUR }, { since: ago(9), heardAt: NOW }],
    ['begins anew after a silence', { since: ago(9), heardAt: NOW - 26 * HOUR - 1 }, { since: NOW, heardAt: NOW }],
    [
      'goes on after a correction of the clock',
      { since: ago(9), heardAt: NOW + HOUR },
      { since: ago(9), heardAt: NOW },
    ],
    ['begins anew after a clock that was wrong', { since: ago(-8), heardAt: ago(-9) }, { since: NOW, heardAt: NOW }],
  ])('%s', (_what, before, after) => {
    expect(heard(before, NOW)).toEqual(after);
  });
});

describe('the sweep, in a line', () => {
  const isSilent = false;
  it.each<[string, Parameters<typeof sweepDetail>, RegExp]>([
    ['is off', [undefined, []], /^The sweep is off, since REGISTRATION_UNUSED_DAYS is not set: no client is/],
    [
      'is on, for what this service sees itself',
      [RULES, []],
      /^The sweep is on for clients that came by open: never used for 7 days, or not for 90 days, they are reported, disabled 1 day after that, and removed 1 day later\. Those with users are left alone/,
    ],
    ['is on', [RULES, [{ caller: 'a', heardAt: NOW, isSilent }]], /removed 1 day later\.$/],
    [
      'has stopped',
      [RULES, ['b', 'c', 'd'].map((caller) => ({ caller, heardAt: 0, isSilent: caller !== 'b' }))],
      /^The sweep has stopped: c has not reported uses since 1970-01-01T00:00:00, and 1 more have been silent as well\. No client/,
    ],
  ])('%s', (_what, asked, line) => {
    expect(sweepDetail(...asked)).toMatch(line);
  });
});
