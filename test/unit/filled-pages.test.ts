import { describe, expect, it } from '@jest/globals';
import { CLIENT_PROPERTIES } from '../../openapi/properties.gen.ts';
import { withExcerpts } from '../../scripts/contract/excerpts.ts';
import { withPropertyTables } from '../../scripts/contract/property-docs.ts';

describe('the table of a section', () => {
  const place = (section: string, old = ''): string =>
    `Before\n\n<!-- properties: ${section} -->\n${old}<!-- /properties -->\n\nAfter\n`;
  const fill = (page: string): string => withPropertyTables(page, CLIENT_PROPERTIES);

  it('stands in its place, whatever stood there', () => {
    const page = fill(place('logout', 'an old table\n'));
    expect(page).toMatch(/^Before\n[^]*\| `frontChannelLogoutUri` \|[^]*\nAfter\n$/);
    expect(page).not.toMatch(/an old table|`clientName`/);
    expect(fill(page)).toBe(page);
  });

  it('is one that there is', () => {
    expect(() => fill(place('log-out'))).toThrow('no section of properties log-out');
  });
});

describe('an excerpt', () => {
  const page = '<!-- excerpt: a.py part -->\n<!-- /excerpt -->\n';
  const fill = (...lines: string[]): string => withExcerpts(page, () => lines.join('\n'));

  it('is a part of a program, without its indentation', () => {
    const filled = fill(
      'outside',
      '    # region: part',
      '    def f():',
      '',
      '        return 1',
      '    # endregion',
      'outside',
    );
    expect(filled).toContain('```python\ndef f():\n\n    return 1\n```\n');
    expect(filled).not.toContain('outside');
  });

  it('is one that there is', () => {
    expect(() => fill('# region: other', 'x', '# endregion')).toThrow('a.py has no region part');
    expect(() => fill('# region: part', 'x')).toThrow('a.py has no region part');
  });
});
