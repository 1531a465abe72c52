import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { ClientDocument } from '../../../api/clients/document/client.document.ts';
import { valuesOf } from '../../../api/clients/document/client.values.ts';
import { packed } from '../../../api/history/revision.ts';
import { fold } from '../../../api/search/text/fold.ts';
import { searchedText, trigramsOf } from '../../../api/search/text/trigrams.ts';
import type { ValueRow } from '../../../api/search/values/value-key.ts';
import { affectedBy, insertIdOf, type ReferenceRows, type Run } from './reference-rows.ts';

/*
 * The statements that the service runs for each operation, written out once more: what is compared is everything else
 * that a request costs.
 */

export interface ClientRow {
  readonly inum: string;
  readonly version: number;
  readonly document: string;
  readonly sequence: number | null;
  readonly lastAccessTime: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly source: string;
  readonly registeredBy: string | null;
  /** Only of one that is to be changed. */
  readonly newest?: number | null;
}

export const CLIENT = `SELECT c.inum, c.version, c.created_at AS createdAt, c.updated_at AS updatedAt, c.source,
    c.registered_by AS registeredBy, c.document, a.sequence, a.last_access_time AS lastAccessTime
  FROM clients c LEFT JOIN client_activity a ON a.inum = c.inum`;
const SECRETS = `SELECT id, inum, sequence, kind, value, created_at, expires_at, last_used_at
  FROM client_secrets WHERE inum = ? ORDER BY sequence DESC LIMIT 1000`;
const COUNTS =
  'SELECT (SELECT SUM(clients) FROM client_counts) AS clients, (SELECT SUM(writes) FROM client_counts) AS mark';

export async function findClient(run: Run, inum: string): Promise<ClientRow | undefined> {
  const [row] = await run<ClientRow>(`${CLIENT} WHERE c.inum = ?`, [inum]);
  return row;
}

export async function clientCount(rows: ReferenceRows): Promise<number> {
  const [row] = await rows.read<{ clients: number | string }>(COUNTS);
  return Number(row?.clients);
}

export interface ReferenceDocument {
  readonly inum: string;
  readonly displayName: string;
  readonly description?: string;
  readonly scopes: readonly string[];
}

const textOf = ({ displayName, description, inum }: ReferenceDocument): string =>
  searchedText([displayName, description ?? '', inum].map(fold));

/** Stores a client with its secret. */
export async function insertClient(run: Run, kind: string, document: ReferenceDocument, secret: string): Promise<void> {
  const { inum, displayName, scopes } = document;
  const at = new Date().toISOString();
  await run(
    `INSERT INTO clients (inum, display_name_folded, disabled, application_type, software_id, expiration_date,
      client_id_issued_at, client_secret_expires_at, created_at, updated_at, version, source, registered_by, document)
      VALUES (?, ?, 0, 'web', NULL, NULL, NULL, NULL, ?, ?, 1, 'admin', 'reference', ?)`,
    [inum, fold(displayName), at, at, JSON.stringify(document)],
  );
  const [first = '', second = ''] = scopes.map((dn) => dn.slice('inum='.length, dn.indexOf(',')));
  await run(
    `INSERT INTO client_scopes (inum, scope_inum) SELECT ?, inum FROM scopes
      WHERE (inum = ? AND scope_id = ?) OR (inum = ? AND scope_id = ?)`,
    [inum, first, 'openid', second, 'profile'],
  );
  await insertValues(run, valuesOf(document as ClientDocument));
  const text = textOf(document);
  const inserted = await run('INSERT INTO client_search (inum, text) VALUES (?, ?)', [inum, text]);
  const id = insertIdOf(inserted) ?? (await searchedOf(run, inum)).id;
  await indexText(run, kind, id, { text, trigrams: trigramsOf(text) });
  await run('UPDATE client_counts SET clients = clients + 1, writes = writes + 1 WHERE shard = ?', [randomInt(16)]);
  await revise(run, document, 1);
  const digest = createHash('sha256').update(secret).digest('hex');
  await run(
    `INSERT INTO client_secrets (id, inum, sequence, kind, value, created_at, expires_at, last_used_at)
      VALUES (?, ?, 1, 'sha256', ?, ?, NULL, NULL)`,
    [randomUUID(), inum, digest, at],
  );
  await audit(run, 'post-oauth-openid-client', inum, [...Object.keys(document), 'clientSecret']);
}

interface Searched {
  readonly id: number;
  readonly text: string;
}

async function searchedOf(run: Run, inum: string): Promise<Searched> {
  const select = 'SELECT id, inum, text FROM client_search WHERE inum IN (?)';
  return (await run<Searched>(select, [inum]))[0] ?? { id: 0, text: '' };
}

