import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './repeatable.ts';

const COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/** Which properties `client_values` has of every client. None to begin with: the service gathers them while it serves. */
export class ClientValueProperties13 implements MigrationInterface {
  readonly name = 'ClientValueProperties1790000000013';

  async up(runner: QueryRunner): Promise<void> {
    const collation = COLLATION[runner.dataSource.options.type];
    await createTable(runner, {
      name: 'client_value_properties',
      columns: [
        { name: 'property', type: 'varchar', length: '64', isPrimary: true },
        { name: 'rule', type: 'varchar', length: '128' },
      ],
      ...(collation !== undefined && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}` }),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('client_value_properties');
  }
}
