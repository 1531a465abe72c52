import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createTable } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/** How many migrations before have moved versions, perhaps without a record. */
const UNRECORDED = 2;

/**
 * Versions of clients no longer depend on the log, which is pruned: the last one of a client that was removed has a row
 * of its own. For those from before the log is counted once more. How often clients were written is counted as well.
 */
export class LastingVersions9 implements MigrationInterface {
  readonly name = 'LastingVersions1790000000009';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const engine = `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}`;
    const columns = [
      { name: 'inum', type: 'varchar', length: '128', isPrimary: true },
      { name: 'version', type: 'int' },
    ];
    await createTable(runner, { name: 'removed_versions', columns, ...(type !== 'better-sqlite3' && { engine }) });
    await runner.query(`INSERT INTO removed_versions (inum, version)
      SELECT inum, COUNT(*) + ${UNRECORDED} FROM audit_records
      WHERE inum NOT IN (SELECT inum FROM clients) AND inum NOT IN (SELECT inum FROM removed_versions)
      GROUP BY inum`);
    await addColumn(runner, 'client_counts', 'writes INT NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('client_counts', 'writes');
    await runner.dropTable('removed_versions');
  }
}
