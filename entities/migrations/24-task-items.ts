import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { createTable } from './repeatable.ts';

const COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

const text = (name: string, length: number, isPrimary = false): TableColumnOptions => ({
  ...{ name, type: 'varchar', length: String(length) },
  ...(isPrimary && { isPrimary }),
});

/** What a task is about, one by one. */
export class TaskItems24 implements MigrationInterface {
  readonly name = 'TaskItems1790000000024';

  async up(runner: QueryRunner): Promise<void> {
    const collation = COLLATION[runner.dataSource.options.type];
    await createTable(runner, {
      name: 'task_items',
      columns: [
        text('task_id', 64, true),
        { name: 'position', type: 'int', isPrimary: true },
        ...[text('item_key', 128), text('state', 16)],
        { name: 'result', type: collation === undefined ? 'text' : 'longtext', isNullable: true },
      ],
      indices: [
        { name: 'ux_task_items_key', columnNames: ['task_id', 'item_key'], isUnique: true },
        { name: 'ix_task_items_state', columnNames: ['task_id', 'state', 'position'] },
      ],
      foreignKeys: [
        {
          name: 'fk_task_items_task',
          columnNames: ['task_id'],
          referencedTableName: 'tasks',
          referencedColumnNames: ['id'],
          onDelete: 'CASCADE',
        },
      ],
      ...(collation !== undefined && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}` }),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('task_items');
  }
}
