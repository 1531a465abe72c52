import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { addColumn, createTable, dropColumn } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});

/** The log says why. Clients that were removed are kept for a while. */
export class Undo15 implements MigrationInterface {
  readonly name = 'Undo1790000000015';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'audit_records', 'reason varchar(1000) NULL');
    const { type } = runner.dataSource.options;
    const onServer = type !== 'better-sqlite3';
    await createTable(runner, {
      name: 'removed_clients',
      columns: [
        text('inum', 128, { isPrimary: true }),
        text('incarnation', 16, { isPrimary: true }),
        text('created_at', 24),
        text('removed_at', 24),
        text('actor_kind', 16),
        text('actor_id', 512),
        text('actor_name', 512, { isNullable: true }),
        text('door', 16),
        text('reason', 1_000, { isNullable: true }),
        text('source', 16),
        { name: 'document', type: onServer ? 'mediumblob' : 'blob' },
        { name: 'secret', type: 'text', isNullable: true },
      ],
      indices: [{ name: 'ix_removed_clients_removed_at', columnNames: ['removed_at'] }],
      ...(onServer && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}` }),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('removed_clients');
    await dropColumn(runner, 'audit_records', 'reason');
  }
}
