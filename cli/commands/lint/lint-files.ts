import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { EXIT, Failure, reasonOf, said } from '../../failure.ts';
import { labelled } from '../../output/findings.ts';
import { readRegularFile } from '../../regular-file.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import { asEntries } from '../../resource/reply.ts';
import { isClientFile } from '../../transfer/export.ts';
import { parseDocument } from '../body.ts';
import { withoutFormat } from '../file-format.ts';
import { FILES_SHAPE } from './lint-output.ts';

interface Asked {
  /** Files, and folders of files. */
  readonly paths: readonly string[];
  readonly profile: string;
}

/** Judges the clients in files without saving anything, prints what they break, and returns it. */
export async function lintFiles(context: Context, clients: Calls, { paths, profile }: Asked): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const file of (await Promise.all(paths.map(filesAt))).flat()) {
    const { entry } = await judged(clients, file, profile);
    found.push(...asEntries(entry['findings'] ?? []).map((finding) => ({ file, ...finding })));
  }
  const { printer, terminal } = context;
  const none = 'Nothing was found.';
  if (!printer.isCard || found.length === 0) await printer.list(once(found), FILES_SHAPE, none);
  else {
    const width = terminal.isTty ? terminal.columns : undefined;
    const lines = found.map((finding) => {
      const at = String(finding['pointer']).replace(/^\//, '').replaceAll('/', '.');
      const text = `${String(finding['file'])}: ${at} ${String(finding['detail'])} (${String(finding['rule'])}, ${String(finding['reference'])})`;
      return `${labelled(String(finding['severity']).padEnd(7), text, width)}\n`;
    });
    await printer.text(lines.join(''));
  }
  return found;
}

async function judged(clients: Calls, file: string, profile: string): Promise<{ readonly entry: Entry }> {
  const document = parseDocument(await readRegularFile(file).catch(unreadable(file)), file);
  if (document === null || typeof document !== 'object' || Array.isArray(document))
    throw new Failure(EXIT.refused, `${file} holds no client`);
  try {
    return await clients.validate(withoutFormat(document as Body).document, [['profile', profile]]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.exitCode, `${file}: ${said(error)}`);
  }
}

async function filesAt(path: string): Promise<string[]> {
  const isFolder = (await stat(path).catch(unreadable(path))).isDirectory();
  if (!isFolder) return [path];
  return (await readdir(path))
    .filter(isClientFile)
    .sort()
    .map((name) => join(path, name));
}

const unreadable =
  (path: string) =>
  (error: unknown): never => {
    throw new Failure(EXIT.refused, `${path}: ${reasonOf(error)}`);
  };

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