const nulls = (count: number): string => ', NULL'.repeat(count);
const OPEN = `SELECT 'client' AS part, c.inum, c.created_at AS createdAt, a.sequence, c.version, c.document,
    c.token_generation, a.last_access_time AS lastAccessTime, NULL AS scope_id, NULL AS kind, NULL AS value,
    NULL AS expires_at, c.updated_at AS updatedAt, c.source, c.registered_by AS registeredBy,
    (SELECT MAX(number) FROM revisions WHERE kind = 'client' AND inum = c.inum) AS newest
  FROM clients c LEFT JOIN client_activity a ON a.inum = c.inum WHERE c.inum = ?
  UNION ALL SELECT 'scope', s.inum${nulls(6)}, s.scope_id${nulls(7)}
  FROM client_scopes r JOIN scopes s ON s.inum = r.scope_inum WHERE r.inum = ?
  UNION ALL SELECT 'secret', id, created_at, sequence${nulls(5)}, kind, value, expires_at${nulls(4)}
  FROM client_secrets WHERE inum = ?`;

/** Reads a client that is to be changed, with all that the change must know. */
export async function openClient(run: Run, inum: string): Promise<ClientRow | undefined> {
  const rows = await run<ClientRow & { part: string }>(OPEN, [inum, inum, inum]);
  return rows.find(({ part }) => part === 'client');
}

/** Somebody else has written what was read. */
export class Overtaken extends Error {}

/** Stores a new description. Throws `Overtaken` when the client is in another version by now. */
export async function updateClient(run: Run, kind: string, row: ClientRow, document: ReferenceDocument): Promise<void> {
  const { inum } = document;
  const shard = randomInt(16);
  if (kind === 'mariadb') await updateTogether(run, row, document, shard);
  else {
    const text = textOf(document);
    const update = `UPDATE clients SET ${columns('')} WHERE inum = ? AND version = ?`;
    if (affectedBy(await run(update, [...valuesFor(row, document), inum, row.version])) === 0) throw new Overtaken();
    const { id } = await searchedOf(run, inum);
    await run('UPDATE client_search SET text = ? WHERE id = ?', [text, id]);
    await run('DELETE FROM client_fts WHERE rowid = ?', [id]);
    await indexText(run, kind, id, { text, trigrams: [] });
  }
  if (kind === 'sqlite') {
    const [gone, added] = descriptionsOf(row, document);
    if (gone !== undefined && added !== undefined && gone.value !== added.value)
      await run('UPDATE client_values SET value = ? WHERE property = ? AND value = ? AND inum = ?', [
        ...[added.value, gone.property, gone.value, gone.inum],
      ]);
    await run('UPDATE client_counts SET clients = clients + 0, writes = writes + 1 WHERE shard = ?', [shard]);
  }
  await revise(run, document, (row.newest ?? 0) + 1);
  await audit(run, 'patch-oauth-openid-client-by-inum', inum, ['description']);
}

const columns = (prefix: string): string =>
  [
    'display_name_folded = ?',
    'disabled = 0',
    "application_type = 'web'",
    ...['software_id', 'expiration_date', 'client_id_issued_at', 'client_secret_expires_at'].map(
      (name) => `${name} = NULL`,
    ),
    ...['updated_at', 'document', 'version'].map((name) => `${name} = ?`),
  ]
    .map((set) => prefix + set)
    .join(', ');

const valuesFor = ({ version }: ClientRow, document: ReferenceDocument): (string | number)[] => [
  ...[fold(document.displayName), new Date().toISOString(), JSON.stringify(document), version + 1],
];

