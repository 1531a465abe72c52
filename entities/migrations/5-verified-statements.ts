import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const TABLE = 'client_registrations';
const INDEX = new TableIndex({ name: 'ix_client_registrations_statement', columnNames: ['statement_digest'] });

/** Which software statement of a registration was verified. Those from before are verified again when they come back. */
export class VerifiedStatements5 implements MigrationInterface {
  readonly name = 'VerifiedStatements1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    const column = { name: 'statement_digest', type: 'varchar', length: '64', isNullable: true };
    await runner.addColumn(TABLE, new TableColumn(column));
    await runner.createIndex(TABLE, INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(TABLE, INDEX);
    await runner.dropColumn(TABLE, 'statement_digest');
  }
}
