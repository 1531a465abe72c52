import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDocument } from '../../commands/body.ts';
import { withFormat, withoutFormat } from '../../commands/file-format.ts';
import { resourceKit } from '../../commands/resource/kit.ts';
import type { Contract } from '../../contract/contract.ts';
import { resourcesOf } from '../../contract/resources.ts';
import { EXIT, Failure, reasonOf } from '../../failure.ts';
import { readRegularFile } from '../../regular-file.ts';
import type { Version } from '../../resource/calls.ts';
import type { Body } from '../../resource/entry.ts';
import { documentOf, fileText, type Naming, withoutDefaults } from '../../transfer/document.ts';
import { fileNameOf, soundId } from '../../transfer/export.ts';
import type { Call } from '../state/call.ts';

/** What the terminal UI writes to the disk and reads from it: entries in files, as `export` writes them. */
export class Files {
  constructor(
    private readonly cwd: string,
    private readonly contract: Contract,
    private readonly naming: () => Promise<Naming>,
  ) {}

  /** Says what was written; nothing when something is there already that may not be replaced. */
  async write(
    { noun, ids, path, isReplacing }: Extract<Call, { does: 'write-files' }>,
    find: (id: string) => Promise<Version>,
  ): Promise<string> {
    const resource = resourcesOf(this.contract).find((candidate) => candidate.noun === noun);
    if (resource === undefined) return '';
    const kit = resourceKit(this.contract, resource);
    const naming = await this.naming();
    const texts: { name: string; text: string }[] = [];
    const isOne = ids.length === 1;
    const format = path.endsWith('.json') ? 'json' : 'yaml';
    for (const id of ids) {
      const { entry } = await find(id);
      const document = withoutDefaults(documentOf(entry, kit.fields, naming), kit.fields);
      const name = isOne ? '' : fileNameOf(soundId(entry, kit), format);
      texts.push({ name, text: fileText(noun === 'clients' ? withFormat(document) : document, format) });
    }
    const place = resolve(this.cwd, path);
    try {
      if (!isOne) await mkdir(place, { recursive: true });
      for (const { name, text } of texts) await writeFile(join(place, name), text, { flag: isReplacing ? 'w' : 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return '';
      throw new Failure(EXIT.refused, `${path} cannot be written: ${reasonOf(error)}`);
    }
    return isOne ? `Written to ${path}.` : `${ids.length} files are in ${path}.`;
  }

  /** The members in a file of JSON or YAML. */
  async read(path: string): Promise<Body> {
    let text: string;
    try {
      text = await readRegularFile(resolve(this.cwd, path));
    } catch (error) {
      throw error instanceof Failure ? error : new Failure(EXIT.refused, `${path}: ${reasonOf(error)}`);
    }
    const value = parseDocument(text, path);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw new Failure(EXIT.refused, `${path} holds no object with members`);
    }
    return withoutFormat(value as Body).document;
  }
}
