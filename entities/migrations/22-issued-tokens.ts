import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { createIndex, createTable, dropIndex } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

const text = (name: string, length: number, isPrimary = false): TableColumnOptions => ({
  ...{ name, type: 'varchar', length: String(length) },
  ...(isPrimary && { isPrimary }),
});
const int = (name: string, isPrimary = false): TableColumnOptions => ({
  ...{ name, type: 'int' },
  ...(isPrimary && { isPrimary }),
});

/** How many tokens clients have, and which secrets end soon. */
export class IssuedTokens22 implements MigrationInterface {
  readonly name = 'IssuedTokens1790000000022';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const engine = `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}`;
    await createTable(runner, {
      name: 'issued_tokens',
      columns: [
        ...[text('inum', 128, true), int('generation', true), int('minute', true), text('scopes_digest', 64, true)],
        { name: 'scopes', type: 'text', isNullable: true },
        ...[int('tokens'), text('first_at', 24), text('last_at', 24), text('ends_at', 24)],
      ],
      indices: [{ name: 'ix_issued_tokens_ends_at', columnNames: ['ends_at'] }],
      foreignKeys: [
        {
          name: 'fk_issued_tokens_client',
          columnNames: ['inum'],
          referencedTableName: 'clients',
          referencedColumnNames: ['inum'],
          onDelete: 'CASCADE',
        },
      ],
      ...(type === 'better-sqlite3' ? {} : { engine }),
    });
    await createIndex(runner, 'client_secrets', SECRET_ENDS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'client_secrets', SECRET_ENDS.name);
    await runner.dropTable('issued_tokens');
  }
}

const SECRET_ENDS = { name: 'ix_client_secrets_expires_at', columnNames: ['expires_at', 'inum'] };
