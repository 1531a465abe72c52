import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createIndex, dropColumn, dropIndex } from './repeatable.ts';

const TABLE = 'client_registrations';
const INDEX = { name: 'ix_client_registrations_statement', columnNames: ['statement_digest'] };

/** Which software statement of a registration was verified. Those from before are verified again when they come back. */
export class VerifiedStatements5 implements MigrationInterface {
  readonly name = 'VerifiedStatements1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, TABLE, 'statement_digest VARCHAR(64) NULL');
    await createIndex(runner, TABLE, INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, TABLE, INDEX.name);
    await dropColumn(runner, TABLE, 'statement_digest');
  }
}
