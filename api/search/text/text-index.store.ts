import type { EntityManager } from 'typeorm';
import { semaphore } from '../../shared/limits/semaphore.ts';
import { isListed, listedMatches, MARIADB_CONTAINS, type Estimate, type Finding } from './listed-matches.ts';
import { probesOf, trigramsOf } from './trigrams.ts';
import { placesOf } from '../../shared/database/places.ts';

/** A resource and the text that it is searched by. */
export interface SearchedText {
  readonly inum: string;
  readonly text: string;
}

/** Sorts after every character that follows. */
const LAST_CHARACTER = '\u{10FFFF}';

/** Entries as `t`, joined to the row `s` of their text. */
export interface Entries {
  readonly join: string;
  readonly parameters: readonly Buffer[];
}

/** The change of a text, as far as a statement can make it that writes the row `s` of the text. */
export interface JoinedChange {
  /** Entries as `t`, joined to that; empty where there are none. */
  readonly join: string;
  readonly joined: readonly Buffer[];
  readonly sets: readonly string[];
  readonly values: readonly Buffer[];
  /** Makes the rest of it, for the text with this number. */
  readonly rest: (id: number) => Promise<void>;
}

interface Row extends SearchedText {
  readonly id: number;
}

export interface FoundIds {
  readonly ids: Iterable<number>;
  /** Whether these are all of them, in the order of their inums. */
  readonly isOrdered: boolean;
}

/** The texts that clients are searched by, kept in the transaction of each write. */
export abstract class TextIndex {
  /** Whether to count what contains a term, or to go through it once more, costs a part of what a list of its ids does. */
  readonly countsAtOnce: boolean = false;

  constructor(protected readonly manager: EntityManager) {}

  /** Adds texts of clients that have none yet. */
  async add(texts: readonly SearchedText[]): Promise<void> {
    const values = texts.flatMap(({ inum, text }) => [inum, text]);
    const places = texts.map(() => '(?, ?)').join(', ');
    const insert = `INSERT INTO client_search (inum, text) VALUES ${places}`;
    // A server says which number the first has got; those of others need not follow it.
    const { insertId: id } = await this.manager.query<{ insertId?: number }>(insert, values);
    const [only, ...others] = texts;
    if (id !== undefined && only !== undefined && others.length === 0) await this.index([{ ...only, id }]);
    else await this.index(await this.rowsOf(texts.map(({ inum }) => inum)));
  }

  /** Changes the text of a client. */
  async change(inum: string, text: string): Promise<void> {
    const [row] = await this.rowsOf([inum]);
    if (row === undefined || row.text === text) return;
    await this.manager.query('UPDATE client_search SET text = ? WHERE id = ?', [text, row.id]);
    await this.reindex(row, text);
  }

  /** What makes one text another one together with its row. */
  abstract joinedChange(before: string, after: string): JoinedChange;

  /** The entries of a text, for a statement that removes them with its client; undefined where none can. */
  entriesOf(_text: string): Entries | undefined {
    return undefined;
  }

  /** Takes a client out. To be called before the client itself is removed. */
  async remove(inum: string): Promise<void> {
    const [row] = await this.rowsOf([inum]);
    if (row !== undefined) await this.unindex(row);
  }

  /** Selects the ids of texts that contain a term, each once, out of about so many `texts`. */
  abstract containing(term: string, texts: number): Promise<Selection>;

  /** The ids of texts that contain a term: about `limit` at most, or all of them in the order of their inums. */
  async idsOf(term: string, { texts, limit, select }: Finding): Promise<FoundIds> {
    const { text, parameters } = await this.containing(term, texts);
    const rows = await select<{ id: number }>(`${text} LIMIT ?`, [...parameters, limit]);
    return { ids: rows.map(({ id }) => id), isOrdered: false };
  }
  protected abstract index(rows: readonly Row[]): Promise<void>;
  protected abstract unindex(row: Row): Promise<void>;
  /** Makes the entries of a row, which is that of its old text, those of another text. */
  abstract reindex(row: Row, text: string): Promise<void>;

  private rowsOf(inums: readonly string[]): Promise<Row[]> {
    const places = placesOf(inums);
    return this.manager.query<Row[]>(`SELECT id, inum, text FROM client_search WHERE inum IN (${places})`, [...inums]);
  }
}

/** The text index on a transaction or a reading connection. */
export const textIndex = (manager: EntityManager): TextIndex =>
  manager.dataSource.options.type === 'better-sqlite3' ? new SqliteTextIndex(manager) : new MariadbTextIndex(manager);

interface Selection {
  readonly text: string;
  readonly parameters: readonly (string | Buffer)[];
}

