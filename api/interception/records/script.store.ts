import type { EntityManager } from 'typeorm';
import { ScriptEntity } from '../../../entities/script.entity.ts';
import { EntryStore, type EntryKind, type StoredEntry } from '../../scopes/entry.store.ts';
import type { Schemas } from '../../shared/contract/operation.ts';

/** A script as it is stored: the values of hidden properties are encrypted, and its failure is not in it. */
export type ScriptDocument = Schemas['CustomScriptReply'];

const SCRIPT: EntryKind<ScriptDocument> = {
  entity: ScriptEntity,
  columnsOf: ({ name, scriptType, enabled }) => ({ name, scriptType, enabled: enabled ? 1 : 0, failure: null }),
  searchedOf: ({ name, aliases = [], description, inum, scriptType }) => [
    name,
    aliases.join('\n'),
    description,
    inum,
    scriptType,
  ],
  exists: 'script-exists',
  nameOf: ({ name }) => name,
  titleOf: ({ name }) => name,
};

/** The scripts in a unit of work. */
export class ScriptStore extends EntryStore<ScriptDocument> {
  constructor(private readonly manager: EntityManager) {
    super(manager, SCRIPT);
  }

  /** The script with this name. */
  async byName(name: string): Promise<StoredEntry | undefined> {
    const [row] = await this.manager.find(ScriptEntity, { select: { inum: true }, where: { name } });
    return row === undefined ? undefined : this.find(row.inum);
  }

  /** The types that scripts have, each once. */
  async types(): Promise<string[]> {
    const rows = await this.manager.query<{ type: string }[]>('SELECT DISTINCT script_type AS type FROM scripts');
    return rows.map(({ type }) => type);
  }

  /** The scripts that are enabled. */
  async enabled(): Promise<StoredEntry[]> {
    const rows = await this.manager.find(ScriptEntity, { select: { inum: true }, where: { enabled: 1 } });
    return this.byInumsInOrder(rows.map(({ inum }) => inum));
  }

  /** The scripts with an encrypted value whose inums follow, at most `most`, in their order. */
  async withHidden(after: string, most: number): Promise<StoredEntry[]> {
    const select = `SELECT inum FROM scripts WHERE inum > ? AND document LIKE '%"hide":true%' ORDER BY inum LIMIT ${most}`;
    const rows = await this.manager.query<{ inum: string }[]>(select, [after]);
    return this.byInumsInOrder(rows.map(({ inum }) => inum));
  }

  /** Writes the same version in another form. */
  async rewrite({ inum, version }: StoredEntry, text: string): Promise<void> {
    await this.entries.update({ inum, version }, { document: text });
  }

  /** Notes a failure of the script. It is no version of it. */
  async noteFailure(inum: string, version: number, failure: string): Promise<void> {
    await this.manager.update(ScriptEntity, { inum, version }, { failure });
  }
}
