import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './repeatable.ts';

const COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/** The replies that are kept for those who send a request again. */
export class Idempotency3 implements MigrationInterface {
  readonly name = 'Idempotency1760000000003';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const collation = COLLATION[type];
    await createTable(runner, {
      name: 'idempotent_requests',
      columns: [
        { name: 'id', type: 'varchar', length: '64', isPrimary: true },
        { name: 'attempt', type: 'varchar', length: '36' },
        { name: 'expires_at', type: 'varchar', length: '24' },
        { name: 'reply', type: collation === undefined ? 'text' : 'longtext', isNullable: true },
      ],
      indices: [{ name: 'ix_idempotent_requests_expires_at', columnNames: ['expires_at'] }],
      ...(collation !== undefined && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}` }),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('idempotent_requests');
  }
}