/** SQLite: FTS5 with its trigram tokenizer finds substrings of three characters and more by itself. */
class SqliteTextIndex extends TextIndex {
  override readonly countsAtOnce = true;

  containing(term: string): Promise<Selection> {
    // A term of one or two characters is where a trigram starts with it.
    if (Array.from(term).length < 3) {
      const text = 'SELECT DISTINCT doc AS id FROM client_fts_terms WHERE term >= ? AND term < ?';
      return Promise.resolve({ text, parameters: [term, `${term}${LAST_CHARACTER}`] });
    }
    const phrase = `"${term.replaceAll('"', '""')}"`;
    return Promise.resolve({
      text: 'SELECT rowid AS id FROM client_fts WHERE client_fts MATCH ?',
      parameters: [phrase],
    });
  }

  protected async index(rows: readonly Row[]): Promise<void> {
    for (const { id, text } of rows) {
      await this.manager.query('INSERT INTO client_fts (rowid, text) VALUES (?, ?)', [id, text]);
    }
  }

  protected async unindex({ id }: Row): Promise<void> {
    await this.manager.query('DELETE FROM client_fts WHERE rowid = ?', [id]);
  }

  async reindex(row: Row, text: string): Promise<void> {
    await this.unindex(row);
    await this.index([{ ...row, text }]);
  }

  joinedChange(before: string, after: string): JoinedChange {
    const rest = (id: number): Promise<void> => this.reindex({ inum: '', id, text: before }, after);
    return { join: '', joined: [], sets: [], values: [], rest };
  }
}

/** A trigram is common when one text in so many has it. */
const COMMON = 8;

/** A second trigram is looked at where the rarest is in more texts than these. */
const MANY = 1_000;

/** How many terms are looked for through lists at once. */
const LISTS = 2;

/** A row of `client_trigrams`. */
type Entry = [trigram: Buffer, id: number];
const entry = (trigram: string, id: number): Entry => [Buffer.from(trigram), id];

/** Rows in one INSERT: below the server's limit on parameters. */
const ROWS = 5_000;
/** Rows that one UPDATE makes others: the server looks for each through all of them. */
const REPLACED = 200;

interface Replacement {
  readonly places: readonly Buffer[];
  readonly set: string;
  readonly pairs: readonly Buffer[];
  readonly rest: (id: number) => Promise<void>;
}

/** Whether trigrams have no character in common: those that do are mostly in the same texts. */
function isApart(one: Estimate, other: Estimate): boolean {
  const characters = new Set(other.trigram.toString());
  return !Array.from(one.trigram.toString()).some((character) => characters.has(character));
}

const amongst = (trigrams: readonly Buffer[]): string => `t.trigram IN (${placesOf(trigrams)})`;
/** Pairs are looked up by the whole key, where `t.id = s.id` beside a list has a server read all texts with one of the list. */
const entriesAmong = (trigrams: readonly Buffer[]): string =>
  `LEFT JOIN client_trigrams t ON (t.id, t.trigram) IN (${trigrams.map(() => '(s.id, ?)').join(', ')})`;

/** MariaDB has no substring index: one row for each trigram; those with the rarest of a term are read and verified. */
class MariadbTextIndex extends TextIndex {
  /** Lists are long: who reads one client does not wait for many of them at once. */
  private readonly inTurn = semaphore(LISTS);

  async containing(term: string, texts: number): Promise<Selection> {
    if (Array.from(term).length < 3) {
      const text = 'SELECT DISTINCT t.id AS id FROM client_trigrams t WHERE t.trigram >= ? AND t.trigram < ?';
      return { text, parameters: [Buffer.from(term), Buffer.from(`${term}${LAST_CHARACTER}`)] };
    }
    const select = 'SELECT t.id AS id FROM client_trigrams t';
    if (Array.from(term).length === 3)
      return { text: `${select} WHERE t.trigram = ?`, parameters: [Buffer.from(term)] };
    const estimates = await this.estimates(term);
    const [rarest = { trigram: Buffer.from(term), texts: 0 }] = estimates;
    // Where every part of a term is common, reading the texts one after the other reaches the limit sooner.
    if (rarest.texts >= texts / COMMON) {
      return { text: `SELECT s.id AS id FROM client_search s WHERE ${MARIADB_CONTAINS}`, parameters: [term] };
    }
    // Both have few in common where the term itself is rare; a look into the index costs less than reading a text.
    const other = rarest.texts <= MANY ? undefined : estimates.find((one) => isApart(one, rarest));
    const both = other === undefined ? '' : 'STRAIGHT_JOIN client_trigrams u ON u.trigram = ? AND u.id = t.id ';
    return {
      text: `${select} ${both}STRAIGHT_JOIN client_search s ON s.id = t.id WHERE t.trigram = ? AND ${MARIADB_CONTAINS}`,
      parameters: [...(other === undefined ? [] : [other.trigram]), rarest.trigram, term],
    };
  }

