import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/** A table for the values that clients are found by. The service fills it, while it serves. */
export class ClientValues12 implements MigrationInterface {
  readonly name = 'ClientValues1790000000012';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const text = (name: string, length: string) => ({ name, type: 'varchar', length, isPrimary: true });
    const engine = `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}`;
    await createTable(runner, {
      name: 'client_values',
      columns: [text('property', '64'), text('value', '100'), text('inum', '128')],
      indices: [{ name: 'ix_client_values_inum', columnNames: ['inum'] }],
      foreignKeys: [
        {
          name: 'fk_client_values_client',
          columnNames: ['inum'],
          referencedTableName: 'clients',
          referencedColumnNames: ['inum'],
          onDelete: 'CASCADE',
        },
      ],
      ...(type === 'better-sqlite3' ? { withoutRowid: true } : { engine }),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('client_values');
  }
}
