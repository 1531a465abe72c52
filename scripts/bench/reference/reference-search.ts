import { probesOf } from '../../../api/search/text/trigrams.ts';
import type { ReferenceRows } from './reference-rows.ts';
import { CLIENT, type ClientRow } from './reference-statements.ts';

/* The statements that the service runs for a list and for a search. It remembers counts for seconds, this does not. */

const PAGE = 50;
const COUNTED = 10_000;
const CONTAINED = {
  sqlite: 'instr(s.text, ?) > 0',
  mariadb: 'LOCATE(CAST(? AS BINARY), CAST(s.text AS BINARY)) > 0',
};

export interface ReferencePage {
  readonly page: readonly ClientRow[];
  readonly total: number;
}

/** The first page of all clients. */
export async function firstPage(rows: ReferenceRows): Promise<ClientRow[]> {
  const ids = await rows.read<{ inum: string }>(`SELECT c.inum FROM clients c ORDER BY c.inum LIMIT ${PAGE}`);
  return documents(rows, ids);
}

/** The first page of those of so many clients whose text contains `term`, and how many they are. */
export async function searchPage(rows: ReferenceRows, term: string, clients: number): Promise<ReferencePage> {
  const found =
    rows.kind === 'sqlite' ? await matchesOfSqlite(rows, term) : await matchesOfMariadb(rows, term, clients);
  const isFew = found.length <= Math.max(1_000, Math.sqrt(50 * clients));
  const list = found.length === 0 ? 'NULL' : found.map(({ id }) => id).join(', ');
  const select = 'SELECT c.inum FROM clients c JOIN client_search s ON s.inum = c.inum WHERE';
  const order = `ORDER BY c.inum LIMIT ${PAGE}`;
  const ids = isFew
    ? await rows.once<{ inum: string }>(`${select} s.id IN (${list}) ${order}`)
    : await rows.read<{ inum: string }>(`${select} ${CONTAINED[rows.kind]} ${order}`, [term]);
  return { page: await documents(rows, ids), total: Math.min(found.length, COUNTED) };
}

const matchesOfSqlite = (rows: ReferenceRows, term: string): Promise<{ id: number }[]> =>
  rows.read(`SELECT rowid AS id FROM client_fts WHERE client_fts MATCH ? LIMIT ${COUNTED + 1}`, [
    `"${term.replaceAll('"', '""')}"`,
  ]);

async function matchesOfMariadb(rows: ReferenceRows, term: string, clients: number): Promise<{ id: number }[]> {
  const probes = probesOf(term).map((probe) => Buffer.from(probe));
  const selects = probes.map(() => 'SELECT 1 FROM client_trigrams WHERE trigram = ?').join(' UNION ALL ');
  const plan = await rows.once<{ rows: string }>(`EXPLAIN ${selects}`, probes);
  const counts = probes.map((_probe, at) => Number(plan[at]?.rows));
  const fewest = Math.min(...counts);
  const limit = `LIMIT ${COUNTED + 1}`;
  if (fewest >= clients / 8) {
    return rows.read(`SELECT s.id AS id FROM client_search s WHERE ${CONTAINED.mariadb} ${limit}`, [term]);
  }
  return rows.read(
    `SELECT t.id AS id FROM client_trigrams t JOIN client_search s ON s.id = t.id
      WHERE t.trigram = ? AND ${CONTAINED.mariadb} ${limit}`,
    [probes[counts.indexOf(fewest)] ?? Buffer.from(term), term],
  );
}

async function documents(rows: ReferenceRows, ids: readonly { inum: string }[]): Promise<ClientRow[]> {
  if (ids.length === 0) return [];
  const inums = ids.map(({ inum }) => inum);
  const places = inums.map(() => '?').join(', ');
  const found = await rows.once<ClientRow>(`${CLIENT} WHERE c.inum IN (${places})`, inums);
  const byInum = new Map(found.map((row) => [row.inum, row]));
  return inums.flatMap((inum) => byInum.get(inum) ?? []);
}
