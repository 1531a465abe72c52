import { describe, expect, it } from '@jest/globals';
import { differencesOf } from '../../api/history/differences.ts';
import { unpacked } from '../../api/history/revision.ts';

describe('the differences of two documents', () => {
  it.each([
    ['nothing', { a: 1, b: [{ c: 1 }] }, { b: [{ c: 1 }], a: 1 }, []],
    ['a member', { a: 1 }, { a: 2 }, [{ pointer: '/a', before: 1, after: 2 }]],
    ['a member that came', {}, { a: false }, [{ pointer: '/a', after: false }]],
    ['one that went', { a: { b: 1 } }, {}, [{ pointer: '/a', before: { b: 1 } }]],
    [
      'a member inside',
      { a: { b: 1, 'c/d': 1 } },
      { a: { b: 1, 'c/d': 2 } },
      [{ pointer: '/a/c~1d', before: 1, after: 2 }],
    ],
    ['an object for a list', { a: {} }, { a: [] }, [{ pointer: '/a', before: {}, after: [] }]],
    ['an entry at the end', { a: [1] }, { a: [1, 2] }, [{ pointer: '/a/1', after: 2 }]],
    ['an entry at the start', { a: [2] }, { a: [1, 2] }, [{ pointer: '/a/0', after: 1 }]],
    ['an entry that went', { a: [1, 2, 3] }, { a: [1, 3] }, [{ pointer: '/a/1', before: 2 }]],
    [
      'every entry',
      { a: [1, 1] },
      { a: [] },
      [
        { pointer: '/a/0', before: 1 },
        { pointer: '/a/1', before: 1 },
      ],
    ],
    ['an entry among equal ones', { a: [1, 1, 1] }, { a: [1, 1] }, [{ pointer: '/a/2', before: 1 }]],
    ['inside an entry', { a: [{ b: 1 }, 2] }, { a: [{ b: 3 }, 2] }, [{ pointer: '/a/0/b', before: 1, after: 3 }]],
  ])('are told of %s', (_what, before, after, differences) => {
    expect(differencesOf(before, after)).toEqual(differences);
  });

  it('have a long list as a whole, and take time in proportion to it', () => {
    const list = (length: number, host: string): string[] =>
      Array.from({ length }, (_unused, n) => `https://${host}.example/${n}`);
    for (const length of [51, 300, 500, 5_000, 50_000]) {
      const [before, after] = [list(length, 'one'), list(length, 'other')];
      expect(differencesOf({ list: before }, { list: after })).toEqual([{ pointer: '/list', before, after }]);
      expect(differencesOf({ list: before }, { list: [...before] })).toEqual([]);
    }
    expect(differencesOf({ list: list(50, 'one') }, { list: list(50, 'other') })).toHaveLength(50);
  });
});

describe('a packed document', () => {
  // As they are stored somewhere: whoever changes the dictionary takes them away.
  it.each([
    ['without a dictionary', 'eJyrVsrMK81VslIyVNJRSsksTkzKSU1RskpLzClOrQUAh78Jkg==', { inum: '1', disabled: false }],
    [
      'with the dictionary',
      'WKS24pgAgxdVhhYGBnqGBAssR4wSyxFvCQWuD2oBaxIhUQ==',
      {
        ...{ inum: '1800.1', disabled: false, clientName: 'A', displayName: 'A' },
        tokenEndpointAuthMethod: 'none',
      },
    ],
  ])('%s is unpacked by every version to come', (_how, bytes, document) => {
    expect(JSON.parse(unpacked(Buffer.from(bytes, 'base64')))).toEqual(document);
  });
});
