import type { EntityManager } from 'typeorm';
import { ClientEntity } from '../../../entities/client.entity.ts';
import type { Entries, JoinedChange } from '../../search/text/text-index.store.ts';
import type { JoinedValues } from '../../search/values/value-rows.store.ts';
import { columnValue } from '../../shared/database/plain-insert.store.ts';
import { Overtaken } from '../../shared/database/proposals.ts';

/** The next version of a client that is still in `version`. */
export interface NextVersion {
  readonly inum: string;
  readonly version: number;
  readonly columns: Partial<ClientEntity>;
}

/** Written with it in the same statement, on a server. */
export interface Together {
  /** Where the write is counted. */
  readonly shard: number;
  /** The text that the client is searched by, where it is another one. */
  readonly text?: { readonly next: string; readonly change: JoinedChange };
  readonly values: JoinedValues;
}

/** Writes the next version of a client. Throws `Overtaken` when the client is in another version by now. */
export async function writeNext(manager: EntityManager, { inum, version, columns }: NextVersion): Promise<void> {
  const { sets, values } = assignments(manager, columns);
  const update = `UPDATE clients SET ${sets.join(', ')} WHERE inum = ? AND version = ?`;
  await written(manager, update, [...values, inum, version]);
}

/**
 * Does the same together with more, on a server. Returns whether all of the values that become others were there. Rejects with the
 * database's error, and has written nothing, where one is there that another becomes.
 */
export async function writeTogether(
  manager: EntityManager,
  { inum, version, columns }: NextVersion,
  { shard, text, values }: Together,
): Promise<boolean> {
  const own = assignments(manager, columns, 'c.');
  const { join, joined, sets, parameters, count } = textParts(text);
  const all = [...own.sets, 'n.writes = n.writes + 1', ...sets, ...values.sets];
  const update = `UPDATE clients c LEFT JOIN client_counts n ON n.shard = ? ${join} ${values.join}
    SET ${all.join(', ')} WHERE c.inum = ? AND c.version = ?`;
  const { raw, affected } = await written(manager, update, [
    ...[shard, ...joined, ...values.joined],
    ...[...own.values, ...parameters, ...values.values],
    ...[inum, version],
  ]);
  if (text !== undefined && raw.insertId !== undefined) await text.change.rest(raw.insertId);
  // The client and the count, what the text has, and each value.
  return affected === 2 + count + values.count;
}

interface Parts {
  readonly join: string;
  readonly joined: readonly unknown[];
  readonly sets: readonly string[];
  readonly parameters: readonly unknown[];
  /** How many rows these are. */
  readonly count: number;
}

const NO_TEXT: Parts = { join: '', joined: [], sets: [], parameters: [], count: 0 };

const textParts = (text: Together['text']): Parts =>
  text === undefined
    ? NO_TEXT
    : {
        join: `${TEXT} ${text.change.join}`,
        joined: text.change.joined,
        sets: ['s.text = ?', 's.id = LAST_INSERT_ID(s.id)', ...text.change.sets],
        parameters: [text.next, ...text.change.values],
        count: 1 + text.change.joined.length,
      };

/**
 * Removes a client that is still in a version, with the entries of its text where they can be joined. Throws `Overtaken`
 * when it is in another one by now.
 */
export async function removeRow(
  manager: EntityManager,
  { inum, version }: Pick<NextVersion, 'inum' | 'version'>,
  entries: Entries | undefined,
): Promise<void> {
  const [remove, parameters] =
    entries === undefined
      ? ['DELETE FROM clients WHERE inum = ? AND version = ?', []]
      : [`DELETE c, t FROM clients c ${TEXT} ${entries.join} WHERE c.inum = ? AND c.version = ?`, entries.parameters];
  await written(manager, remove, [...parameters, inum, version]);
}

const TEXT = 'LEFT JOIN client_search s ON s.inum = c.inum';

function assignments(
  { dataSource }: EntityManager,
  columns: Partial<ClientEntity>,
  prefix = '',
): { sets: string[]; values: unknown[] } {
  const all = dataSource.getMetadata(ClientEntity).columns;
  const written = all.filter(({ propertyName }) => Object.hasOwn(columns, propertyName));
  return {
    sets: written.map(({ databaseName }) => `${prefix}${databaseName} = ?`),
    values: written.map(({ propertyName }) => columnValue(columns[propertyName as keyof ClientEntity])),
  };
}

async function written(
  { queryRunner }: EntityManager,
  update: string,
  values: readonly unknown[],
): Promise<{ readonly affected: number; readonly raw: { readonly insertId?: number } }> {
  const result = await queryRunner?.query(update, [...values], true);
  if (result?.affected === undefined || result.affected === 0) throw new Overtaken();
  return { affected: result.affected, raw: result.raw as { insertId?: number } };
}
