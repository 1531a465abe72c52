import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf, usageFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/**
 * The body that `--data` names: a file with JSON, a `.jwt` file whose claims are meant, or JSON itself. A text that
 * starts with `_file ` stands for the content of the file that it names.
 */
export async function dataFrom(terminal: Terminal, text: string): Promise<unknown> {
  const path = resolve(terminal.cwd, text);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const content = isFile ? await readFile(path, 'utf8') : text;
  const parsed = isFile && text.endsWith('.jwt') ? claimsOf(content, text) : jsonFrom(content, text, isFile);
  return withFiles(terminal, parsed);
}

function jsonFrom(content: string, text: string, isFile: boolean): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    const what = isFile ? `${text} is not JSON` : 'it is neither the name of a file nor JSON';
    throw usageFailure(`--data: ${what}: ${(error as Error).message}`);
  }
}

function claimsOf(content: string, path: string): unknown {
  return jsonFrom(Buffer.from(content.trim().split('.')[1] ?? '', 'base64url').toString(), path, true);
}

async function withFiles(terminal: Terminal, value: unknown): Promise<unknown> {
  if (Array.isArray(value)) {
    return Promise.all(value.map((entry: unknown) => (isObject(entry) ? membersWithFiles(terminal, entry) : entry)));
  }
  return isObject(value) ? membersWithFiles(terminal, value) : value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

async function membersWithFiles(terminal: Terminal, members: Record<string, unknown>): Promise<unknown> {
  const entries = Object.entries(members).map(async ([name, value]) => {
    if (typeof value !== 'string' || !value.startsWith('_file ')) return [name, value] as const;
    const path = value.slice('_file '.length).trim();
    try {
      return [name, await readFile(resolve(terminal.cwd, path), 'utf8')] as const;
    } catch (error) {
      throw usageFailure(`--data: ${name}: ${path}: ${reasonOf(error)}`);
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}
