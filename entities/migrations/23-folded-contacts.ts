import type { MigrationInterface, QueryRunner } from 'typeorm';
import { reportProgress } from './progress.ts';
import { addColumn, dropColumn } from './repeatable.ts';

interface Row {
  readonly inum: string;
  readonly document: string;
}

const BATCH = 500;

/**
 * Adds what contacts are compared by: each of them folded, between two ends. How, is as it was when this migration was
 * made. Rows that have it already are written again with the same, so that it may run twice.
 */
export class FoldedContacts23 implements MigrationInterface {
  readonly name = 'FoldedContacts1790000000023';
  /** Each statement stands for itself: who is killed goes on from the beginning. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.dataSource.options.type === 'better-sqlite3';
    await addColumn(runner, 'clients', isSqlite ? 'contacts_folded text NULL' : 'contacts_folded longtext NULL');
    const counted = (await runner.query('SELECT COUNT(*) AS total FROM clients')) as { total: number | string }[];
    let done = 0;
    for (let last: string | undefined = ''; last !== undefined;) {
      const select = `SELECT inum, document FROM clients WHERE inum > ? ORDER BY inum LIMIT ${BATCH}`;
      const rows = (await runner.query(select, [last])) as Row[];
      for (const row of rows) await fill(runner, row);
      done += rows.length;
      last = rows.at(-1)?.inum;
      if (rows.length > 0) reportProgress(runner, { table: 'clients', done, total: Number(counted[0]?.total ?? 0) });
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'clients', 'contacts_folded');
  }
}

async function fill(runner: QueryRunner, { inum, document }: Row): Promise<void> {
  const { contacts = [] } = JSON.parse(document) as { contacts?: readonly string[] };
  if (contacts.length === 0) return;
  const folded = contacts.map((contact) => contact.normalize('NFKC').toLowerCase().replaceAll('\u0001', ' '));
  await runner.query('UPDATE clients SET contacts_folded = ? WHERE inum = ?', [
    `\u0001${folded.join('\u0001')}\u0001`,
    inum,
  ]);
}
