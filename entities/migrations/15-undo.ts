import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, dropColumn } from './repeatable.ts';

/** The log says why. */
export class Undo15 implements MigrationInterface {
  readonly name = 'Undo1790000000015';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'audit_records', 'reason varchar(1000) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'audit_records', 'reason');
  }
}
