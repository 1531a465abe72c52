import type { EntityManager, EntityTarget, Repository } from 'typeorm';
import type { RegistryEntity } from '../../entities/registry.entity.ts';
import { SORT_COLUMN_LENGTH } from '../search/field.ts';
import { firstCharacters, fold } from '../search/text/fold.ts';
import { searchedText } from '../search/text/trigrams.ts';
import { Problem, type ProblemContent } from '../shared/problem.ts';
import { isDuplicate } from '../shared/database/database-fault.ts';

/** What every entry has. */
export interface Entry {
  readonly inum: string;
}

/** A scope, a claim or a script as it is stored. */
export interface StoredEntry {
  readonly inum: string;
  /** Counts the writes of the document, from 1. */
  readonly version: number;
  readonly createdAt: string;
  /** The document as JSON text. */
  readonly text: string;
  /** The last failure of a script, as JSON text. */
  readonly failure?: string;
}

export interface EntryKind<D extends Entry> {
  readonly entity: EntityTarget<RegistryEntity>;
  /** The columns that only this kind has. */
  readonly columnsOf: (document: D) => object;
  /** What `pattern` searches. */
  readonly searchedOf: (document: D) => readonly (string | undefined)[];
  readonly exists: 'scope-exists' | 'claim-exists' | 'script-exists';
  /** The member whose value no two entries share. */
  readonly nameOf: (document: D) => string;
  /** What people call it. */
  readonly titleOf: (document: D) => string;
}

/** The entries of one kind in a unit of work. */
export class EntryStore<D extends Entry> {
  protected readonly entries: Repository<RegistryEntity>;

  constructor(
    manager: EntityManager,
    private readonly kind: EntryKind<D>,
  ) {
    this.entries = manager.getRepository(kind.entity);
  }

  /** Inserts an entry that was made at `createdAt`. Throws `scope-exists` or the like when its name is taken. */
  async insert(document: D, createdAt: string): Promise<void> {
    const row = { ...this.columnsOf(document), inum: document.inum, createdAt, version: 1 };
    await this.named(document, () => this.entries.insert(row));
  }

  async find(inum: string): Promise<StoredEntry | undefined> {
    return (await this.byInumsInOrder([inum]))[0];
  }

  /** Like `find`, and keeps others from writing the entry, or referring to it anew, until the transaction ends. */
  async findForUpdate(inum: string): Promise<StoredEntry | undefined> {
    // On SQLite the transaction has the database to itself.
    const isAlone = this.entries.manager.dataSource.options.type === 'better-sqlite3';
    const row = await this.entries.findOne({
      where: { inum },
      ...(!isAlone && { lock: { mode: 'pessimistic_write' } }),
    });
    return row === null ? undefined : ofRow(row);
  }

  /** Writes the next version of an entry that `findForUpdate` has read. Throws like `insert`. */
  async update({ inum, version }: StoredEntry, document: D): Promise<void> {
    await this.named(document, async () => {
      const next = { ...this.columnsOf(document), version: version + 1 };
      const written = await this.entries.update({ inum, version }, next);
      if (written.affected !== 1) throw new Error(`version ${version} of ${inum} is no longer the current one`);
    });
  }

  async remove(inum: string): Promise<void> {
    await this.entries.delete({ inum });
  }

  /** The entries with these inums, in their order; those that are gone are left out. */
  async byInumsInOrder(inums: readonly string[]): Promise<StoredEntry[]> {
    if (inums.length === 0) return [];
    const rows = await this.entries.createQueryBuilder('e').where('e.inum IN (:...inums)', { inums }).getMany();
    const found = new Map(rows.map((row) => [row.inum, ofRow(row)]));
    return inums.flatMap((inum) => found.get(inum) ?? []);
  }

  private columnsOf(document: D): object {
    return {
      ...this.kind.columnsOf(document),
      displayNameFolded: firstCharacters(fold(this.kind.titleOf(document)), SORT_COLUMN_LENGTH),
      searchText: searchedText(this.kind.searchedOf(document).map((text) => fold(text ?? ''))),
      document: JSON.stringify(document),
    };
  }

  private async named(document: D, write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const content: ProblemContent = { detail: `${this.kind.nameOf(document)} is taken` };
      throw new Problem(this.kind.exists, content);
    }
  }
}

type Row = RegistryEntity & { readonly failure?: string | null };

const ofRow = ({ inum, version, createdAt, document, failure }: Row): StoredEntry => ({
  ...{ inum, version, createdAt, text: document },
  ...(typeof failure === 'string' && { failure }),
});
