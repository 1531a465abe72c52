import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { MOVED_UNTIL } from '../../api/scopes/moved-stock.ts';
import { stockClaims } from '../../api/scopes/claims/stock-claims.ts';
import { stockScopes } from '../../api/scopes/stock-scopes.ts';
import { CLAIMS, SCOPES } from '../../entities/migrations/stock-inums/stock.ts';
import { MOVED_CLAIMS, MOVED_SCOPES } from '../../openapi/moved-stock.ts';

const minor = (version: string): number => Number(version.split('.')[1]);

describe('the table of stock scopes and claims that moved', () => {
  it('is there for two minor versions, and goes then', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(version.startsWith('0.') && minor(version) < minor(MOVED_UNTIL)).toBe(true);
  });

  it('leads to what is put in, and never to what has moved', () => {
    const claims = new Map(stockClaims().map(({ inum, name }) => [inum, name]));
    const scopes = new Map(stockScopes(0, new Map()).map(({ inum, id }) => [inum, id]));
    for (const [moved, present] of [
      [MOVED_CLAIMS, claims],
      [MOVED_SCOPES, scopes],
    ] as const) {
      for (const [former, { inum, name }] of moved)
        expect([present.get(inum), present.has(former)]).toEqual([name, false]);
    }
  });

  it('says what the migration did', () => {
    for (const [moved, kind] of [
      [MOVED_CLAIMS, CLAIMS],
      [MOVED_SCOPES, SCOPES],
    ] as const) {
      const said = [...moved].map(([former, { inum, name }]) => [former, inum, name]).sort();
      const inums = new Map([...kind.stock].map(([inum, name]) => [name, inum]));
      expect([...kind.former].map(([name, former]) => [former, inums.get(name), name]).sort()).toEqual(said);
    }
  });
});
