import type { EntityManager } from 'typeorm';
import { ClientEntity } from '../../../entities/client.entity.ts';
import type { Entries, JoinedChange } from '../../search/text/text-index.store.ts';
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
}

/** Writes the next version of a client. Throws `Overtaken` when the client is in another version by now. */
export async function writeNext(manager: EntityManager, { inum, version, columns }: NextVersion): Promise<void> {
  const { sets, values } = assignments(manager, columns);
  const update = `UPDATE clients SET ${sets.join(', ')} WHERE inum = ? AND version = ?`;
  await written(manager, update, [...values, inum, version]);
}

/** Does the same together with more, on a server. */
export async function writeTogether(
  manager: EntityManager,
  { inum, version, columns }: NextVersion,
  { shard, text }: Together,
): Promise<void> {
  const { sets, values } = assignments(manager, columns, 'c.');
  const [joined, more] =
    text === undefined
      ? ['', []]
      : [`${TEXT} ${text.change.join}`, ['s.text = ?', 's.id = LAST_INSERT_ID(s.id)', ...text.change.sets]];
  const update = `UPDATE clients c LEFT JOIN client_counts n ON n.shard = ? ${joined}
    SET ${[...sets, 'n.writes = n.writes + 1', ...more].join(', ')} WHERE c.inum = ? AND c.version = ?`;
  const texts = text === undefined ? [] : [text.next, ...text.change.values];
  const raw = await written(manager, update, [
    ...[shard, ...(text?.change.joined ?? []), ...values, ...texts],
    ...[inum, version],
  ]);
  if (text !== undefined && raw.insertId !== undefined) await text.change.rest(raw.insertId);
}

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
): Promise<{ readonly insertId?: number }> {
  const result = await queryRunner?.query(update, [...values], true);
  if (result?.affected === undefined || result.affected === 0) throw new Overtaken();
  return result.raw as { insertId?: number };
}
