import type { QueryRunner } from 'typeorm';
import type { CheckedMigration } from '../check-pending.ts';
import { reportProgress } from './progress.ts';
import { audit, BATCH, forUpdate, inTransaction, places } from './stock-inums/batches.ts';
import {
  dnOf,
  interimName,
  pendingMoves,
  requireFreeInums,
  withInums,
  withReferences,
  type Move,
} from './stock-inums/moves.ts';
import { KINDS, type Members } from './stock-inums/stock.ts';

/**
 * Brings stock scopes and claims under the inums that they have in a Janssen installation, and everything that refers to
 * them along. Each step is a transaction that leaves nothing to do for itself, so that it may be killed and run again: an
 * entry is copied to its new inum first, then its references move, and at last the former one goes.
 */
export class StockInums7 implements CheckedMigration {
  readonly name = 'StockInums1790000000007';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const moves = await pendingMoves(runner);
    if (moves.length === 0) return;
    await inTransaction(runner, async () => {
      for (const move of moves) await copyEntry(runner, move, moves);
    });
    await moveReleasedClaims(runner, moves);
    await moveClients(runner, moves);
    await moveLists(runner, moves, { table: 'initial_access_tokens', key: 'id', column: 'scopes' });
    for (const column of ['token_scopes', 'statement_scopes'])
      await moveLists(runner, moves, { table: 'client_registrations', key: 'inum', column });
    await inTransaction(runner, async () => {
      for (const move of moves) await dropFormer(runner, move);
    });
  }

  /** The versions before take scopes and claims under any inum. */
  down(): Promise<void> {
    return Promise.resolve();
  }

  check(runner: QueryRunner): Promise<void> {
    return requireFreeInums(runner);
  }
}

interface Entry {
  readonly inum: string;
  readonly version: number;
  readonly document: string;
  readonly [column: string]: unknown;
}

async function copyEntry(runner: QueryRunner, move: Move, moves: readonly Move[]): Promise<void> {
  const { kind, from, to } = move;
  const rows = (await runner.query(`SELECT * FROM ${kind.table} WHERE inum IN (?, ?)`, [from, to])) as Entry[];
  const entry = rows.find(({ inum }) => inum === from);
  if (entry === undefined || rows.some(({ inum }) => inum === to)) return;
  const dn = dnOf(kind.unit, to);
  const { document } = withReferences(JSON.parse(entry.document) as Members, moves);
  const next = { ...document, inum: to, dn, baseDn: dn };
  const copy: Members = {
    ...entry,
    inum: to,
    version: entry.version + 1,
    [kind.nameColumn]: interimName(move),
    search_text: searchText(kind.searched(next)),
    document: JSON.stringify(next),
  };
  const columns = Object.keys(copy);
  const insert = `INSERT INTO ${kind.table} (${columns.join(', ')}) VALUES (${places(columns)})`;
  await runner.query(insert, Object.values(copy));
  await audit(runner, [{ inum: to, changed: ['inum'] }]);
}

/** As the service writes it. */
const searchText = (values: readonly unknown[]): string =>
  values
    .map((value) => (typeof value === 'string' ? value.normalize('NFKC').toLowerCase() : ''))
    .map((value) => `${value.replaceAll('\u0001', ' ')}\u0001\u0001`)
    .join('');

async function dropFormer(runner: QueryRunner, move: Move): Promise<void> {
  const { kind, from, to, name } = move;
  await runner.query(`DELETE FROM ${kind.table} WHERE inum = ?`, [from]);
  await runner.query(`UPDATE ${kind.table} SET ${kind.nameColumn} = ? WHERE inum = ?`, [name, to]);
}

/** The claims that scopes release. */
async function moveReleasedClaims(runner: QueryRunner, moves: readonly Move[]): Promise<void> {
  const former = new Set(moves.map(({ from }) => from));
  for (let after: string | undefined = ''; after !== undefined;) {
    after = await inTransaction(runner, async () => {
      const rows = await page(runner, 'scopes', after ?? '');
      await writeReferences(
        runner,
        'scopes',
        rows.filter(({ inum }) => !former.has(inum)),
        moves,
      );
      return rows.at(-1)?.inum;
    });
  }
}

async function page(runner: QueryRunner, table: string, after: string): Promise<Entry[]> {
  const select = `SELECT inum, version, document FROM ${table} WHERE inum > ? ORDER BY inum LIMIT ${BATCH}`;
  return (await runner.query(select + forUpdate(runner), [after])) as Entry[];
}

async function moveClients(runner: QueryRunner, moves: readonly Move[]): Promise<void> {
  const [{ total } = { total: 0 }] = (await runner.query('SELECT COUNT(*) AS total FROM clients')) as {
    total: number | string;
  }[];
  let done = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const rows = await inTransaction(runner, async () => {
      const clients = await page(runner, 'clients', after ?? '');
      await writeReferences(runner, 'clients', clients, moves);
      const inums = clients.map(({ inum }) => inum);
      if (inums.length > 0) await moveLinks(runner, inums, moves);
      return clients;
    });
    done += rows.length;
    after = rows.at(-1)?.inum;
    if (rows.length > 0) reportProgress(runner, { table: 'clients', done, total: Number(total) });
  }
}

async function moveLinks(runner: QueryRunner, inums: readonly string[], moves: readonly Move[]): Promise<void> {
  for (const { links } of KINDS) {
    const { table, column } = links;
    const own = moves.filter(({ kind }) => kind.links === links);
    if (own.length === 0) continue;
    const select = `SELECT DISTINCT ${column} AS inum FROM ${table} WHERE inum IN (${places(inums)}) AND ${column} IN (${places(own)})`;
    const found = (await runner.query(select, [...inums, ...own.map(({ from }) => from)])) as { inum: string }[];
    for (const { from, to } of own.filter((move) => found.some(({ inum }) => inum === move.from))) {
      const update = `UPDATE ${table} SET ${column} = ? WHERE ${column} = ? AND inum IN (${places(inums)})`;
      await runner.query(update, [to, from, ...inums]);
    }
  }
}

/** Writes the references of documents, each with a record of what changed. */
async function writeReferences(
  runner: QueryRunner,
  table: 'clients' | 'scopes',
  rows: readonly Entry[],
  moves: readonly Move[],
): Promise<void> {
  const records: { inum: string; changed: string[] }[] = [];
  for (const row of rows) {
    const { document, changed } = withReferences(JSON.parse(row.document) as Members, moves);
    if (changed.length === 0) continue;
    const update = `UPDATE ${table} SET document = ?, version = version + 1 WHERE inum = ?`;
    await runner.query(update, [JSON.stringify(document), row.inum]);
    records.push({ inum: row.inum, changed });
  }
  await audit(runner, records);
}

interface Lists {
  readonly table: string;
  readonly key: string;
  /** A column with a JSON array of the inums of scopes. */
  readonly column: string;
}

async function moveLists(runner: QueryRunner, moves: readonly Move[], { table, key, column }: Lists): Promise<void> {
  const select = `SELECT ${key} AS id, ${column} AS list FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${BATCH}`;
  for (let after: string | undefined = ''; after !== undefined;) {
    after = await inTransaction(runner, async () => {
      const rows = (await runner.query(select + forUpdate(runner), [after])) as { id: string; list: string }[];
      for (const { id, list } of rows) {
        const next = withInums(list, moves);
        const update = `UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`;
        if (next !== undefined) await runner.query(update, [next, id]);
      }
      return rows.at(-1)?.id;
    });
  }
}