  override async idsOf(term: string, finding: Finding): Promise<FoundIds> {
    const estimates = Array.from(term).length > 3 ? await this.estimates(term) : [];
    if (!isListed(estimates, finding.texts / COMMON)) return super.idsOf(term, finding);
    return { ids: await this.inTurn(() => listedMatches(term, estimates, finding)), isOrdered: true };
  }

  /** About how many texts have each of some trigrams of a term, the rarest first. The optimizer's estimate reads no rows. */
  private async estimates(term: string): Promise<Estimate[]> {
    const probes = probesOf(term);
    const selects = probes.map(() => 'SELECT 1 FROM client_trigrams WHERE trigram = ?').join(' UNION ALL ');
    const parameters = probes.map((probe) => Buffer.from(probe));
    const plan = await this.manager.query<{ rows: number | string | null }[]>(`EXPLAIN ${selects}`, parameters);
    return parameters
      .map((trigram, at) => ({ trigram, texts: Number(plan[at]?.rows ?? Infinity) }))
      .sort((one, other) => one.texts - other.texts);
  }

  protected async index(rows: readonly Row[]): Promise<void> {
    await this.insert(rows.flatMap(({ id, text }) => trigramsOf(text).map((trigram) => entry(trigram, id))));
  }

  protected async unindex({ id, text }: Row): Promise<void> {
    await this.delete(id, trigramsOf(text));
  }

  async reindex({ id, text: before }: Row, text: string): Promise<void> {
    const { places, set, pairs, rest } = this.replacement(before, text);
    if (places.length > 0)
      await this.manager.query(`UPDATE client_trigrams t SET ${set} WHERE t.id = ? AND ${amongst(places)}`, [
        ...[...pairs, id, ...places],
      ]);
    await rest(id);
  }

  joinedChange(before: string, after: string): JoinedChange {
    const { places: joined, set, pairs: values, rest } = this.replacement(before, after);
    if (joined.length === 0) return { join: '', joined, sets: [], values, rest };
    return { join: entriesAmong(joined), joined, sets: [set], values, rest };
  }

  override entriesOf(text: string): Entries | undefined {
    const parameters = trigramsOf(text).map((trigram) => Buffer.from(trigram));
    if (parameters.length === 0 || parameters.length > ROWS) return undefined;
    return { join: entriesAmong(parameters), parameters };
  }

  /**
   * Puts the first entries that are added in the `places` of as many that are gone: most of a text stays as it is when a
   * client is changed, and each row costs. What does not go that way is the rest.
   */
  private replacement(before: string, after: string): Replacement {
    const [old, next] = [new Set(trigramsOf(before)), new Set(trigramsOf(after))];
    const [gone, added] = [[...old].filter((one) => !next.has(one)), [...next].filter((one) => !old.has(one))];
    const count = Math.min(gone.length, added.length, REPLACED);
    const places = gone.slice(0, count).map((trigram) => Buffer.from(trigram));
    return {
      places,
      set: `t.trigram = CASE t.trigram ${'WHEN ? THEN ? '.repeat(count)}END`,
      pairs: places.flatMap((place, at) => [place, Buffer.from(added[at] ?? '')]),
      rest: async (id) => {
        await this.delete(id, gone.slice(count));
        await this.insert(added.slice(count).map((trigram) => entry(trigram, id)));
      },
    };
  }

  private async insert(trigrams: Entry[]): Promise<void> {
    // In the order of the key, so that pages of the index fill one after the other.
    trigrams.sort(([one, oneId], [other, otherId]) => Buffer.compare(one, other) || oneId - otherId);
    for (let start = 0; start < trigrams.length; start += ROWS) {
      const part = trigrams.slice(start, start + ROWS);
      const places = part.map(() => '(?, ?)').join(', ');
      await this.manager.query(`INSERT INTO client_trigrams (trigram, id) VALUES ${places}`, part.flat());
    }
  }

  private async delete(id: number, texts: readonly string[]): Promise<void> {
    const trigrams = texts.map((trigram) => Buffer.from(trigram));
    for (let start = 0; start < trigrams.length; start += ROWS) {
      const part = trigrams.slice(start, start + ROWS);
      const places = placesOf(part);
      await this.manager.query(`DELETE FROM client_trigrams WHERE id = ? AND trigram IN (${places})`, [id, ...part]);
    }
  }
}
