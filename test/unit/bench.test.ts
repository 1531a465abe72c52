import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { newEnding } from '../../scripts/bench/ending.ts';
import { OPERATIONS } from '../../scripts/bench/operations.ts';
import { benchOptions } from '../../scripts/bench/options.ts';
import { lineOf } from '../../scripts/bench/scale/scale-table.ts';
import { readReport, resultOf, table, type Report, type ServerResult } from '../../scripts/bench/report.ts';

const folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const about = { operation: 'get', database: 'sqlite', clients: 50 };

const round = (service: Partial<ServerResult>, reference: Partial<ServerResult>) => ({
  service: { rps: 1, p50: 1, p99: 1, requests: 1, ...service },
  reference: { rps: 1, p50: 1, p99: 1, requests: 1, ...reference },
});

/** The service takes half of the time and more; the rounds are not in the order of their ratios. */
const ROUNDS = [
  round({ rps: 120, p50: 3, p99: 30, rss: 1, cpu: 0.2 }, { rps: 200, p50: 1, p99: 10, busy: 0.99 }),
  round({ rps: 100, p50: 1, p99: 10, rss: 2, cpu: 0.4 }, { rps: 400, p50: 3, p99: 30, busy: 0.98 }),
  round({ rps: 150, p50: 2, p99: 20, rss: 3, cpu: 0.3, databaseCpu: 0.05 }, { rps: 300, p50: 2, p99: 20, busy: 0.1 }),
];

function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
}

describe('a line of a run with many clients', () => {
  const answers = (statuses: [number, number][]) => ({ times: [4, 1, 3, 2], statuses: new Map(statuses) });

  it('has met its target when all were answered, and the slowest in time', () => {
    const all = { p50: 3, p99: 4, max: 4 };
    expect(lineOf({ name: 'list', target: 4 }, answers([[200, 4]]))).toEqual({
      name: 'list',
      ...all,
      target: 4,
      isMet: true,
    });
    expect(lineOf({ name: 'list', target: 3.9 }, answers([[200, 4]])).isMet).toBe(false);
    const some: [number, number][] = [
      [200, 3],
      [503, 1],
    ];
    expect(lineOf({ name: 'list', target: 4 }, answers(some))).toMatchObject({
      isMet: false,
      statuses: { 200: 3, 503: 1 },
    });
    expect(lineOf({ name: 'list', target: 4, mayStop: true }, answers(some)).isMet).toBe(true);
  });
});

describe('the results of a benchmark', () => {
  it('say how many of the requests of the reference the service answers: less than all is below one', () => {
    expect(resultOf(about, ROUNDS)).toEqual({
      ...about,
      ratio: 0.5,
      spread: [0.25, 0.6],
      service: { rps: 120, p50: 2, p99: 20, requests: 1, cpu: 0.3, databaseCpu: 0.05, rss: 3 },
      reference: { rps: 300, p50: 2, p99: 20, requests: 1, busy: 0.98 },
    });
  });

  it('are none where a server answered nothing', () => {
    const silent = [...ROUNDS, round({}, { rps: 0 })];
    expect(() => resultOf(about, silent)).toThrow('get: the reference answered nothing in one of the rounds');
  });

  const report: Report = { conditions: {}, results: [resultOf(about, ROUNDS)] };

  it('are a table with a line for each operation, which says where the generator was the limit', () => {
    const post = resultOf({ ...about, operation: 'post' }, [round({ rps: 1000 }, { rps: 800 })]);
    const lines = table({ conditions: {}, results: [...report.results, post] }).split('\n');
    const cells = lines.map((line) => line.trim().split(/ {2,}/));
    const head = 'operation, ratio, spread, service/s, CPU ms, p50, p99, reference/s, CPU ms, p50';
    expect(cells).toEqual([
      head.split(', '),
      ['get', '≤0.50', '0.25-0.60', '120', '0.30+0.05', '2.0', '20.0', '≥300', '–', '2.0'],
      ['post', '1.25', '1.25-1.25', '1000', '–', '1.0', '1.0', '800', '–', '1.0'],
      [''],
    ]);
    expect(new Set(lines.slice(0, 3).map((line) => line.length)).size).toBe(1);
  });

  it('are compared with those of an earlier run, of the same operation on the same data', () => {
    const results = [{ ...about, ratio: 0.42 }];
    const lastCell = (earlier: object): string | undefined =>
      table(report, readReport(file('earlier.json', earlier)))
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/).at(-1))[1];
    expect(lastCell({ results })).toBe('0.42');
    expect(lastCell({ results: [{ ...about, clients: 51, ratio: 0.42 }] })).toBe('–');
    expect(lastCell({ results: [{ ...about, database: '10.11', ratio: 0.42 }] })).toBe('–');
  });
});

