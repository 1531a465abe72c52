import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runBlocks } from '../support/command-run.ts';
import { cliProgram } from '../support/cli-program.ts';
import { commandBlocks, type CommandBlock } from '../support/documentation.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { areHere } from '../support/programs.ts';
import { difference } from '../support/shown-output.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENTED = 'http://localhost:8080';
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const blocksOf = (page: string): CommandBlock[] => commandBlocks(readFileSync(join(ROOT, page), 'utf8'));
const setup = blocksOf('README.md').filter((block) => block.isSetup);
const isMissing = (block: CommandBlock): boolean => !areHere(block.needs);

/** A data folder after a first start, of which each page has a copy. */
const first = mkdtempSync(join(tmpdir(), 'clientele-docs-'));
let service: ServiceProcess | undefined;
let folder: string | undefined;
let endProgram: (() => void) | undefined;

async function stop(signal: NodeJS.Signals): Promise<void> {
  service?.child.kill(signal);
  await service?.ended;
}

beforeAll(async () => {
  service = spawnService({ PORT: String(await freePort()), DATA_DIR: first, LOG_LEVEL: 'error' });
  await service.started;
  await stop('SIGTERM');
});
afterAll(() => rmSync(first, { recursive: true, force: true }));
afterEach(async () => {
  await stop('SIGKILL');
  endProgram?.();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  [service, folder, endProgram] = [undefined, undefined, undefined];
});

const programBeside = (clone: string): string => join(clone, '..', 'bin', 'clientele');

/** A folder that looks like a clone in which the service has been started, beside `clientele` as npm installs it. */
async function cloneFolder(): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), 'clientele-docs-'));
  const clone = join(folder, 'clientele');
  mkdirSync(clone);
  const apart = ['.git', 'data', 'dist', 'coverage'];
  for (const name of readdirSync(ROOT).filter((entry) => !apart.includes(entry))) {
    symlinkSync(join(ROOT, name), join(clone, name));
  }
  for (const name of ['home', 'bin']) mkdirSync(join(folder, name));
  endProgram = await cliProgram(programBeside(clone));
  return clone;
}

/** Runs the commands of a page against a service of its own, with the settings and the data that a first start has. */
async function faultsOf(page: string): Promise<string[]> {
  const clone = await cloneFolder();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  cpSync(first, join(clone, 'data'), { recursive: true });
  service = spawnService({ PORT: String(port), DATA_DIR: join(clone, 'data'), LOG_LEVEL: 'error' });
  await service.started;
  const blocks = [...(page === 'README.md' ? [] : setup), ...blocksOf(page)].filter(
    (block) => block.isRun && !isMissing(block),
  );
  const { runs, failure } = await runBlocks(blocks, {
    cwd: clone,
    scratch: join(clone, '..', 'outputs'),
    // PORT is for commands that work on the settings of the service, such as npm run admin:reset.
    env: {
      PATH: `${join(clone, '..', 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: join(clone, '..', 'home'),
      PORT: String(port),
    },
    // Without a build, which a clone that only runs its tests does not have.
    adapt: (text) =>
      text.replaceAll(DOCUMENTED, url).replace(/(^|[^\w/])\.\/clientele\b/gm, `$1'${programBeside(clone)}'`),
  });
  const place = (block: CommandBlock): string => `${page}:${block.line}\n${block.text}`;
  const faults = runs.flatMap(({ block, output }) => {
    const found = block.shown && difference(block.shown, output.replaceAll(url, DOCUMENTED));
    return found === undefined ? [] : [`${place(block)}\n${found}`];
  });
  const last = runs.at(-1);
  return failure === undefined || last === undefined
    ? faults
    : [...faults, `${place(last.block)}\n${failure}:\n${last.output}`];
}

describe('the commands of the documentation', () => {
  const withCommands = PAGES.filter((page) => blocksOf(page).some(({ isRun }) => isRun));
  it.each(withCommands)('%s', async (page) => {
    expect(await faultsOf(page)).toEqual([]);
  });

  for (const page of PAGES) {
    for (const block of blocksOf(page).filter(isMissing)) {
      it.skip(`${page}:${block.line} needs ${block.needs.join(', ')}`, () => undefined);
    }
    for (const block of blocksOf(page).filter(({ isRun }) => !isRun)) {
      it(`${page}:${block.line} is not run, and is a command`, () => {
        execFileSync('bash', ['-n', '-c', block.text]);
      });
    }
  }

  it('begin with what gets a token', () => {
    expect(setup).toHaveLength(1);
  });
});
