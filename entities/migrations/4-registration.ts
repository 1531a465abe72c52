import type { Table, MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { createTable } from './repeatable.ts';

type TableOptions = NonNullable<ConstructorParameters<typeof Table>[0]>;

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const index = (name: string, ...columnNames: string[]): { name: string; columnNames: string[] } => ({
  name,
  columnNames,
});
const optional = { isNullable: true };
const key = { isPrimary: true };

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/** Dynamic registration: who registered with what, the tokens for it, and software statements. */
export class Registration4 implements MigrationInterface {
  readonly name = 'Registration1790000000004';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const sqlite = type === 'better-sqlite3';
    const engine = `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}`;
    for (const table of tables(sqlite)) await createTable(runner, { ...table, ...(!sqlite && { engine }) });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables(true).reverse()) await runner.dropTable(table.name);
  }
}

function tables(sqlite: boolean): TableOptions[] {
  const longText = (name: string): TableColumnOptions => ({ name, type: sqlite ? 'text' : 'longtext' });
  return [registrations(longText), initialTokens(longText), statements(longText)];
}

type LongText = (name: string) => TableColumnOptions;

const registrations = (longText: LongText): TableOptions => ({
  name: 'client_registrations',
  columns: [
    text('inum', 128, key),
    text('token_digest', 64),
    text('initial_token_id', 36, optional),
    longText('token_scopes'),
    longText('statement_scopes'),
    text('created_at', 24),
  ],
  indices: [index('ix_client_registrations_initial_token', 'initial_token_id', 'created_at')],
  foreignKeys: [
    {
      name: 'fk_client_registrations_client',
      columnNames: ['inum'],
      referencedTableName: 'clients',
      referencedColumnNames: ['inum'],
      onDelete: 'CASCADE',
    },
  ],
});

const initialTokens = (longText: LongText): TableOptions => ({
  name: 'initial_access_tokens',
  columns: [
    text('id', 36, key),
    text('digest', 64),
    text('label', 256),
    { name: 'uses', type: 'int' },
    { name: 'uses_left', type: 'int' },
    text('expires_at', 24, optional),
    longText('scopes'),
    text('created_at', 24),
    text('created_by', 512),
    text('last_used_at', 24, optional),
  ],
  indices: [
    { ...index('uq_initial_access_tokens_digest', 'digest'), isUnique: true },
    index('ix_initial_access_tokens_created_at', 'created_at'),
  ],
});

const statements = (longText: LongText): TableOptions => ({
  name: 'software_statements',
  columns: [
    text('jti', 36, key),
    text('org_id', 256),
    text('creator', 512),
    text('state', 16),
    text('created_at', 24),
    text('expires_at', 24),
    longText('document'),
  ],
  indices: [
    index('ix_software_statements_org_id', 'org_id'),
    index('ix_software_statements_creator', 'creator'),
    index('ix_software_statements_expires_at', 'expires_at'),
  ],
});
