import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
  const { printer, terminal } = context;
  const found: Entry[] = [];
  for (const file of (await Promise.all(paths.map((path) => filesAt(terminal.cwd, path)))).flat()) {
    const { entry } = await judged(clients, await clientIn(terminal.cwd, file), { file, profile });
    found.push(...asEntries(entry['findings'] ?? []).map((finding) => ({ file, ...finding })));
  }
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

async function clientIn(cwd: string, file: string): Promise<Body> {
  const document = parseDocument(await readRegularFile(resolve(cwd, file)).catch(unreadable(file)), file);
  if (document === null || typeof document !== 'object' || Array.isArray(document))
    throw new Failure(EXIT.refused, `${file} holds no client`);
  return withoutFormat(document as Body).document;
}

async function judged(
  clients: Calls,
  client: Body,
  { file, profile }: { readonly file: string; readonly profile: string },
): Promise<{ readonly entry: Entry }> {
  try {
    return await clients.validate(client, [['profile', profile]]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.exitCode, `${file}: ${said(error)}`);
  }
}

/** The file at a path, or those of a folder. */
async function filesAt(cwd: string, path: string): Promise<string[]> {
  const place = resolve(cwd, path);
  const isFolder = (await stat(place).catch(unreadable(path))).isDirectory();
  if (!isFolder) return [path];
  const names = (await readdir(place)).filter(isClientFile).sort();
  return names.map((name) => join(path, name));
}

const unreadable =
  (path: string) =>
  (error: unknown): never => {
    throw new Failure(EXIT.refused, `${path}: ${reasonOf(error)}`);
  };

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
