import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, dropColumn } from './repeatable.ts';

const TABLES = ['audit_records', 'revisions'];
const COLUMNS = ['subject', 'subject_name', 'subject_actor'];

/** Whom the token of a caller was about, beside the client that it was issued to. */
export class Subjects19 implements MigrationInterface {
  readonly name = 'Subjects1790000000019';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      for (const column of COLUMNS) await addColumn(runner, table, `${column} varchar(255) NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) for (const column of COLUMNS) await dropColumn(runner, table, column);
  }
}