describe('the options of a benchmark', () => {
  it('have defaults', () => {
    expect(benchOptions([])).toEqual({
      bulk: false,
      clients: 1000,
      rounds: 5,
      seconds: 3,
      warm: 3000,
      database: 'mariadb',
      operations: OPERATIONS,
      scripts: false,
    });
  });

  it('are taken', () => {
    const [json, profile] = [join(folder, 'new.json'), join(folder, 'made', 'here')];
    const earlier = file('taken.json', { conditions: {}, results: [] });
    const numbers = ['--clients', '50', '--rounds', '1', '--seconds=2', '--warm', '9'];
    const files = ['--json', json, '--compare', earlier, '--profile', profile];
    expect(benchOptions([...numbers, ...files, '--database', 'sqlite', '--only', 'list,get'])).toEqual({
      bulk: false,
      clients: 50,
      rounds: 1,
      seconds: 2,
      warm: 9,
      database: 'sqlite',
      operations: OPERATIONS.filter(({ name }) => ['get', 'list'].includes(name)),
      scripts: false,
      json,
      earlier: { conditions: {}, results: [] },
      profile,
    });
    expect([existsSync(json), existsSync(profile)]).toEqual([false, true]);
    expect(benchOptions(['--help', '--clients', 'x'])).toBe('help');
    expect(benchOptions(['--scale', '50', '--keep', 'data'])).toMatchObject({
      scale: 50,
      keep: 'data',
      seconds: 15,
      warm: 10_000,
    });
  });

  const names = 'there are get, get-304, list, search, post, post-script, patch, token';
  const number = (name: string, value: string): string => `--${name} is a whole number from 1, not "${value}"`;
  it.each([
    [['--only', 'nope'], `--only: there is no operation "nope"; ${names}`],
    [['--only', 'get,,list'], `--only: there is no operation ""; ${names}`],
    [['--only', ''], `--only: there is no operation ""; ${names}`],
    [['--clients', '0'], number('clients', '0')],
    [['--clients', '-5'], number('clients', '-5')],
    [['--scale', 'all'], number('scale', 'all')],
    [['--keep', 'data'], '--keep stands beside --scale'],
    [['--rounds', '1.5'], number('rounds', '1.5')],
    [['--rounds', 'many'], number('rounds', 'many')],
    [['--seconds', ''], number('seconds', '')],
    [['--seconds=-1'], number('seconds', '-1')],
    [['--seconds', '0x10'], number('seconds', '0x10')],
    [['--clients', '99999999999999999999'], number('clients', '99999999999999999999')],
    [['--database', 'postgres'], '--database is mariadb or sqlite, not "postgres"'],
    [['--json', '/nonexistent/dir/x.json'], '--json /nonexistent/dir/x.json cannot be written (ENOENT)'],
    [['--json', folder], `--json ${folder} cannot be written (EISDIR)`],
    [['--json', 'package.json/x'], '--json package.json/x cannot be written (ENOTDIR)'],
    [['--compare', 'package.json'], '--compare package.json is not what --json of an earlier run wrote'],
    [['--compare', 'README.md'], '--compare README.md cannot be read: Unexpected token'],
    [['--compare', '/nonexistent.json'], '--compare /nonexistent.json cannot be read: ENOENT'],
    [['--profile', 'package.json/x'], '--profile package.json/x cannot be made (ENOTDIR)'],
    [['--unknown'], "Unknown option '--unknown'"],
    [['--json=x', '-5'], "Unknown option '-5'"],
  ])('%j are refused with a sentence', (args, message) => {
    expect(() => benchOptions(args)).toThrow(message);
  });

  it.each([
    [{}],
    [{ results: {} }],
    [{ results: [null] }],
    [{ results: [{ ...about, ratio: '0.5' }] }],
    [{ results: [{ operation: 'get', ratio: 1 }] }],
    [null],
  ])('compare with nothing like %j', (content) => {
    expect(() => benchOptions(['--compare', file('other.json', content)])).toThrow('is not what --json');
  });

  it('change nothing when one of them is refused', () => {
    const kept = file('kept.json', 'mine');
    const made = join(folder, 'not-made');
    expect(() => benchOptions(['--json', kept, '--profile', made, '--only', 'nope'])).toThrow('nope');
    expect([existsSync(made), readFileSync(kept, 'utf8')]).toEqual([false, '"mine"']);
  });
});

describe('the ending of a benchmark', () => {
  it('undoes everything once, the latest first, and what comes up meanwhile', async () => {
    const ending = newEnding();
    const undone: string[] = [];
    ending.add(async (signal) => undone.push(`first ${signal}`));
    ending.add(async () => {
      undone.push('second');
      ending.add(async () => undone.push('late'));
    });
    await Promise.all([ending.finish('SIGKILL'), ending.finish('SIGTERM')]);
    expect(undone).toEqual(['second', 'late', 'first SIGKILL']);
  });
});
