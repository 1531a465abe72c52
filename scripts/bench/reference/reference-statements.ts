import { createHash, randomInt, randomUUID } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { ClientDocument } from '../../../api/clients/document/client.document.ts';
import { valuesOf } from '../../../api/clients/document/client.values.ts';
import { fold } from '../../../api/search/text/fold.ts';
import { searchedText, trigramsOf } from '../../../api/search/text/trigrams.ts';
import type { ValueRow } from '../../../api/search/values/value-key.ts';
import type { ReferenceRows, Run } from './reference-rows.ts';

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

const SCOPES = 'SELECT inum, scope_id FROM scopes WHERE';

/** Stores a client with its secret. */
export async function insertClient(run: Run, kind: string, document: ReferenceDocument, secret: string): Promise<void> {
  const { inum, displayName, scopes } = document;
  const at = new Date().toISOString();
  await run(`${SCOPES} scope_id IN (?, ?)`, ['openid', 'profile']);
  await run(
    `INSERT INTO clients (inum, display_name_folded, disabled, application_type, software_id, expiration_date,
      client_id_issued_at, client_secret_expires_at, created_at, updated_at, version, source, registered_by, document)
      VALUES (?, ?, 0, 'web', NULL, NULL, NULL, NULL, ?, ?, 1, 'admin', 'reference', ?)`,
    [inum, fold(displayName), at, at, JSON.stringify(document)],
  );
  const [first = '', second = ''] = scopes.map((dn) => dn.slice('inum='.length, dn.indexOf(',')));
  await run('INSERT INTO client_scopes (inum, scope_inum) VALUES (?, ?), (?, ?)', [inum, first, inum, second]);
  await insertValues(run, valuesOf(document as ClientDocument));
  const text = textOf(document);
  await run('INSERT INTO client_search (inum, text) VALUES (?, ?)', [inum, text]);
  const [row] = await run<{ id: number }>('SELECT id, inum, text FROM client_search WHERE inum IN (?)', [inum]);
  await indexText(run, kind, row?.id ?? 0, { text, trigrams: trigramsOf(text) });
  await run('UPDATE client_counts SET clients = clients + 1, writes = writes + 1 WHERE shard = ?', [randomInt(16)]);
  await revise(run, document);
  const digest = createHash('sha256').update(secret).digest('hex');
  await run(
    `INSERT INTO client_secrets (id, inum, sequence, kind, value, created_at, expires_at, last_used_at)
      VALUES (?, ?, 1, 'sha256', ?, ?, NULL, NULL)`,
    [randomUUID(), inum, digest, at],
  );
  await audit(run, 'post-oauth-openid-client', inum, [...Object.keys(document), 'clientSecret']);
}

/** Reads a client that is to be changed, with all that the change must know. */
export async function findForUpdate(run: Run, kind: string, inum: string): Promise<ClientRow | undefined> {
  if (kind === 'mariadb') await run('SELECT inum FROM clients WHERE inum = ? FOR UPDATE', [inum]);
  const client = await findClient(run, inum);
  await run(`${SCOPES} inum IN (?, ?)`, ['F0C4', '43F1']);
  await run(SECRETS, [inum]);
  return client;
}

/** Stores a new description. */
export async function updateClient(run: Run, kind: string, row: ClientRow, document: ReferenceDocument): Promise<void> {
  const { inum, displayName } = document;
  await run(
    `UPDATE clients SET display_name_folded = ?, disabled = 0, application_type = 'web', software_id = NULL,
      expiration_date = NULL, client_id_issued_at = NULL, client_secret_expires_at = NULL, updated_at = ?,
      document = ?, version = ? WHERE inum = ? AND version = ?`,
    [fold(displayName), new Date().toISOString(), JSON.stringify(document), row.version + 1, inum, row.version],
  );
  const select = 'SELECT id, inum, text FROM client_search WHERE inum IN (?)';
  const [known] = await run<{ id: number; text: string }>(select, [inum]);
  const { id, text: before } = known ?? { id: 0, text: '' };
  const text = textOf(document);
  const [old, next] = [new Set(trigramsOf(before)), new Set(trigramsOf(text))];
  const trigrams = [...next].filter((trigram) => !old.has(trigram));
  await unindexText(
    run,
    kind,
    id,
    [...old].filter((trigram) => !next.has(trigram)),
  );
  await run('UPDATE client_search SET text = ? WHERE id = ?', [text, id]);
  await indexText(run, kind, id, { text, trigrams });
  await updateDescription(run, JSON.parse(row.document) as ClientDocument, document as ClientDocument);
  await run('UPDATE client_counts SET clients = clients + 0, writes = writes + 1 WHERE shard = ?', [randomInt(16)]);
  await revise(run, document);
  await audit(run, 'patch-oauth-openid-client-by-inum', inum, ['description']);
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

async function unindexText(run: Run, kind: string, id: number, trigrams: readonly string[]): Promise<void> {
  if (kind === 'sqlite') {
    await run('DELETE FROM client_fts WHERE rowid = ?', [id]);
  } else if (trigrams.length > 0) {
    const places = trigrams.map(() => '?').join(', ');
    const values = trigrams.map((trigram) => Buffer.from(trigram));
    await run(`DELETE FROM client_trigrams WHERE id = ? AND trigram IN (${places})`, [id, ...values]);
  }
}

async function insertValues(run: Run, rows: readonly ValueRow[]): Promise<void> {
  if (rows.length === 0) return;
  const places = rows.map(() => '(?, ?, ?)').join(', ');
  const values = rows.flatMap(({ property, value, inum }) => [property, value, inum]);
  await run(`INSERT INTO client_values (property, value, inum) VALUES ${places}`, values);
}

async function updateDescription(run: Run, before: ClientDocument, after: ClientDocument): Promise<void> {
  const [gone] = valuesOf(before).filter(isDescription);
  if (gone !== undefined)
    await run('DELETE FROM client_values WHERE (property = ? AND value = ? AND inum = ?)', [
      gone.property,
      gone.value,
      gone.inum,
    ]);
  await insertValues(run, valuesOf(after).filter(isDescription));
}

const isDescription = ({ property }: ValueRow): boolean => property === 'description';

/** Stores the next revision: what the client is now, compressed. */
async function revise(run: Run, document: ReferenceDocument): Promise<void> {
  const { inum } = document;
  const at = new Date().toISOString();
  await run(
    `INSERT INTO revisions (kind, inum, incarnation, at, actor_kind, actor_id, actor_name, door, source, request_id, reason,
      document, number) SELECT 'client', ?, ?, ?, 'client', 'reference', NULL, 'admin', '127.0.0.1', ?, NULL, ?,
      COALESCE(newest, 0) + 1 FROM (SELECT MAX(number) AS newest FROM revisions WHERE kind = 'client' AND inum = ?) r`,
    [inum, Date.parse(at).toString(36), at, randomUUID(), deflateSync(JSON.stringify(document)), inum],
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
