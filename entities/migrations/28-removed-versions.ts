import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, dropColumn } from './repeatable.ts';

/** Puts the last version of a removed client beside it. Of those that are there, `removed_versions` has it: theirs is 0. */
export class RemovedVersions28 implements MigrationInterface {
  readonly name = 'RemovedVersions1790000000028';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'removed_clients', 'version int NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.dataSource.options.type === 'better-sqlite3';
    const orLater = isSqlite
      ? 'ON CONFLICT (inum) DO UPDATE SET version = MAX(version, excluded.version)'
      : 'ON DUPLICATE KEY UPDATE version = GREATEST(removed_versions.version, VALUES(version))';
    await runner.query(`INSERT INTO removed_versions (inum, version)
      SELECT inum, MAX(version) FROM removed_clients WHERE version > 0 GROUP BY inum ${orLater}`);
    await dropColumn(runner, 'removed_clients', 'version');
  }
}
