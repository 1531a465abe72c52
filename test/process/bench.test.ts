import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { KEPT_PROPERTIES } from '../../api/clients/document/client.values.ts';
import { readReport } from '../../scripts/bench/report.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { spawnProgram } from '../support/process.ts';
import { IS_THOROUGH } from '../support/properties.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
const groups: number[] = [];
afterAll(() => {
  for (const group of groups.filter(isAlive)) process.kill(-group, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Whether any process of a group is there. */
function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

/** Resolves when all of a group has gone. The compiler inside a loader notices a moment later that its parent has. */
async function gone(group: number): Promise<void> {
  while (isAlive(group)) await sleep(100);
}

interface Bench {
  readonly group: number;
  readonly ended: Promise<{ code: number | null; output: string; errors: string }>;
  /** Resolves when it has written this to standard error. */
  says(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the benchmark in a process group of its own, with `folder` for temporary files. */
function bench(...args: string[]): Bench {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/bench.ts', ...args], {
    cwd: ROOT,
    env: { PATH, HOME, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (errors += String(data)));
  const { pid: group = 0 } = child;
  groups.push(group);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output, errors }));
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      child.stderr.on('data', () => {
        if (errors.includes(text)) resolve();
      });
      void ended.then((end) => reject(new Error(`it ended with ${end.code} before:\n${end.errors}`)));
    });
  return { group, ended, says, kill: (signal) => child.kill(signal) };
}

/** Node and its loaders keep caches there. */
const leftovers = (): string[] => readdirSync(folder).filter((name) => name.startsWith('clientele-'));

/** Each of these starts a benchmark for nothing but what it says when it ends: the units of it are tested. */
const atNight = IS_THOROUGH ? it : it.skip;

describe('npm run bench', () => {
  atNight('shows how it is used', async () => {
    const { code, output, errors } = await bench('--help').ended;
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/^usage: npm run bench -- [^]*get, get-304, list, search, post, post-script, patch, token/);
  });

  it('refuses a wrong option before it does anything', async () => {
    const { code, output, errors } = await bench('--database', 'sqlite', '--json', '/nonexistent/dir/x.json').ended;
    expect([code, output, errors]).toEqual([2, '', expect.stringContaining('bench: ')]);
    expect(errors).toContain('--json /nonexistent/dir/x.json cannot be written (ENOENT)');
    expect(errors).toContain('usage: ');
    expect(leftovers()).toEqual([]);
  });

  const small = ['--database', 'sqlite', '--rounds', '1', '--seconds', '1', '--warm', '1', '--only', 'get'];

  const endings = [
    { signal: 'SIGINT', code: 130, clients: '1000000', text: ' of 1000000' },
    { signal: 'SIGTERM', code: 143, clients: '50', text: 'round 1 of 1: service' },
  ] as const;
  it.each(endings.slice(0, IS_THOROUGH ? 2 : 1))(
    'leaves nothing when $signal ends it at "$text"',
    async ({ signal, code, clients, text }) => {
      const running = bench(...small, '--clients', clients);
      await running.says(text);
      expect(leftovers()).toHaveLength(1);
      running.kill(signal);
      const end = await running.ended;
      expect([end.code, end.output, end.errors]).toEqual([code, '', expect.not.stringContaining('bench: ')]);
      await gone(running.group);
      expect(leftovers()).toEqual([]);
    },
  );

  it('prints a line for each operation, writes what a later run compares with, and leaves nothing', async () => {
    const json = join(folder, 'report.json');
    const running = bench(...small, '--clients', '50', '--json', json);
    const { code, output } = await running.ended;
    const [head, get = '', end] = output.split('\n');
    expect([code, head?.split(' ')[0], end]).toEqual([0, 'operation', '']);
    const { results } = readReport(json);
    expect(results.map(({ operation, clients }) => [operation, clients])).toEqual([['get', 50]]);
    expect(get).toMatch(new RegExp(`^get +≤?${results[0]?.ratio.toFixed(2)} `));
    await gone(running.group);
    expect(leftovers()).toEqual([]);
  });

  // A device that is always full.
  const onLinux = existsSync('/dev/full') ? atNight : it.skip;
  onLinux('prints the table before it writes the file, which may fail after all', async () => {
    const { code, output, errors } = await bench(...small, '--clients', '50', '--json', '/dev/full').ended;
    expect([code, output, errors]).toEqual([1, expect.stringMatching(/^get /m), expect.stringContaining('ENOSPC')]);
    expect(errors).not.toContain('usage: ');
  });
});

describe('npm run seed', () => {
  it('leaves clients that are found by what they have, with nothing to be gathered when the service starts', async () => {
    const data = join(folder, 'seeded');
    const seeding = spawnProgram([process.execPath, compiledProgram('scripts/commands/seed'), '300'], {
      DATA_DIR: data,
    });
    expect([await seeding.ended, seeding.output()]).toEqual([0, '']);
    const database = new Database(join(data, 'clientele.sqlite'), { readonly: true });
    const count = (table: string): unknown => database.prepare(`SELECT COUNT(*) FROM ${table}`).raw().get();
    expect(count('clients')).toEqual([301]);
    expect(count('client_value_properties')).toEqual([KEPT_PROPERTIES.length]);
    database.close();
  });
});
