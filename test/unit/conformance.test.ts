import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/conformance.md');
const lines = page.split('\n').filter((line) => /^\| R\d+ +\|/.test(line));
const references = lines.flatMap((line) =>
  [...line.matchAll(/`([\w/.-]+\.test\.ts)`: "([^"]+)"/g)].map(([, file = '', title = '']) => [file, title] as const),
);

describe('the page on conformance', () => {
  it('has every line of the checklist once, each with a test or the reason why it does not apply', () => {
    const numbers = lines.map((line) => /^\| (R\d+)/.exec(line)?.[1]);
    expect(numbers).toEqual(Array.from({ length: 148 }, (_unused, index) => `R${index + 1}`));
    expect(lines.filter((line) => !line.includes('.test.ts`: "') && !line.includes('does not apply'))).toEqual([]);
  });

  it('says at the top which lines are not kept', () => {
    const [, list = ''] = /^Not kept today([^.]*)\./m.exec(page) ?? [];
    const numbers = lines.filter((line) => line.includes('not kept')).map((line) => /R\d+/.exec(line)?.[0]);
    expect([...list.matchAll(/R\d+/g)].map(([number]) => number)).toEqual(numbers);
  });

  it.each(references)('names a test that there is: %s %s', (file, title) => {
    expect(existsSync(new URL(`../${file}`, import.meta.url))).toBe(true);
    const titles = [...read(`test/${file}`).matchAll(/^ *(?:it|\]?\))(?:\.each\([^\n]*\))?\(\s*'([^'\n]+)'/gm)];
    expect(titles.map((match) => match[1])).toContain(title);
  });
});
