import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf, usageFailure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** The content of a file, or of standard input for `-`. */
export async function textFrom(terminal: Terminal, path: string, option: string): Promise<string> {
  if (path === '-') return terminal.readInput();
  try {
    return await readFile(resolve(terminal.cwd, path), 'utf8');
  } catch (error) {
    throw usageFailure(`${option} ${path}: ${reasonOf(error)}`);
  }
}

/** A secret from a file or standard input, without the line end that editors and `echo` add. */
export async function secretFrom(terminal: Terminal, path: string, option: string): Promise<string> {
  const secret = (await textFrom(terminal, path, option)).replace(/\r?\n$/, '');
  if (secret === '') throw usageFailure(`${option} ${path}: it is empty`);
  return secret;
}
