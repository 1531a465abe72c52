import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { createTable } from './repeatable.ts';

const COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

const text = (name: string, length: number, isNullable = false): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  isNullable,
});

/** Work that survives a restart. The leases, which the migrations themselves need, are there already. */
export class Tasks10 implements MigrationInterface {
  readonly name = 'Tasks1790000000010';

  async up(runner: QueryRunner): Promise<void> {
    const collation = COLLATION[runner.dataSource.options.type];
    const long = (name: string, isNullable: boolean): TableColumnOptions => ({
      name,
      type: collation === undefined ? 'text' : 'longtext',
      isNullable,
    });
    await createTable(runner, {
      name: 'tasks',
      columns: [
        { ...text('id', 64), isPrimary: true },
        text('kind', 64),
        text('state', 16),
        long('parameters', false),
        long('checkpoint', true),
        long('progress', true),
        { name: 'failures', type: 'int' },
        text('failure', 512, true),
        text('created_at', 24),
        text('due_at', 24),
        text('stepped_at', 24),
        text('ended_at', 24, true),
      ],
      indices: [{ name: 'ix_tasks_due', columnNames: ['state', 'due_at'] }],
      ...(collation !== undefined && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}` }),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('tasks');
  }
}
