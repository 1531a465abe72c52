import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { createTable } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

const varchar = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});

/** Scripts. */
export class Scripts14 implements MigrationInterface {
  readonly name = 'Scripts1790000000014';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const onServer = type !== 'better-sqlite3';
    const text = onServer ? 'longtext' : 'text';
    await createTable(runner, {
      name: 'scripts',
      columns: [
        varchar('inum', 128, { isPrimary: true }),
        varchar('created_at', 24),
        { name: 'version', type: 'int' },
        varchar('display_name_folded', 512),
        { name: 'search_text', type: text },
        { name: 'document', type: text },
        varchar('name', 60),
        varchar('script_type', 64),
        { name: 'enabled', type: 'int' },
        { name: 'failure', type: text, isNullable: true },
      ],
      indices: [
        { name: 'ix_scripts_script_type', columnNames: ['script_type', 'inum'] },
        { name: 'uq_scripts_name', columnNames: ['name'], isUnique: true },
      ],
      ...(onServer && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}` }),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('scripts');
  }
}