/** The client, the count, the text, the value and those trigrams in one statement that are put in the places of others. */
async function updateTogether(run: Run, row: ClientRow, document: ReferenceDocument, shard: number): Promise<void> {
  const [before, text] = [textOf(JSON.parse(row.document) as ReferenceDocument), textOf(document)];
  const [old, next] = [trigramsOf(before), trigramsOf(text)];
  const [gone, added] = [old.filter((one) => !next.includes(one)), next.filter((one) => !old.includes(one))];
  const count = Math.min(gone.length, added.length);
  const places = gone.slice(0, count).map((trigram) => Buffer.from(trigram));
  const pairs = places.flatMap((place, at) => [place, Buffer.from(added[at] ?? '')]);
  const [join, set] =
    count === 0
      ? ['', '']
      : [
          `LEFT JOIN client_trigrams t ON (t.id, t.trigram) IN (${places.map(() => '(s.id, ?)').join(', ')})`,
          `, t.trigram = CASE t.trigram ${'WHEN ? THEN ? '.repeat(count)}END`,
        ];
  const [was, is] = descriptionsOf(row, document).map((description) => description?.value ?? '');
  const update = `UPDATE clients c LEFT JOIN client_counts n ON n.shard = ? LEFT JOIN client_search s ON s.inum = c.inum ${join}
    LEFT JOIN client_values v ON (v.property, v.value, v.inum) IN ((?, ?, c.inum))
    SET ${columns('c.')}, n.writes = n.writes + 1, s.text = ?, s.id = LAST_INSERT_ID(s.id)${set},
      v.value = CASE v.property WHEN ? THEN ? END
    WHERE c.inum = ? AND c.version = ?`;
  const joined = [shard, ...places, 'description', was ?? ''];
  const values = [...valuesFor(row, document), text, ...pairs, 'description', is ?? '', row.inum, row.version];
  const written = await run(update, [...joined, ...values]);
  if (affectedBy(written) === 0) throw new Overtaken();
  const id = insertIdOf(written) ?? 0;
  await unindex(run, id, gone.slice(count));
  await indexText(run, 'mariadb', id, { text: '', trigrams: added.slice(count) });
}

async function indexText(
  run: Run,
  kind: string,
  id: number,
  added: { text: string; trigrams: string[] },
): Promise<void> {
  if (kind === 'sqlite') {
    await run('INSERT INTO client_fts (rowid, text) VALUES (?, ?)', [id, added.text]);
  } else if (added.trigrams.length > 0) {
    const places = added.trigrams.map(() => '(?, ?)').join(', ');
    const values = added.trigrams.flatMap((trigram) => [Buffer.from(trigram), id]);
    await run(`INSERT INTO client_trigrams (trigram, id) VALUES ${places}`, values);
  }
}

async function unindex(run: Run, id: number, trigrams: readonly string[]): Promise<void> {
  if (trigrams.length === 0) return;
  const places = trigrams.map(() => '?').join(', ');
  const values = trigrams.map((trigram) => Buffer.from(trigram));
  await run(`DELETE FROM client_trigrams WHERE id = ? AND trigram IN (${places})`, [id, ...values]);
}

async function insertValues(run: Run, rows: readonly ValueRow[]): Promise<void> {
  if (rows.length === 0) return;
  const places = rows.map(() => '(?, ?, ?)').join(', ');
  const values = rows.flatMap(({ property, value, inum }) => [property, value, inum]);
  await run(`INSERT INTO client_values (property, value, inum) VALUES ${places}`, values);
}

const descriptionsOf = ({ document: before }: ClientRow, after: ReferenceDocument): (ValueRow | undefined)[] =>
  [JSON.parse(before) as ClientDocument, after as ClientDocument].map((client) => valuesOf(client).find(isDescription));

const isDescription = ({ property }: ValueRow): boolean => property === 'description';

/** Stores the next revision: what the client is now, compressed. */
async function revise(run: Run, document: ReferenceDocument, number: number): Promise<void> {
  const { inum } = document;
  const at = new Date().toISOString();
  await run(
    `INSERT INTO revisions (kind, inum, incarnation, at, actor_kind, actor_id, actor_name, door, source, request_id, reason,
      document, number) VALUES ('client', ?, ?, ?, 'client', 'reference', NULL, 'admin', '127.0.0.1', ?, NULL, ?, ?)`,
    [inum, Date.parse(at).toString(36), at, randomUUID(), packed(JSON.stringify(document)), number],
  );
}

async function audit(run: Run, operation: string, inum: string, changed: readonly string[]): Promise<void> {
  await run('INSERT INTO audit_records (at, caller, operation, inum, changed, request_id) VALUES (?, ?, ?, ?, ?, ?)', [
    new Date().toISOString(),
    'reference',
    operation,
    inum,
    JSON.stringify(changed),
    randomUUID(),
  ]);
}

/** What a token is issued from: the secrets and the scopes of a client. */
export async function findCredentials(rows: ReferenceRows, inum: string): Promise<{ digest: string; scope: string }> {
  await findClient(rows.read, inum);
  const [secret] = await rows.read<{ value: string }>(SECRETS, [inum]);
  const scopes = await rows.read<{ id: string }>(
    `SELECT s.scope_id AS id FROM scopes s INNER JOIN client_scopes cs ON cs.scope_inum = s.inum
      WHERE cs.inum = ? ORDER BY s.scope_id`,
    [inum],
  );
  return { digest: secret?.value ?? '', scope: scopes.map(({ id }) => id).join(' ') };
}
