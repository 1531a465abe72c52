import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, dropColumn } from './repeatable.ts';

/** Which removed client a restoration has made again. Of those before nobody has noted it. */
export class RestoredFrom30 implements MigrationInterface {
  readonly name = 'RestoredFrom1790000000030';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'revisions', 'restored_from varchar(160) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'revisions', 'restored_from');
  }
}
