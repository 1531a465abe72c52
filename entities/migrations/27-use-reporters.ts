import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createTable, dropColumn } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/** As it was kept before: for all who tell of uses together. */
const FORMER = 'uses seen by reporter';

/**
 * Who tells of uses of clients, each for himself. Nobody knows who was heard of before: what is told next begins the evidence
 * anew. And which registrations have to be signed: none of those that there are.
 */
export class UseReporters27 implements MigrationInterface {
  readonly name = 'UseReporters1790000000027';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const engine = `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}`;
    await createTable(runner, {
      name: 'use_reporters',
      columns: [
        { name: 'caller', type: 'varchar', length: '512', isPrimary: true },
        { name: 'since', type: 'varchar', length: '24' },
        { name: 'heard_at', type: 'varchar', length: '24' },
      ],
      ...(type === 'better-sqlite3' ? {} : { engine }),
    });
    await addColumn(runner, 'client_registrations', 'must_sign boolean NOT NULL DEFAULT 0');
    await runner.query('DELETE FROM settings WHERE name = ?', [FORMER]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('use_reporters');
    await dropColumn(runner, 'client_registrations', 'must_sign');
  }
}
