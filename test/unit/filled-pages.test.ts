import { readFileSync } from 'node:fs';
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

  it('can be a short one, of properties that other sections explain', () => {
    const lines = fill(place('of expirationDate, attributes.requestedLifetime')).split('\n').slice(4, -5);
    expect(lines.slice(1)).toEqual([
      '| Property | Registration name | Type | Absent means | Set by | What it does |',
      '|---|---|---|---|---|---|',
      expect.stringMatching(
        /^\| `expirationDate` \| {2}\| date-time \| {2}\| administrators \| When the client ends \(/,
      ),
      expect.stringMatching(/^\| `attributes.requestedLifetime` \| `lifetime` \|/),
    ]);
    expect(lines[3]).toMatch(/without a zone\)\. \|$/);
  });

  it('can be of everything that is read-only, or of the lists of scripts with their types', () => {
    const paths = (page: string): string[] => [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, path = '']) => path);
    const readOnly = CLIENT_PROPERTIES.filter(({ setBy }) => setBy === 'server').map(({ path }) => path);
    expect(paths(fill(place('read-only')))).toEqual(readOnly);
    const scripts = fill(place('scripts-by-type'));
    expect(scripts).toMatch(/^\| `attributes.updateTokenScriptDns` \| `update_token_script_dns` \| `update_token` \|/m);
    expect(paths(scripts)).toContain('attributes.rptClaimsScripts');
    expect(paths(scripts)).not.toContain('scopes');
  });

  it('is one that there is', () => {
    expect(() => fill(place('log-out'))).toThrow('no section of properties log-out');
    expect(() => fill(place('of disabled, enabled'))).toThrow('there is no property enabled');
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

describe('the guide to client management', () => {
  const guide = readFileSync(new URL('../../docs/client-management.md', import.meta.url), 'utf8');
  // What stands under a heading, to the next heading of any level; a heading that is only over others has no text.
  const sections = guide
    .split(/^(?=##+ )/m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const)
    .filter(([heading]) => !['## Ways to perform client management', '## Client registration'].includes(heading));

  // They are about all of a client.
  const ABOUT_ALL = [
    '### Judging clients by a security profile',
    '## Undoing changes',
    '### Undoing what somebody did',
    '### Restoring what was removed',
    '## Many clients at once',
  ];

  it.each(sections)('%s has an example with curl and a generated table', (heading, section) => {
    expect(section).toMatch(/^```sh( needs \w+)?\n[^`]*\bcurl /m);
    if (ABOUT_ALL.includes(heading)) return;
    expect(section).toMatch(/^<!-- properties: .+ -->\n[^]*^\| `/m);
  });
});
