import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDocument } from '../commands/body.ts';
import type { Command, Input } from '../command.ts';
import { withFormat } from '../commands/file-format.ts';
import { examplesFor } from '../commands/examples.ts';
import { listOptions, listQuery } from '../commands/listing/list-query.ts';
import type { ResourceKit } from '../commands/resource/kit.ts';
import type { Operation } from '../contract/contract.ts';
import type { Field } from '../contract/fields.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure, reasonOf, usageFailure } from '../failure.ts';
import type { Body, Entry } from '../resource/entry.ts';
import { readRegularFile } from '../regular-file.ts';
import { documentOf, FILE_FORMATS, fileText, sorted, withoutDefaults, type FileFormat } from './document.ts';
import { readNaming } from './naming.ts';
import { Progress } from './progress.ts';

/** Files that `import` reads, and `export` writes. */
export const isClientFile = (name: string): boolean => /\.(ya?ml|json)$/i.test(name);

/** `export`: a file for each client. */
export function exportCommand(kit: ResourceKit, list: Operation): Command {
  const { resource } = kit;
  return {
    words: [resource.noun, 'export'],
    summary: `writes a file for each ${resource.singular}, without secrets`,
    details:
      'The files are the same as long as the clients are, so that they can stand under version control. Files of ' +
      'clients that are not there any more stay, unless --prune removes them.',
    args: [],
    options: [
      { name: 'dir', value: 'DIR', takesPath: true, summary: 'where to' },
      { name: 'format', value: 'WORD', choices: ['yaml', 'json'], summary: 'yaml or json' },
      ...listOptions(list).filter(({ name }) => ['pattern', 'filter', 'where'].includes(name)),
      { name: 'prune', summary: 'removes files of clients that are gone' },
    ],
    examples: examplesFor(`${resource.noun} export`),
    run: (context, input) => exportAll(context, kit, list, input),
  };
}

async function exportAll(context: Context, kit: ResourceKit, list: Operation, input: Input): Promise<void> {
  const { terminal } = context;
  const [dir, format] = [input.value('dir'), formatOf(input.value('format') ?? 'yaml')];
  if (dir === undefined) throw usageFailure('export needs --dir');
  const isFiltered = ['pattern', 'filter', 'where'].some((name) => input.has(name));
  if (isFiltered && input.has('prune')) throw usageFailure('--prune is for an export of everything');
  const query = listQuery(list, input);
  const folder = resolve(terminal.cwd, dir);
  await onDisk(folder, () => mkdir(folder, { recursive: true }));
  const service = await context.service();
  const naming = await readNaming(service, (text) => terminal.say(text));
  const names = new Set<string>();
  let written = 0;
  const stop = new AbortController();
  const release = terminal.onInterrupt(() => stop.abort());
  const progress = new Progress(terminal, 'Exporting', 0);
  for await (const { entries, totalEntriesCount } of service.of(kit.resource).pages(query)) {
    for (const entry of entries) {
      const name = fileNameOf(soundId(entry, kit), format);
      names.add(name);
      const document = withFormat(withoutDefaults(documentOf(entry, kit.fields, naming), kit.fields));
      if (await writeIfChanged(join(folder, name), { document, format, fields: kit.fields })) written += 1;
    }
    progress.step(entries.length, totalEntriesCount);
    if (stop.signal.aborted) break;
  }
  progress.clear();
  release();
  const what = `${names.size.toLocaleString('en')} ${kit.resource.noun}: ${written.toLocaleString('en')} files written`;
  if (stop.signal.aborted) throw new Failure(EXIT.interrupted, `interrupted after ${what}; the same command goes on`);
  terminal.say(`${what}, ${(names.size - written).toLocaleString('en')} as they were.`);
  if (!isFiltered) await tidy(context, { folder, names, remove: input.has('prune') });
}

/**
 * The id of what the service has sent, held to the pattern that the contract has for it: it becomes the name of a file,
 * and a service that is not ours may call its clients what it likes.
 */
export function soundId(entry: Entry, { resource, fields }: Pick<ResourceKit, 'resource' | 'fields'>): string {
  const id = entry[resource.id];
  const pattern = fields.find(({ path }) => path === resource.id)?.schema.pattern;
  if (typeof id === 'string' && pattern !== undefined && new RegExp(pattern).test(id)) return id;
  const called = typeof id === 'string' ? JSON.stringify(id.slice(0, 200)) : `a thing of type ${typeof id}`;
  throw new Failure(EXIT.refused, `the service calls a ${resource.singular} ${called}, which is no ${resource.id}`);
}

function formatOf(text: string): FileFormat {
  if (text === 'yaml' || text === 'json') return text;
  throw usageFailure(`--format takes yaml or json, not ${text}`);
}

/** The name of the file of a client. Where capitals do not count, ids that differ by them only need different files. */
export function fileNameOf(id: string, format: FileFormat): string {
  const mark = id === id.toLowerCase() ? '' : `~${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
  return `${id}${mark}.${format}`;
}

interface Exported {
  readonly document: Body;
  readonly format: FileFormat;
  readonly fields: readonly Field[];
}

/**
 * Writes a file as a whole or not at all, unless it has this text, or would if members at their defaults were taken out
 * of it. Returns whether it did.
 */
async function writeIfChanged(path: string, { document, format, fields }: Exported): Promise<boolean> {
  const text = fileText(document, format);
  const present = await readRegularFile(path).catch(() => '');
  if (present === text || contentOf(present, path, fields) === JSON.stringify(sorted(document))) return false;
  const staged = `${path}.${randomBytes(4).toString('hex')}.part`;
  await onDisk(path, async () => {
    try {
      await writeFile(staged, text, { flag: 'wx' });
      await rename(staged, path);
    } catch (error) {
      await rm(staged, { force: true });
      throw error;
    }
  });
  return true;
}

/** What a file says without members at their defaults; undefined when nothing can be read in it. */
function contentOf(text: string, path: string, fields: readonly Field[]): string | undefined {
  try {
    return JSON.stringify(withoutDefaults(sorted(parseDocument(text, path)) as Body, fields));
  } catch {
    return undefined;
  }
}

async function onDisk(path: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new Failure(EXIT.refused, `${path} cannot be written: ${reasonOf(error)}`);
  }
}

interface Leftovers {
  readonly folder: string;
  readonly names: ReadonlySet<string>;
  readonly remove: boolean;
}

/** Whether a file has the name that an export gives to the client in it. */
async function isExported(folder: string, name: string): Promise<boolean> {
  try {
    const { inum } = parseDocument(await readRegularFile(join(folder, name)), name) as { inum?: unknown };
    return typeof inum === 'string' && FILE_FORMATS.some((format) => fileNameOf(inum, format) === name);
  } catch {
    return false;
  }
}

/** Files in the folder that no client has any more: removed where that was asked for, else said. */
async function tidy({ terminal }: Context, { folder, names, remove }: Leftovers): Promise<void> {
  const others = (await readdir(folder)).filter((name) => isClientFile(name) && !names.has(name));
  const stale: string[] = [];
  // Only what an export has written: the folder may hold other files.
  for (const name of others) if (await isExported(folder, name)) stale.push(name);
  if (stale.length === 0) return;
  if (remove) for (const name of stale) await onDisk(name, () => rm(join(folder, name)));
  terminal.say(
    remove
      ? `${stale.length} files of clients that are gone were removed.`
      : `Of clients that are gone: ${stale.slice(0, 5).join(', ')}${stale.length > 5 ? ', …' : ''}. --prune removes these files.`,
  );
}
