import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestService } from './service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ProgramEnd {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

export interface ProgramClient {
  readonly inum: string;
  readonly clientSecret: string;
}

/** Runs a program of `docs/examples` with the credentials of a client. */
export async function runProgram(
  command: readonly string[],
  service: Pick<TestService, 'url'>,
  { inum, clientSecret }: ProgramClient,
): Promise<ProgramEnd> {
  const { PATH = '', HOME = '' } = process.env;
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: ROOT,
    env: {
      PATH,
      HOME,
      CLIENTELE_URL: service.url,
      CLIENTELE_CLIENT_ID: inum,
      CLIENTELE_CLIENT_SECRET: clientSecret,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (errors += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, output, errors };
}
