import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runBlocks, type CommandRun } from '../support/command-run.ts';
import { commandBlocks } from '../support/documentation.ts';
import { difference } from '../support/shown-output.ts';

const page = (...lines: string[]): string => lines.join('\n').replaceAll("'''", '```');

describe('the command blocks of a page', () => {
  it('are those in sh and bash, each with its mark and the output that follows it', () => {
    const blocks = commandBlocks(
      page(
        '# Title',
        '',
        "'''sh setup",
        'a=1',
        "'''",
        '',
        "'''json",
        '{}',
        "'''",
        '',
        "'''bash needs jq python3",
        'jq .',
        "'''",
        'Words',
        "'''text",
        'no output of it',
        "'''",
        "'''sql",
        'SELECT 1',
        "'''",
        "'''sh no-run starts the service",
        'npm start',
        "'''",
      ),
    );
    expect(blocks).toEqual([
      { line: 3, text: 'a=1', isSetup: true, isRun: true, needs: [], shown: { isJson: true, text: '{}' } },
      { line: 11, text: 'jq .', isSetup: false, isRun: true, needs: ['jq', 'python3'] },
      { line: 21, text: 'npm start', isSetup: false, isRun: false, needs: [] },
    ]);
  });

  it.each(['needs', 'norun because', 'setup twice'])('refuses the mark "%s"', (mark) => {
    expect(() => commandBlocks(page(`'''sh ${mark}`, 'ls', "'''"))).toThrow('line 1: a command block is marked');
  });
});

describe('what a page shows', () => {
  const text = (shown: string, output: string): string | undefined =>
    difference({ isJson: false, text: shown }, output);
  const json = (shown: object, output: object): string | undefined =>
    difference({ isJson: true, text: JSON.stringify(shown) }, JSON.stringify(output));

  it('is the output, apart from what differs on each run', () => {
    expect(text('200\nok', '200\nok\n')).toBeUndefined();
    expect(text('200', '401')).toContain('it printed\n401');
    expect(text('made 2026-11-24T16:58:45', 'made 2031-01-02T03:04:05')).toBeUndefined();
    expect(text('made 2026-11-24T16:58:45', 'made never')).toBeDefined();
    expect(text('a …\n…\nz', 'a b\nc\nd\nz')).toBeUndefined();
    expect(text('a\nz', 'a\nb\nz')).toBeDefined();
    expect(text('a.c', 'abc')).toBeDefined();
  });

  it('is compared member by member when it is JSON', () => {
    expect(json({ a: [1, 'x…'], b: {} }, { b: {}, a: [1, 'xyz'] })).toBeUndefined();
    expect(json({ a: 1 }, { a: 1, b: 2 })).toContain('/b is not shown');
    expect(json({ a: 1, '…': '…' }, { a: 1, b: 2 })).toBeUndefined();
    expect(json({ a: 1, b: 2 }, { a: 1 })).toContain('/b is undefined, not 2');
    expect(json({ a: ['x'] }, { a: ['x', 'y'] })).toContain('/a/1 is not shown');
    expect(json({ a: ['x', '…'] }, { a: ['x', 'y'] })).toBeUndefined();
    expect(json({ a: ['x', '…'] }, { a: ['y'] })).toBeDefined();
    expect(json({ a: '…' }, { a: 'y' })).toBeUndefined();
    expect(json({ a: '…' }, { b: 'y' })).toBeDefined();
    expect(difference({ isJson: true, text: '{}' }, 'curl: (7)')).toContain('it printed no JSON');
  });
});

describe('commands', () => {
  let folder: string;
  let count = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...lines: string[]): Promise<CommandRun> =>
    runBlocks(commandBlocks(page(...lines)), {
      cwd: folder,
      scratch: join(folder, `run-${++count}`),
      env: { PATH: process.env['PATH'] ?? '' },
      adapt: (text) => text.replaceAll('PLACE', 'place'),
    });
  const outputs = ({ runs }: CommandRun): string[] => runs.map(({ output }) => output);

  it('share their variables', async () => {
    const result = await run("'''sh", 'where=PLACE', "'''", "'''sh", 'echo $where', "'''");
    expect([outputs(result), result.failure]).toEqual([['', 'place\n'], undefined]);
  });

  it.each(['false', 'false | true', 'echo $nothing', 'no-such-program', 'a=$(false)'])(
    'stop at one that fails: %s',
    async (command) => {
      const result = await run("'''sh", command, "'''", "'''sh", 'echo on', "'''");
      expect([result.runs.length, result.failure]).toEqual([1, expect.stringContaining('ended with ')]);
    },
  );

  it('may fail where the page shows how', async () => {
    const result = await run("'''sh", 'echo bad >&2; (exit 3); echo $?', "'''", "'''", 'bad', '3', "'''");
    expect([outputs(result), result.failure]).toEqual([['bad\n3\n'], undefined]);
  });
});
