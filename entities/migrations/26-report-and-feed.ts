import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createIndex, createTable, dropColumn, dropIndex } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

const LISTED = { name: 'ix_audit_records_batch', columnNames: ['batch', 'id'] };

/**
 * How many clients break a rule, and the batch in which a change was first listed in order: those that are there are the
 * first one, without a row being written.
 */
export class ReportAndFeed26 implements MigrationInterface {
  readonly name = 'ReportAndFeed1790000000026';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const engine = `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}`;
    await createTable(runner, {
      name: 'report_counts',
      columns: [
        { name: 'name', type: 'varchar', length: '64', isPrimary: true },
        { name: 'clients', type: 'int' },
        { name: 'enabled', type: 'int' },
      ],
      ...(type === 'better-sqlite3' ? {} : { engine }),
    });
    await addColumn(runner, 'audit_records', 'batch int NULL DEFAULT 0');
    await createIndex(runner, 'audit_records', LISTED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'audit_records', LISTED.name);
    await dropColumn(runner, 'audit_records', 'batch');
    await runner.dropTable('report_counts');
  }
}
